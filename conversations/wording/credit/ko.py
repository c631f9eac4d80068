"""クレジットの文言(韓国語): store credit in Korean."""

from collections.abc import Sequence
from datetime import date

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_ORIGINS = {
    "return": "반품분",
    "trade_in": "보상 판매분",
    "consignment_payout": "위탁 정산분",
    "bonus": "보너스분",
    "goodwill": "사과·감사분",
    "promo": "캠페인분",
}
_KINDS = {
    "issue": "발행",
    "hold": "결제 중 보류",
    "capture": "사용",
    "void": "보류 해제",
    "refund": "환불로 복원",
    "expire": "기한 만료",
    "reverse": "취소",
    "adjust": "조정",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}년 {on.month}월 {on.day}일({_WEEKDAYS[on.weekday()]})"


def origin(origin: str) -> str:
    return _ORIGINS.get(origin, "기타")


def lot(left: int, expires_on: date | None) -> str:
    until = "기한 없음" if expires_on is None else f"{day(expires_on)}까지"
    return f"{money(left)} {until}"


def heading() -> str:
    return "스토어 크레딧"


def label_total() -> str:
    return "잔액"


def label_paid() -> str:
    return "그중 유상분"


def label_free() -> str:
    return "그중 무상분"


def label_held() -> str:
    return "결제 중 보류"


def label_owed() -> str:
    return "부족 금액"


def label_more(count: int) -> str:
    return f"그 외 {count}건"


def ends_next(on: date, amount: int) -> str:
    return (
        f"가장 먼저 만료되는 것은 {day(on)}까지의 {money(amount)}입니다. "
        "기한이 가까운 것부터 사용됩니다."
    )


def never_ends() -> str:
    return "이 잔액에는 기한이 없습니다."


def nothing_to_end() -> str:
    return "만료될 스토어 크레딧이 없습니다."


def balance_said(lines: Sequence[tuple[str, str]], ends_next: str) -> str:
    told = ", ".join(f"{label} {value}" for label, value in lines)
    return f"스토어 크레딧: {told}. {ends_next}"


def nothing() -> str:
    return "지금 사용하실 수 있는 스토어 크레딧이 없습니다."


def nothing_to_spend() -> str:
    return "지금 사용하실 수 있는 잔액이 없습니다."


def expiry(days: Sequence[tuple[date, int]], endless: int, more: int) -> str:
    lines = [f"・{day(on)}까지 {money(amount)}" for on, amount in days]
    if more:
        lines.append(f"・그 이후 만료일 {more}건")
    if endless:
        lines.append(f"・기한 없음 {money(endless)}")
    told = "\n".join(lines)
    return (
        "스토어 크레딧 기한은 다음과 같습니다. 마지막 날 24시(일본 시간)까지 사용하실 수 있습니다."
        f"\n{told}"
    )


def history_heading() -> str:
    return "스토어 크레딧 이용 내역"


def history_note(shown: int, count: int) -> str | None:
    return f"전체 {count}건 중 최근 {shown}건입니다." if shown < count else None


def history_said(lines: Sequence[str]) -> str:
    return "스토어 크레딧 이용 내역: " + ", ".join(lines)


def entry(kind: str, origin: str, amount: int, yen: int, left: int, reason: str | None) -> str:
    told = f"{_KINDS.get(kind, kind)} {_change(amount, yen)}({_ORIGINS.get(origin, '기타')})"
    why = f" {reason}" if reason else ""
    return f"{told}{why} 잔액 {money(left)}"


def _change(amount: int, yen: int) -> str:
    if amount == 0:
        return money(yen)
    return f"+{money(amount)}" if amount > 0 else f"−{money(-amount)}"


def no_history() -> str:
    return "아직 스토어 크레딧 이용 내역이 없습니다."


def howto(lives: Sequence[tuple[str, int | None]]) -> str:
    told = ", ".join(
        f"{origin(each)} {'기한 없음' if days is None else f'발행일로부터 {days}일'}"
        for each, days in lives
    )
    return (
        "스토어 크레딧은 매장과 온라인에서 1엔부터 사용하실 수 있고, "
        "나머지는 카드 등과 함께 결제하실 수 있습니다. 기한이 가까운 것부터 사용됩니다. "
        "스토어 크레딧으로 구입하신 상품을 반품하시면 "
        "사용하신 만큼 원래 기한 그대로 돌려드립니다.\n"
        f"기한: {told}.\n"
        "스토어 크레딧은 현금으로 환급되지 않습니다. 선택하시기 전에 확인해 주세요."
    )


def compared(amount: int, bonus: int, bonus_days: int | None) -> str:
    life = "기한 없음" if bonus_days is None else f"보너스분 기한은 발행일로부터 {bonus_days}일"
    return (
        f"예: {money(amount)}을 받으시는 경우\n"
        f"・현금(계좌 이체): {money(amount)}\n"
        f"・스토어 크레딧: {money(amount + bonus)}(보너스 {money(bonus)} 포함, {life})\n"
        "어느 쪽이든 수수료는 없습니다."
    )


def till_code(code: str, until: str, held: int, most: int | None) -> str:
    limit = "" if most is None else f"이 코드로는 {money(most)}까지 사용하실 수 있습니다. "
    return (
        "매장에서 결제하실 때 이 코드를 보여 주세요.\n"
        f"{code}\n"
        f"유효: {until}까지, 1회. {limit}사용 가능한 잔액은 {money(held)}입니다. "
        "코드를 보여 주시기 전에는 차감되지 않습니다."
    )


def nothing_within(held: int) -> str:
    return (
        f"지금은 잔액 {money(held)}만으로 구입하실 수 있는 상품이 없습니다. "
        "다른 결제 수단과 함께라면 어떤 상품에도 사용하실 수 있습니다."
    )


def within(held: int, count: int) -> str:
    return f"잔액 {money(held)}으로 구입하실 수 있는 상품 {count}점을 골라 드렸습니다."


def button_till() -> str:
    return "매장에서 사용"


def button_new_code() -> str:
    return "새 코드 받기"


def button_reach() -> str:
    return "잔액으로 살 수 있는 상품"


def button_history() -> str:
    return "이용 내역"


def button_howto() -> str:
    return "사용 방법"


def button_balance() -> str:
    return "잔액 보기"


def pay_out_moved() -> str:
    return "안내 후에 잔액 또는 미납액이 바뀌었습니다. 금액을 다시 확인해 주세요."


def pay_out_agreed(to_pay: int, pay_on: date | None, *, needs_account: bool) -> str:
    if pay_on is None:
        return "동의해 주셔서 감사합니다. 미납액과 상계하여 지급할 금액은 없습니다."
    told = f"동의해 주셔서 감사합니다. {day(pay_on)}에 {money(to_pay)}을 송금할 예정입니다."
    return f"{told} 받으실 계좌는 담당자가 안전한 방법으로 여쭙겠습니다." if needs_account else told


def pay_out_kept() -> str:
    return "알겠습니다. 스토어 크레딧은 그대로입니다."


def pay_out_over() -> str:
    return "이 환급 안내는 종료되었습니다."


def heading_pay_out() -> str:
    return "스토어 크레딧 환급"


def button_pay_out() -> str:
    return "환급에 동의"


def button_keep() -> str:
    return "지금은 하지 않기"
