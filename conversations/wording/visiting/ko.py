"""방문, 매장, 회신 전화에 관한 문구."""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_KINDS = {"store": "방문", "video_call": "영상 통화", "home_visit": "출장 방문"}


def _where(kind: str, store: str | None) -> str:
    return f"{store} {_KINDS[kind]}" if store is not None else _KINDS[kind]


def gap() -> str:
    return " "


def day(day: date) -> str:
    return f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


_told = day


def when(starts_at: datetime) -> str:
    local = starts_at.astimezone(TOKYO)
    return f"{day(local.date())} {local:%H:%M}"


def spans(spans: Sequence[tuple[time, time]]) -> str:
    if not spans:
        return "휴무일"
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)


def distance(metres: int) -> str:
    return f"약 {metres / 1000:.1f}km" if metres >= 1000 else f"약 {max(10, round(metres, -1))}m"


def label_address() -> str:
    return "주소"


def label_today() -> str:
    return "오늘 영업"


def label_distance() -> str:
    return "거리"


def label_phone() -> str:
    return "전화"


def label_parking() -> str:
    return "주차"


def button_map() -> str:
    return "지도 보기"


def button_visit() -> str:
    return "방문 예약"


def button_wish() -> str:
    return "이대로 신청"


def button_move() -> str:
    return "일시 변경"


def button_call_off() -> str:
    return "취소하기"


def button_call() -> str:
    return "전화 요청"


def nearest_first() -> str:
    return "가까운 매장 순으로 안내해 드립니다."


def ask_day(kind: str) -> str:
    asked = {
        "store": "방문을 원하시는 날짜를 알려 주세요.",
        "video_call": "영상 통화를 원하시는 날짜를 알려 주세요.",
        "home_visit": "찾아뵐 날짜를 알려 주세요.",
    }
    return asked[kind]


def ask_time(day: date, spans: str, *, is_outside: bool) -> str:
    told = "죄송합니다만, 영업시간 내에서 선택해 주세요. " if is_outside else ""
    return f"{told}{_told(day)}은 {spans}에 가능합니다. 원하시는 시간을 알려 주세요."


def day_is_past() -> str:
    return "죄송합니다만, 이미 지난 시간입니다."


def day_is_far(last: date) -> str:
    return f"죄송합니다만, {_told(last)}까지 접수하고 있습니다."


def day_is_closed(day: date) -> str:
    return f"{_told(day)}은 휴무일입니다."


def day_is_over() -> str:
    return "오늘 접수는 마감되었습니다."


def confirm_visit(kind: str, *, when: str, store: str | None, by: str) -> str:
    return (
        f"{when} {_where(kind, store)} 희망으로 접수하겠습니다. {by}까지 담당자가 확정 연락을"
        " 드립니다. 괜찮으신가요?"
    )


def wished(kind: str, *, when: str, store: str | None, by: str) -> str:
    return (
        f"{when} {_where(kind, store)} 희망을 접수했습니다. {by}까지 담당자가 확정 연락을 드립니다."
    )


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{when} {_KINDS[kind]}" for kind, when in wishes)
    return f"접수된 예약 희망입니다.\n{told}"


def none_standing() -> str:
    return "앞으로 예정된 예약 희망이 없습니다."


def which() -> str:
    return "어느 예약을 말씀하시나요?"


def confirm_call_off(kind: str, *, when: str) -> str:
    return f"{when} {_KINDS[kind]} 예약을 취소할까요?"


def called_off(kind: str, *, when: str) -> str:
    return f"{when} {_KINDS[kind]} 예약을 취소했습니다. 다음에 또 찾아 주세요."


def complaint_heard(*, by: str) -> str:
    return f"심려를 끼쳐 드려 대단히 죄송합니다. 책임자에게 전달했으며 {by}까지 답변드리겠습니다."


def adviser_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"알겠습니다. 담당 {name} 직원이 {by}까지 이곳에서 답변드리겠습니다."
    return (
        f"알겠습니다. 지금은 영업시간이 아니어서 {by}까지 담당 {name} 직원이 답변드리겠습니다."
        " 용건을 미리 남겨 주셔도 됩니다."
    )


def ask_phone() -> str:
    return "연락드릴 전화번호를 적어 주세요."


def confirm_call(number: str, *, by: str) -> str:
    return f"{by}까지 {number} 번호로 담당자가 전화드리겠습니다. 괜찮으신가요?"


def call_promised(number: str, *, by: str) -> str:
    return f"접수했습니다. {by}까지 {number} 번호로 담당자가 전화드리겠습니다."


def doubt_handed_over(*, by: str) -> str:
    return f"제대로 답변드리지 못해 죄송합니다. 담당자에게 전달했으며 {by}까지 답변드리겠습니다."
