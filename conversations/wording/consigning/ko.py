"""委託の文言(韓国語): to consignors in Korean."""

from collections.abc import Sequence
from datetime import date

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_STAGES = {
    "proposed": "계약 대기",
    "awaiting_item": "상품 도착 대기",
    "guarantee_requested": "매입 신청 완료(상담 중)",
    "consigned": "보관 중, 게재 준비 중",
    "listed": "판매 중",
    "unlisted": "게재 일시 중지",
    "repair": "손질 중",
    "reserved": "상담 중",
    "sold": "판매 완료",
    "return_window": "판매 완료, 구매자 반품 기간 중",
    "payable": "지급 확정",
    "converted": "매입 완료",
    "compensated": "보상 절차 중",
    "paid": "지급 완료",
    "closed": "완료",
    "term_ended": "위탁 기간 만료",
    "returning": "반환 준비 중",
    "returned": "반환 완료",
    "declined": "계약하지 않음",
}
_NOTES = {
    "sold": "지급일은 구매자에게 배송되고 반품 기간이 지난 뒤에 확정됩니다.",
    "return_window": "지급일은 구매자의 반품 기간이 끝나면 확정됩니다.",
    "guarantee_requested": "상담이 성사되지 않으면 매입 보장가로 매입합니다.",
    "term_ended": "연장, 반환 등에서 선택해 주세요. 답변이 없으면 무료로 돌려드립니다.",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}년 {on.month}월 {on.day}일({_WEEKDAYS[on.weekday()]})"


def stage(stage: str) -> str:
    return _STAGES.get(stage, "담당자 확인 중")


def stage_note(stage: str) -> str | None:
    return _NOTES.get(stage)


def term(last_day: date, days_left: int) -> str:
    left = f"{days_left}일 남음" if days_left > 0 else "오늘까지"
    return f"{day(last_day)}({left})"


def share(payout: int, rate_bps: int) -> str:
    return f"{money(payout)}({_rate(rate_bps)})"


def _rate(rate_bps: int) -> str:
    return f"{rate_bps / 100:g}%"


def views(shown: int, watched: int) -> str:
    return f"{shown}회(그중 영상 끝까지 {watched}회)"


def label_piece() -> str:
    return "상품 번호"


def label_stage() -> str:
    return "상황"


def label_since() -> str:
    return "게재 시작"


def label_price() -> str:
    return "판매 가격"


def label_share() -> str:
    return "예상 수령액"


def label_views() -> str:
    return "채팅 열람"


def label_term() -> str:
    return "위탁 기한"


def label_guarantee() -> str:
    return "매입 보장가"


def label_payout() -> str:
    return "수령액"


def label_pay_on() -> str:
    return "지급일"


def status_said(title: str, lines: Sequence[tuple[str, str]]) -> str:
    return f"{title}: " + ", ".join(f"{label} {value}" for label, value in lines)


def none() -> str:
    return "안내해 드릴 위탁품을 찾지 못했습니다."


def several(count: int) -> str:
    return f"맡기신 위탁품 {count}점의 상황입니다."


def which_contract(contracts: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code} {title}" for code, title in contracts)
    return f"어느 상품을 말씀하시나요?\n{told}"


def record_heading(title: str) -> str:
    return f"맡기셨을 때의 기록: {title}"


def recorded(what: str, digest: str) -> str:
    return f"{what} SHA-256 {digest}…"


def record_note(more: int) -> str | None:
    return f"그 외 {more}점의 기록이 있습니다." if more else None


def record_said(title: str, lines: Sequence[str]) -> str:
    return f"{title} 상품을 맡기셨을 때의 기록입니다. " + ", ".join(lines)


def no_record(title: str) -> str:
    return f"{title}의 촬영 기록이 아직 없습니다."


def which_price(title: str, price: int) -> str:
    return (
        f"{title}의 현재 판매 가격은 {money(price)}(세금 포함)입니다. "
        "원하시는 판매 가격을 '30만 엔'처럼 적어 주세요."
    )


def would_pay(title: str | None, price: int, payout: int, rate_bps: int) -> str:
    what = f"{title} 상품이 " if title else ""
    by = "" if title else " 현재 위탁 조건에 따른 금액입니다."
    return (
        f"{what}{money(price)}(세금 포함)에 팔리면 수령액은 {money(payout)}"
        f"(수령 비율 {_rate(rate_bps)})입니다. 다른 수수료는 없습니다.{by}"
    )


def price_settled(title: str) -> str:
    return f"{title} 상품은 지금 판매 가격을 바꿀 수 있는 단계가 아닙니다."


def price_proposed(title: str, before: int | None, price: int, payout: int, rate_bps: int) -> str:
    now = f"{money(before)}에서 " if before is not None else ""
    return (
        f"{title}의 판매 가격을 {now}{money(price)}(세금 포함)으로 변경해도 될까요? "
        f"이 가격에 팔리면 수령액은 {money(payout)}({_rate(rate_bps)})입니다. "
        "답변을 주시기 전에는 변경하지 않습니다."
    )


def proposal_over(state: str) -> str:
    if state == "agreed":
        return "이 가격 변경에는 이미 동의해 주셨습니다."
    if state == "declined":
        return "이 가격 변경은 이미 거절하셨습니다. 가격은 그대로입니다."
    return "이 제안은 종료되었습니다. 가격은 변경되지 않았습니다."


def price_held() -> str:
    return "지금은 상담 중 등의 이유로 가격을 변경할 수 없습니다. 가격은 그대로입니다."


def price_changed(title: str, price: int | None) -> str:
    told = f"{money(price)}(세금 포함)으로 " if price is not None else ""
    return f"감사합니다. {title}의 판매 가격을 {told}변경했습니다."


def price_kept(title: str, price: int | None) -> str:
    told = f"{money(price)}(세금 포함) " if price is not None else ""
    return f"알겠습니다. {title}의 판매 가격은 {told}그대로 변경하지 않습니다."


def wish_noted(title: str, price: int, by: str) -> str:
    return (
        f"{title} 상품을 {money(price)}(세금 포함)으로 하고 싶다는 말씀을 접수했습니다. "
        f"{by}까지 담당자가 여기로 답변드립니다. 그때까지 가격은 바뀌지 않습니다."
    )


def convert_question(title: str, amount: int, pay_on: date) -> str:
    return (
        f"{title} 상품을 매입 보장가 {money(amount)}에 저희가 매입합니다. 위탁은 이것으로 끝나며 "
        f"지급일은 {day(pay_on)}입니다. 진행할까요?"
    )


def park_question(title: str, amount: int) -> str:
    return (
        f"{title} 상품은 지금 상담 중입니다. 상담이 성사되지 않으면 "
        f"매입 보장가 {money(amount)}에 매입합니다. 신청하시겠습니까?"
    )


def already_parked(title: str) -> str:
    return (
        f"{title}의 매입은 이미 접수되었습니다. 상담이 성사되지 않으면 자동으로 "
        "매입 보장가에 매입하고 여기로 알려 드립니다."
    )


def parked(title: str) -> str:
    return (
        f"접수했습니다. {title} 상품은 지금 상담 중이어서, 성사되지 않으면 자동으로 매입 보장가에 "
        "매입합니다. 위탁 기한이 지나도 유효합니다. 결과는 여기로 알려 드립니다."
    )


def converted(title: str, amount: int, pay_on: date) -> str:
    return (
        f"접수했습니다. {title} 상품을 {money(amount)}에 "
        f"매입했습니다. 지급일은 {day(pay_on)}입니다."
    )


def no_guarantee(title: str) -> str:
    return f"{title}의 계약에는 매입 보장이 없습니다. 매입가는 담당자가 견적해 드립니다."


def term_over(title: str) -> str:
    return f"{title}의 위탁 기간이 끝나 매입 보장을 이용하실 수 없습니다."


def not_convertible(title: str, stage: str) -> str:
    return f"{title} 상품은 지금 '{_STAGES.get(stage, '확인 중')}'이어서 매입으로 바꿀 수 없습니다."


def identity_first(title: str) -> str:
    return f"{title}의 절차에는 먼저 본인 확인이 필요합니다. 담당자가 안내해 드립니다."


def withdraw_question(title: str, *, waits: bool) -> str:
    if waits:
        return (
            f"{title} 상품은 지금 상담 중입니다. 성사되지 않으면 위탁을 끝내고 "
            "무료로 돌려드립니다. 진행할까요?"
        )
    return f"{title}의 위탁을 끝내고 무료로 돌려드립니다. 진행할까요?"


def decline_question(title: str) -> str:
    return f"{title}의 위탁 제안을 거절하시겠습니까? 비용은 없습니다."


def declined(title: str) -> str:
    return f"알겠습니다. {title}의 위탁은 진행하지 않습니다. 비용은 없습니다."


def declined_here(title: str) -> str:
    return (
        f"알겠습니다. {title}의 위탁은 진행하지 않으며, 무료로 돌려드립니다. 아래 버튼을 누르시면 "
        "반송을 준비합니다. 다른 문의는 담당자가 도와드립니다."
    )


def going_home(title: str) -> str:
    return f"접수했습니다. {title} 물품을 무료로 돌려드리며, 발송 후 운송장 번호를 알려 드립니다."


def offer_over(title: str, by: str) -> str:
    return (
        f"{title}의 매입 보증 금액이 유효 기간을 지나 이 제안으로는 계약하실 수 없습니다. "
        f"{by}까지 담당자가 새 조건을 여기로 제안드립니다."
    )


def returning(title: str) -> str:
    return (
        f"알겠습니다. {title}의 위탁을 끝내고 무료로 돌려드립니다. "
        "1영업일 안에 발송을 준비하겠습니다."
    )


def withdrawal_waits(title: str) -> str:
    return (
        f"알겠습니다. {title} 상품은 지금 상담 중이어서, 성사되지 않으면 자동으로 무료 반환을 "
        "진행합니다. 결과는 여기로 알려 드립니다."
    )


def not_returnable(title: str, stage: str) -> str:
    return f"{title} 상품은 지금 '{_STAGES.get(stage, '확인 중')}'이어서 반환할 수 없습니다."


def renewal_asked(title: str, by: str) -> str:
    return (
        f"{title}의 위탁 연장을 접수했습니다. {by}까지 담당자가 새 조건을 여기로 제안드립니다. "
        "동의하시기 전까지 지금 계약은 바뀌지 않습니다."
    )


def renewal_ready(title: str) -> str:
    return f"{title}의 새 계약 내용을 준비했습니다. 확인해 주세요."


def not_renewable(title: str, stage: str) -> str:
    return f"{title} 상품은 지금 '{_STAGES.get(stage, '확인 중')}'이어서 연장할 수 없습니다."


def fresh_question(title: str, amount: int) -> str:
    return f"{title} 상품을 {money(amount)}에 저희에게 파시는 것으로 진행할까요?"


def no_fresh_offer(title: str) -> str:
    return f"{title}에는 지금 받으실 수 있는 매입 제시가 없습니다."


def contract_question(contract_no: str) -> str:
    return f"위 내용으로 위탁 계약({contract_no})을 맺으시겠습니까?"


def contract_settled(title: str, stage: str) -> str:
    return f"{title}의 계약은 '{stage}'입니다. 지금 새로 동의하실 내용은 없습니다."


def contract_text(
    contract_no: str,
    version: str,
    title: str,
    code: str,
    *,
    price: int,
    least: int,
    guarantee: int | None,
    tiers: Sequence[tuple[int, int]],
    is_slab: bool,
    drops: Sequence[tuple[int, int]],
    term_days: int,
    grace_days: int,
    in_credit: bool,
) -> str:
    rates = ", ".join(f"{money(bound)} 이상 {_rate(bps)}" for bound, bps in tiers)
    whole = "판매 가격 전체" if is_slab else "가격 구간별 금액"
    steps = ", ".join(f"{days}일 후 {_rate(off)} 인하" for days, off in drops) or "없음"
    floor = f"(하한 {money(least)})" if least else ""
    kept = (
        f"위탁 기간 중 언제든지 {money(guarantee)} 이상에 매입합니다."
        if guarantee is not None
        else "없음."
    )
    paid = (
        "스토어 크레딧으로 지급합니다. 스토어 크레딧은 현금으로 환급되지 않습니다."
        if in_credit
        else "계좌 이체로 지급합니다."
    )
    return "\n".join(
        [
            f"위탁 판매 계약 {contract_no}(버전 {version})",
            f"1. 상품: {title}({code})",
            f"2. 판매 시작 가격: {money(price)}(세금 포함)",
            f"3. 수령액: {whole}에 다음 비율을 곱한 금액입니다. {rates}(세금 포함).",
            f"4. 가격 인하: 계약 시작부터 {steps}{floor}. 시작 가격 기준입니다. "
            "수령액이 매입 보장가보다 낮아지는 인하는 하지 않습니다. "
            "그 외의 가격 변경은 동의하신 경우에만 합니다.",
            f"5. 매입 보장: {kept}",
            f"6. 위탁 기간: 시작 다음 날부터 {term_days}일. 만료 후 {grace_days}일 안에 "
            "답변이 없으면 무료로 돌려드리며, 폐기하거나 매입하지 않습니다.",
            "7. 비용: 게재, 촬영, 보관, 반환, 중도 취소, 이체 비용은 없습니다.",
            f"8. 지급: {paid} 온라인 판매는 구매자의 반품 기간이 끝난 뒤, "
            "매장 판매는 당일 또는 다음 은행 영업일입니다.",
            "9. 중도 취소: 언제든지 무료입니다. 상담 중이면 그것이 끝난 뒤가 됩니다.",
        ]
    )


def signed(title: str, version: str, digest: str, last_day: date | None) -> str:
    until = (
        f"위탁 기한은 {day(last_day)}입니다."
        if last_day is not None
        else "위탁 기간은 상품이 도착하면 시작됩니다."
    )
    return (
        f"감사합니다. {title}의 위탁 계약이 성립되었습니다. {until} "
        f"문서 보관: 버전 {version}, SHA-256 {digest}…"
    )


def button_record() -> str:
    return "맡길 때의 기록"


def button_contract() -> str:
    return "계약 내용 확인"


def button_sign() -> str:
    return "이 내용으로 계약"


def button_price() -> str:
    return "판매 가격 상담"


def button_wish(price: int) -> str:
    return f"{money(price)}으로 상담"


def button_price_yes() -> str:
    return "변경에 동의"


def button_price_no() -> str:
    return "변경 안 함"


def button_convert() -> str:
    return "매입으로 변경"


def button_sell_at(amount: int) -> str:
    return f"{money(amount)}에 판매"


def button_fresh_offer(amount: int) -> str:
    return f"{money(amount)}에 판매"


def button_withdraw() -> str:
    return "돌려받기"


def button_home() -> str:
    return "무료 반송"


def button_withdraw_it() -> str:
    return "끝내고 돌려받기"


def button_renew() -> str:
    return "연장"
