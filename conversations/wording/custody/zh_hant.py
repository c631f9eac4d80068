"""保管經過的文言: where a piece of one's own has been, in Traditional Chinese."""

from collections.abc import Sequence

lang = "zh_hant"

_PHASES = {
    "coming": "等待送達",
    "arrival": "抵達",
    "opening": "開箱",
    "appraisal": "鑑定",
    "storage": "保管",
    "work": "保養",
    "packing": "包裝",
    "sent": "出貨",
    "delivered": "已送達",
    "coming_back": "寄回本店途中",
    "inspection": "退回商品檢查",
    "returning": "寄還給您",
    "given_back": "已歸還",
    "ended": "結束保管",
}


def phase(phase: str) -> str:
    return _PHASES.get(phase, phase)


def heading(title: str) -> str:
    return f"保管經過：{title}"


def step(since: str, films: int, stills: int, *, is_lacking: bool) -> str:
    counted = [f"影片{films}部" if films else "", f"照片{stills}張" if stills else ""]
    shown = "、".join(filter(None, counted))
    return " ".join(filter(None, [since, shown or ("無拍攝紀錄" if is_lacking else "")]))


def told(title: str, phase: str | None, since: str) -> str:
    if phase is None:
        return f"以下是{title}的保管經過。"
    return f"{title}自{since}起為「{_PHASES.get(phase, phase)}」。"


def nothing(title: str) -> str:
    return f"{title}尚無保管紀錄。"


def which(count: int) -> str:
    return f"請問是哪一件商品？共有{count}件。"


def none() -> str:
    return "沒有找到您寄放或已購買的商品。"


def findings(day: str, rows: Sequence[str]) -> str:
    told = "\n".join(f"・{each}" for each in rows)
    return f"{day}核發的狀態報告書所列瑕疵：\n{told}"


def no_findings(day: str) -> str:
    return f"{day}核發的狀態報告書沒有列出瑕疵。"


def of_before() -> str:
    return "這是上次存放於本店時的記錄。目前的狀態將於重新拍攝後告知您。"


def button_way() -> str:
    return "保管經過"
