"""保管经过的文言: where a piece of one's own has been, in Simplified Chinese."""

from collections.abc import Sequence

lang = "zh_hans"

_PHASES = {
    "coming": "等待送达",
    "arrival": "抵达",
    "opening": "开箱",
    "appraisal": "鉴定",
    "storage": "保管",
    "work": "保养",
    "packing": "包装",
    "sent": "发货",
    "delivered": "已送达",
    "coming_back": "寄回本店途中",
    "inspection": "退回商品检查",
    "returning": "寄还给您",
    "given_back": "已归还",
    "ended": "结束保管",
}


def phase(phase: str) -> str:
    return _PHASES.get(phase, phase)


def heading(title: str) -> str:
    return f"保管经过：{title}"


def step(since: str, films: int, stills: int, *, is_lacking: bool) -> str:
    counted = [f"视频{films}个" if films else "", f"照片{stills}张" if stills else ""]
    shown = "、".join(filter(None, counted))
    return " ".join(filter(None, [since, shown or ("无拍摄记录" if is_lacking else "")]))


def told(title: str, phase: str | None, since: str) -> str:
    if phase is None:
        return f"以下是{title}的保管经过。"
    return f"{title}自{since}起为“{_PHASES.get(phase, phase)}”。"


def nothing(title: str) -> str:
    return f"{title}尚无保管记录。"


def which(count: int) -> str:
    return f"请问是哪一件商品？共有{count}件。"


def none() -> str:
    return "没有找到您寄放或已购买的商品。"


def findings(day: str, rows: Sequence[str]) -> str:
    told = "\n".join(f"・{each}" for each in rows)
    return f"{day}出具的状态报告书所列瑕疵：\n{told}"


def no_findings(day: str) -> str:
    return f"{day}出具的状态报告书没有列出瑕疵。"


def of_before() -> str:
    return "这是上次存放于本店时的记录。目前的状态将在重新拍摄后告知您。"


def button_way() -> str:
    return "保管经过"
