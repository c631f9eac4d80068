"""방문, 매장, 회신 전화에 관한 문구."""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_KINDS = {
    "store": "방문",
    "video_call": "영상 통화",
    "home_visit": "출장 방문",
    "call_back": "전화 상담",
}


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


def button_book() -> str:
    return "이대로 예약"


def button_other_time() -> str:
    return "다른 시간"


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
        "call_back": "전화를 원하시는 날짜를 알려 주세요.",
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


def confirm_visit(kind: str, *, when: str, store: str | None, minutes: int) -> str:
    return (
        f"{when} {_where(kind, store)} 시간을 {minutes}분 동안 잡아 두었습니다."
        " 이대로 예약해 드릴까요?"
    )


def appointment_booked(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"담당은 {name} 직원입니다." if name is not None else "감사합니다."
    return f"{when} {_where(kind, store)} 예약이 완료되었습니다. {who}"


def moved(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"담당은 {name} 직원입니다." if name is not None else "감사합니다."
    return f"{_where(kind, store)} 예약을 {when} 일정으로 변경했습니다. {who}"


def time_is_taken() -> str:
    return "죄송합니다만, 그 시간에는 예약하실 수 없습니다."


def day_is_full(day: date) -> str:
    return f"죄송합니다만, {_told(day)}에는 빈 시간이 없습니다."


def ask_new_time(kind: str, *, when: str) -> str:
    return f"{when} {_KINDS[kind]} 예약을 언제로 변경해 드릴까요?"


def ask_place() -> str:
    return "방문 장소가 자택인가요?"


def button_at_home() -> str:
    return "자택"


def button_elsewhere() -> str:
    return "다른 장소"


def only_at_home() -> str:
    return (
        "법령에 따라 물품은 저희 매장이나 고객님 자택에서만 받을 수 있습니다."
        " 출장 방문, 매장 방문, 영상 통화 중에서 선택해 주세요."
    )


def appointment_soon(kind: str, *, when: str, store: str | None, link: str | None) -> str:
    told = f"\n{link}" if link is not None else ""
    return f"{when} {_where(kind, store)} 예약을 알려 드립니다. 감사합니다.{told}"


def appointment_moved(kind: str, *, when: str, store: str | None) -> str:
    return (
        f"죄송합니다. {_where(kind, store)} 예약을 {when} 일정으로 변경했습니다."
        " 시간이 맞지 않으시면 다시 선택해 주세요."
    )


def appointment_cancelled(kind: str, *, when: str) -> str:
    return (
        f"대단히 죄송합니다. 매장 사정으로 {when} {_KINDS[kind]} 예약이 취소되었습니다."
        " 괜찮으시면 다른 시간을 선택해 주세요."
    )


def appointment_missed(kind: str, *, when: str) -> str:
    return (
        f"{when} {_KINDS[kind]} 예약에 뵙지 못해 아쉬웠습니다."
        " 괜찮으시면 다른 시간을 선택해 주세요."
    )


def appointment_link(*, when: str, link: str) -> str:
    return f"{when} 영상 통화는 이 주소로 들어오세요.\n{link}"


def adviser_changed(before: str, after: str) -> str:
    return f"앞으로 {before} 직원을 대신하여 {after} 직원이 고객님을 담당합니다."


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{when} {_KINDS[kind]}" for kind, when in wishes)
    return f"예약 내역입니다.\n{told}"


def none_standing() -> str:
    return "앞으로 예정된 예약이 없습니다."


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


def named_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"알겠습니다. {name} 직원이 {by}까지 이곳에서 답변드리겠습니다."
    return (
        f"알겠습니다. 지금은 영업시간이 아니어서 {by}까지 {name} 직원이 답변드리겠습니다."
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


def still_waiting(*, by: str) -> str:
    return f"기다리게 해 드려 죄송합니다. {by}까지 담당자가 답변드리겠습니다."


def with_bot_again(*, has_spoken: bool) -> str:
    if not has_spoken:
        return (
            "이제부터는 자동으로 안내해 드립니다."
            " 담당자와는 언제든지 이곳에서 이야기하실 수 있습니다."
        )
    return "담당자 상담이 끝났습니다. 이제부터는 자동으로 안내해 드립니다."


def open_step() -> str:
    return "진행 중이던 절차가 있습니다. 그대로 답장하시면 이어서 진행됩니다."


def ask_rating() -> str:
    return "괜찮으시다면 오늘 상담이 어떠셨는지 알려 주세요."


def button_rating(stars: int) -> str:
    return ("매우 불만족", "불만족", "보통", "만족", "매우 만족")[stars - 1]


def thanks_for_rating() -> str:
    return "의견 감사합니다."
