"""보관 경과의 문구: where a piece of one's own has been, in Korean."""

from collections.abc import Sequence

lang = "ko"

_PHASES = {
    "coming": "도착 대기",
    "arrival": "도착",
    "opening": "개봉",
    "appraisal": "감정",
    "storage": "보관",
    "work": "손질",
    "packing": "포장",
    "sent": "발송",
    "delivered": "배송 완료",
    "coming_back": "반송 중",
    "inspection": "반송품 검수",
    "returning": "반환 발송",
    "given_back": "반환 완료",
    "ended": "보관 종료",
}


def phase(phase: str) -> str:
    return _PHASES.get(phase, phase)


def heading(title: str) -> str:
    return f"보관 경과: {title}"


def step(since: str, films: int, stills: int, *, is_lacking: bool) -> str:
    counted = [f"영상 {films}건" if films else "", f"사진 {stills}장" if stills else ""]
    shown = ", ".join(filter(None, counted))
    return " ".join(filter(None, [since, shown or ("촬영 기록 없음" if is_lacking else "")]))


def told(title: str, phase: str | None, since: str) -> str:
    if phase is None:
        return f"{title} 상품의 보관 경과입니다."
    return f"{title} 상품은 {since}부터 '{_PHASES.get(phase, phase)}' 상태입니다."


def nothing(title: str) -> str:
    return f"{title} 상품의 보관 기록은 아직 없습니다."


def which(count: int) -> str:
    return f"어느 상품을 말씀하시나요? 모두 {count}점 있습니다."


def none() -> str:
    return "맡기셨거나 구매하신 상품을 찾지 못했습니다."


def findings(day: str, rows: Sequence[str]) -> str:
    told = "\n".join(f"・{each}" for each in rows)
    return f"{day} 발행 상태 보고서의 지적 사항입니다.\n{told}"


def no_findings(day: str) -> str:
    return f"{day} 발행 상태 보고서에는 지적 사항이 없습니다."


def of_before() -> str:
    return "지난번에 보관했을 때의 기록입니다. 현재 상태는 다시 촬영한 뒤 안내해 드리겠습니다."


def button_way() -> str:
    return "보관 경과"
