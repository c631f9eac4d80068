"""管理の経過の文言(日本語): where a piece of one's own has been, in Japanese."""

from collections.abc import Sequence

lang = "ja"

_PHASES = {
    "coming": "お届け待ち",
    "arrival": "到着",
    "opening": "開梱",
    "appraisal": "査定",
    "storage": "保管",
    "work": "お手入れ",
    "packing": "梱包",
    "sent": "発送",
    "delivered": "お届け完了",
    "coming_back": "ご返送中",
    "inspection": "返送品の検品",
    "returning": "ご返却の発送",
    "given_back": "ご返却完了",
    "ended": "管理の終了",
}


def phase(phase: str) -> str:
    return _PHASES.get(phase, phase)


def heading(title: str) -> str:
    return f"管理の経過: {title}"


def step(since: str, films: int, stills: int, *, is_lacking: bool) -> str:
    counted = [f"動画{films}点" if films else "", f"写真{stills}点" if stills else ""]
    shown = "・".join(filter(None, counted))
    return " ".join(filter(None, [since, shown or ("撮影記録なし" if is_lacking else "")]))


def told(title: str, phase: str | None, since: str) -> str:
    if phase is None:
        return f"{title}の管理の経過です。"
    return f"{title}は、{since}から「{_PHASES.get(phase, phase)}」です。"


def nothing(title: str) -> str:
    return f"{title}の管理の記録は、まだございません。"


def which(count: int) -> str:
    return f"どちらのお品物でしょうか({count}点ございます)。"


def none() -> str:
    return "お預かり中・ご購入済みのお品物は見つかりませんでした。"


def findings(day: str, rows: Sequence[str]) -> str:
    told = "\n".join(f"・{each}" for each in rows)
    return f"{day}発行の状態報告書の指摘です。\n{told}"


def no_findings(day: str) -> str:
    return f"{day}発行の状態報告書に、傷・汚れの指摘はございません。"


def of_before() -> str:
    return "前回お預かりした際の記録です。現在の状態は、あらためて撮影したうえでご案内いたします。"


def button_way() -> str:
    return "管理の経過"
