"""한국어 문언: what the bot says in Korean, as a shop in Seoul writes.

A title ends in any sound, so particles that depend on it are avoided or follow a noun of ours.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, tokyo_day

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_PARTS = {
    "case_back": "뒷백",
    "case": "케이스",
    "bezel": "베젤",
    "dial": "다이얼",
    "hands": "바늘",
    "crystal": "글라스",
    "bracelet": "브레이슬릿",
    "clasp": "버클",
    "crown": "용두",
    "girdle": "거들",
    "prong": "프롱",
    "stone": "스톤",
    "corner": "모서리",
    "handle": "핸들",
    "lining": "안감",
    "zipper": "지퍼",
    "hardware": "금속 장식",
    "strap": "스트랩",
    "sleeve": "소매",
    "sole": "밑창",
}
_KINDS = {"film": "영상", "still": "사진"}
_STATES = {"listed": "판매 중", "reserved": "상담 중", "sold": "판매 완료"}


def moment(at: datetime, *, now: datetime) -> str:
    """오늘 17:00(일본 시간) / 내일 10:30 / 11월 24일(화) 10:30."""
    local = at.astimezone(TOKYO)
    days = local.date() - tokyo_day(now)
    clock = f"{local:%H:%M}(일본 시간)"
    if days == timedelta(0):
        return f"오늘 {clock}"
    if days == timedelta(days=1):
        return f"내일 {clock}"
    year = "" if local.year == tokyo_day(now).year else f"{local.year}년 "
    return f"{year}{local.month}월 {local.day}일({_WEEKDAYS[local.weekday()]}) {clock}"


def captured(at: datetime) -> str:
    """2026년 11월 22일(일) 14:05."""
    local = at.astimezone(TOKYO)
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.year}년 {local.month}월 {local.day}일({weekday}) {local:%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,}(세금 포함)"


def part(part: str) -> str:
    return _PARTS.get(part, part)


def kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def kind_of_part(kind: str, part: str) -> str:
    return f"{_PARTS.get(part, part)} {_KINDS.get(kind, kind)}"


def grade(grade: str | None) -> str:
    return grade or "감정 중"


def state(state: str) -> str:
    return _STATES.get(state, "문의해 주세요")


def label_captured() -> str:
    return "촬영"


def label_grade() -> str:
    return "등급"


def label_code() -> str:
    return "상품 번호"


def label_price() -> str:
    return "가격"


def label_state() -> str:
    return "상태"


def label_part() -> str:
    return "부위"


def button_film() -> str:
    return "영상 보기"


def button_part(part: str) -> str:
    return f"{_PARTS.get(part, part)} 보기"


def button_other_part() -> str:
    return "다른 부위 보기"


def button_person() -> str:
    return "담당자와 상담"


def button_confirm() -> str:
    return "확정하기"


def button_not_now() -> str:
    return "취소"


def button_collect() -> str:
    return "답변 받기"


def button_search() -> str:
    return "상품 찾기"


def button_ask_film() -> str:
    return "영상 요청"


def button_link() -> str:
    return "회원 정보 연동"


def film_card_note() -> str:
    return "보고 싶으신 부위가 있으시면 이 대화창에 말씀해 주세요."


def film_said(title: str, captured: str, grade: str) -> str:
    return f"{title} (등급 {grade})의 현재 상태입니다. 촬영: {captured}"


def late_delivery(title: str) -> str:
    return f"오래 기다리셨습니다. 요청하신 상품을 보내 드립니다: {title}"


def capture_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"{title}의 {what} 자료가 아직 없어 바로 촬영을 요청했습니다. "
        f"{promised}경까지 이 대화창으로 보내 드리겠습니다."
    )


def capture_already_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"{title}의 {what} 촬영은 이미 요청되어 있습니다. "
        f"{promised}경까지 이 대화창으로 보내 드리겠습니다."
    )


def being_prepared(title: str) -> str:
    return f"{title}의 촬영이 끝나 보내 드릴 준비를 하고 있습니다. 준비되는 대로 보내 드리겠습니다."


def poster_first(title: str) -> str:
    return (
        f"{title}의 촬영이 끝났습니다. 먼저 사진을 보내 드리고, "
        "영상은 준비되는 대로 보내 드리겠습니다."
    )


def choose_part(title: str) -> str:
    return f"{title}의 어느 부위를 보시겠습니까?"


def which_piece() -> str:
    return "어떤 상품을 보시겠습니까? 상품 번호(예: W-10234)나 브랜드와 모델명을 적어 주세요."


def choose_one(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return (
            "해당하는 상품이 많아 최신순으로 보여 드립니다. "
            "선택해 주시거나 모델 번호 등을 함께 적어 주세요."
        )
    return f"해당하는 상품이 {count}점 있습니다. 어느 것을 보시겠습니까?"


def not_found(asked: Sequence[str]) -> str:
    return (
        f"안내해 드릴 수 있는 상품 중에서 찾지 못했습니다: {', '.join(asked)}. "
        "번호를 다시 확인해 주시거나 브랜드와 모델명을 적어 주세요."
    )


def nothing_found() -> str:
    return "찾으시는 상품이 없습니다. 상품 번호나 브랜드와 모델명을 적어 주세요."


def piece_said(title: str, grade: str, price: str, state: str) -> str:
    return f"{title} 등급 {grade} {price} {state}"


def greeting() -> str:
    return (
        "안녕하세요. 관심 있는 상품의 번호나 이름을 적어 주시면 상품 상태 영상을 보내 드리겠습니다."
    )


def welcome() -> str:
    return (
        "친구 추가해 주셔서 감사합니다. 상품 번호나 이름을 적어 주시면 언제든지 상품 상태 영상을 "
        "보내 드립니다. 담당자와도 언제든지 상담하실 수 있습니다."
    )


def welcome_back() -> str:
    return "다시 찾아 주셔서 감사합니다. 무엇을 도와드릴까요?"


def group_welcome() -> str:
    return "초대해 주셔서 감사합니다. 이 그룹에서는 저희를 멘션하셨을 때만 답변드립니다."


def help() -> str:
    return (
        "상품 상태의 영상과 사진을 보내 드립니다. “W-10234 영상 보여 주세요”, “뒷백 보여 주세요”, "
        "“롤렉스 데이토나”처럼 적어 주세요. 야간에도 답변드립니다."
    )


def thanks() -> str:
    return "감사합니다. 더 필요하신 것이 있으시면 언제든지 말씀해 주세요."


def person_called(*, by: str, is_open: bool) -> str:
    if is_open:
        return f"알겠습니다. 담당자를 연결해 드리겠습니다. {by}까지 이 대화창에서 답변드립니다."
    return (
        f"알겠습니다. 지금은 영업시간이 아니므로 {by}까지 담당자가 답변드립니다. "
        "용건을 먼저 적어 주셔도 됩니다."
    )


def person_already_called(*, by: str) -> str:
    return f"담당자에게 이미 전달했습니다. {by}까지 답변드리겠습니다."


def files_received(count: int) -> str:
    told = "보내 주신 사진·파일" if count == 1 else f"보내 주신 사진·파일 {count}건"
    return f"{told}, 잘 받아 안전하게 보관했습니다. 무엇을 도와드릴까요?"


def file_outside() -> str:
    return "외부에 보관된 파일은 받을 수 없었습니다. 번거로우시겠지만 직접 보내 주세요."


def sticker() -> str:
    return "스티커 감사합니다. 필요하신 것이 있으시면 말씀해 주세요."


def place() -> str:
    return "위치를 보내 주셔서 감사합니다. 방문이나 출장 상담은 담당자가 도와드리겠습니다."


def not_sure() -> str:
    return (
        "죄송합니다. 말씀을 잘 알아듣지 못했습니다. "
        "상품 번호나 이름을 적어 주시거나 아래에서 선택해 주세요."
    )


def by_a_person() -> str:
    return "그 내용은 담당자가 도와드립니다. 연결해 드릴까요?"


def language_set() -> str:
    return "한국어로 안내해 드리겠습니다."


def link_first() -> str:
    return (
        "고객님의 개인 정보이므로 회원 정보를 연동하신 후에 안내해 드립니다. "
        "아래 버튼에서 몇 분이면 마치실 수 있습니다."
    )


def account_linked() -> str:
    return "회원 정보 연동이 완료되었습니다."


def account_not_linked() -> str:
    return (
        "회원 정보를 연동하지 못했습니다. "
        "번거로우시겠지만 다시 시도해 주시거나 담당자에게 말씀해 주세요."
    )


def edited() -> str:
    return "수정하신 내용을 확인했습니다."


def resent() -> str:
    return "방금 보낸 답변이 도착하지 않았을 수 있어 다시 보내 드립니다."


def waited() -> str:
    return "늦게 전해 드려 죄송합니다. 앞서의 안내입니다."


def still_looking() -> str:
    return (
        "확인하고 있습니다. 잠시만 기다려 주세요. 준비되면 아래 버튼으로 바로 받으실 수 있습니다."
    )


def already_sent() -> str:
    return "답변은 이미 보내 드렸습니다. 위의 메시지를 확인해 주세요."


def went_wrong() -> str:
    return "죄송합니다. 지금은 답변드리지 못했습니다. 담당자가 확인한 후 연락드리겠습니다."


def still_waiting(waiting: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code}: {promised}경까지" for code, promised in waiting)
    return f"요청하신 촬영입니다. 촬영이 끝나는 대로 보내 드리겠습니다.\n{told}"


def nothing_waiting() -> str:
    return "현재 기다리고 계신 요청은 없습니다."


def opening_hours(day: date, spans: Sequence[tuple[time, time]], *, is_today: bool) -> str:
    told = ", ".join(f"{opens:%H:%M}~{closes:%H:%M}" for opens, closes in spans)
    if is_today:
        return (
            f"오늘 영업시간은 {told}(일본 시간)입니다. 영상 안내는 이 대화창에서 언제든지 받습니다."
        )
    weekday = _WEEKDAYS[day.weekday()]
    return (
        f"오늘은 휴무일입니다. 다음 영업일은 {day.month}월 {day.day}일({weekday}) {told}"
        "(일본 시간)입니다. 영상 안내는 이 대화창에서 언제든지 받습니다."
    )


def press_to_confirm() -> str:
    return "감사합니다. 아래 버튼을 누르시면 확정됩니다."


def nothing_changed() -> str:
    return "알겠습니다. 아무것도 변경하지 않았습니다. 더 필요하신 것이 있으시면 말씀해 주세요."


def noted() -> str:
    return "알겠습니다. 더 필요하신 것이 있으시면 말씀해 주세요."


def refused() -> str:
    return (
        "죄송합니다. 이 내용은 여기에서 처리할 수 없었습니다. 아무것도 변경하지 않았습니다. "
        "담당자가 확인해 드리겠습니다."
    )
