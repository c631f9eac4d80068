"""가게가 먼저 드리는 말: what the shop says first, in Korean."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.ground.calendar import TOKYO

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_CHANNELS = {"mail_in": "택배", "home_visit": "출장", "store_drop": "매장 방문"}
_CARE = {
    "watch": "스마트폰이나 스피커 같은 강한 자석을 피하고, 땀은 마른 천으로 닦아 주세요.",
    "diamond": (
        "중성세제를 조금 푼 미지근한 물과 부드러운 천으로 닦고, 보석이 흔들리면 알려 주세요."
    ),
    "bag": "직사광선과 습기를 피하고, 속을 채워 더스트백에 보관해 주세요.",
    "apparel": "착용 후 먼지를 털고, 방충제와 함께 통풍이 잘되는 곳에 보관해 주세요.",
}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


def _at(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return f"{local.month}월 {local.day}일({_WEEKDAYS[local.weekday()]}) {local:%H:%M}(일본 시간)"


def _rate(bps: int) -> str:
    return f"{bps / 100:g}%"


def _guaranteed(guarantee: int | None) -> str:
    return (
        f" 기간 중 언제든지 매입 보장가 {_yen(guarantee)}에 파실 수 있습니다." if guarantee else ""
    )


def _left(days: int) -> str:
    return f"{days}일 남음" if days else "오늘까지"


def pieces(count: int) -> str:
    return f"{count}점"


def inquiry(no: str, pieces: int) -> str:
    return f"[접수 {no}] {pieces}점의 상담을 접수했습니다. 감정 결과는 여기로 알려 드리겠습니다."


def quoted(no: str, piece: str, low: int, high: int, through: date) -> str:
    return (
        f"[예상 금액 {no}] {piece}의 매입 예상 금액은 "
        f"{_yen(low)}~{_yen(high)}이며, {_day(through)}까지 "
        "유효합니다. 정식 금액은 실물을 확인한 뒤 하나의 금액으로 제시해 드립니다."
    )


def no_offer(no: str, piece: str) -> str:
    return (
        f"[감정 {no}] 죄송하지만 {piece}의 매입가를 제시해 드리지 못했습니다. "
        "다른 전문점을 소개해 드릴 수 있으니 담당자에게 말씀해 주세요."
    )


def quote_expired(no: str, piece: str) -> str:
    return (
        f"[예상 금액 {no}] {piece}의 예상 금액 유효기간이 "
        "지났습니다. 언제든지 다시 감정해 드립니다."
    )


def submitted(no: str, channel: str, pieces: int, kit_by: datetime | None, *, is_free: bool) -> str:
    kit = f" 포장 키트는 {_at(kit_by)}까지 발송합니다." if kit_by else ""
    free = " 배송비, 반송비, 취소 수수료, 이체 수수료는 받지 않습니다." if is_free else ""
    return (
        f"[신청 {no}] {_CHANNELS.get(channel, channel)} "
        f"방식으로 {pieces}점을 접수했습니다.{kit}{free}"
    )


def channel_changed(no: str, channel: str) -> str:
    return f"[신청 {no}] 전달 방법을 {_CHANNELS.get(channel, channel)} 방식으로 변경했습니다."


def kit_sent(no: str, tracking_no: str) -> str:
    return f"[키트 발송 {no}] 포장 키트를 발송했습니다. 운송장 번호는 {tracking_no}입니다."


def in_transit(no: str, tracking_no: str) -> str:
    return (
        f"[배송 중 {no}] 보내신 물품을 확인했습니다. 운송장 번호는 {tracking_no}입니다. "
        "도착하면 바로 알려 드리겠습니다."
    )


def arrived(no: str, pieces: int, *, is_sealed: bool | None) -> str:
    seal = "봉인에 이상이 없었습니다." if is_sealed else "담당자가 봉인 상태를 확인하고 있습니다."
    told = f"{seal} " if is_sealed is not None else ""
    return (
        f"[도착 {no}] {pieces}점이 도착했습니다. {told}"
        "감정 결과는 1영업일 이내에 알려 드리겠습니다."
    )


def withdrawn(no: str, pieces: int, fee: int) -> str:
    told = f"수수료는 {_yen(fee)}입니다." if fee else "수수료는 없습니다."
    return f"[취소 {no}] {pieces}점의 취소를 접수했습니다. {told}"


def offered(no: str, piece: str, amount: int, as_credit: int, through: date | None) -> str:
    until = f" {_day(through)}까지 유효합니다." if through else ""
    more = f" 스토어 크레딧으로는 {_yen(as_credit)}입니다." if as_credit > amount else ""
    return (
        f"[실물 감정 {no}] {piece}의 매입 금액은 {_yen(amount)}입니다.{more}{until} "
        "답이 없다고 성립되는 일은 없으며, 거절하시면 무료로 돌려드립니다."
    )


def offered_below(below: int, reasons: Sequence[str]) -> str:
    return f"예상 금액 하한보다 {_yen(below)} 낮은 금액입니다. 이유: {', '.join(reasons)}"


def repair_offered(no: str, piece: str, amount: int, through: date | None) -> str:
    until = f" {_day(through)}까지 유효합니다." if through else ""
    return f"[수리 견적 {no}] {piece}의 수리비는 {_yen(amount)}입니다.{until}"


def rejected(no: str, piece: str, reasons: Sequence[str]) -> str:
    return (
        f"[감정 {no}] 죄송하지만 {piece} 물품은 매입해 "
        f"드리지 못했습니다. 이유: {', '.join(reasons)}. "
        "무료 반송, 폐기, 다른 전문점 소개 중에서 선택해 알려 주세요."
    )


def accepted(no: str, piece: str, price: int, paid: str) -> str:
    return f"[계약 성립 {no}] {piece} 물품을 {_yen(price)}에 매입했습니다. {paid}".rstrip()


def repair_accepted(no: str, piece: str, amount: int) -> str:
    return (
        f"[수리 {no}] {piece}의 수리를 {_yen(amount)}에 접수했습니다. 완료되면 알려 드리겠습니다."
    )


def declined(no: str, piece: str, *, is_consigned: bool) -> str:
    after = "위탁 판매 안내로 진행합니다." if is_consigned else "무료로 돌려드립니다."
    return f"[거절 {no}] {piece} 물품을 판매하지 않으시는 것으로 접수했습니다. {after}"


def countered(no: str, piece: str, wanted: int) -> str:
    return (
        f"[희망가 {no}] {piece}의 희망가 {_yen(wanted)}을 접수했습니다. "
        "담당자가 검토 후 답변드리겠습니다."
    )


def return_begun(no: str, piece: str) -> str:
    return (
        f"[반송 준비 {no}] {piece} 물품을 무료로 돌려드립니다. 1영업일 이내에 발송하고 "
        "운송장 번호를 알려 드리겠습니다."
    )


def repaired(no: str, piece: str) -> str:
    return f"[수리 완료 {no}] {piece}의 수리가 끝났습니다. 돌려드릴 준비를 하고 있습니다."


def pays(*, bank: int, is_cash: bool, pay_on: date | None, credit: int, offset: int) -> str:
    told = []
    if bank and is_cash:
        told.append(f"매장에서 현금 {_yen(bank)}")
    elif bank:
        told.append(f"{_day(pay_on)} 이체 {_yen(bank)}" if pay_on else f"이체 {_yen(bank)}")
    if credit:
        told.append(f"스토어 크레딧 {_yen(credit)}")
    if offset:
        told.append(f"구매 대금 상계 {_yen(offset)}")
    return f"{', '.join(told)}." if told else ""


def pay_waits() -> str:
    return "본인 확인이 끝나는 대로 지급하며, 지급일이 정해지면 알려 드리겠습니다."


def pay_scheduled(no: str, paid: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"- {piece}: {how}" for piece, how in paid)
    return f"[지급 예정 {no}] 지급일이 정해졌습니다.\n{told}"


def paid(no: str, piece: str, amount: int, reference: str | None) -> str:
    ref = f" (조회 번호 {reference})" if reference else ""
    return f"[지급 완료 {no}] {piece}의 대금 {_yen(amount)}을 지급했습니다.{ref}"


def piece_compensated(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"[사과와 보상 {no}] {piece} 물품을 돌려드릴 수 없게 되었습니다. 대단히 죄송합니다. "
        f"{_yen(amount)}을 보상해 드리며, {_day(pay_on)}에 지급할 예정입니다. "
        "담당자가 자세히 설명드리겠습니다."
    )


def goods_awaited(no: str, pieces: int, until: date) -> str:
    return (
        f"[물품 안내 {no}] 신청하신 물품 {pieces}점이 아직 도착하지 않았습니다. "
        f"{_day(until)}까지 기다리겠습니다. 취소는 무료이니 언제든지 알려 주세요."
    )


def papers_awaited(no: str, until: date) -> str:
    return (
        f"[본인 확인 요청 {no}] 대금을 지급하려면 본인 확인 서류가 필요합니다. "
        f"{_day(until)}까지 보내 주세요. 궁금한 점은 담당자가 안내해 드립니다."
    )


def goods_given_up(no: str) -> str:
    return (
        f"[신청 종료 {no}] 물품이 도착하지 않아 신청을 종료했습니다. 비용은 없습니다. "
        "언제든지 다시 문의해 주세요."
    )


def papers_given_up(no: str, pieces: int) -> str:
    return (
        f"[거래 취소 {no}] 본인 확인 서류가 도착하지 않아 매입을 취소했습니다. "
        f"보관 중인 물품 {pieces}점은 무료로 돌려드립니다."
    )


def payment_delayed(pay_on: date) -> str:
    return (
        "이체가 완료되지 못했습니다. 죄송합니다. 계좌를 확인한 뒤 "
        f"{_day(pay_on)}에 다시 이체하겠습니다."
    )


def payment_moved(pay_on: date) -> str:
    return f"이체일이 {_day(pay_on)}로 변경되었습니다. 약속드린 날보다 늦어져 죄송합니다."


def return_shipping(no: str, tracking_no: str, pieces: int, fee: int) -> str:
    cost = f"배송비는 {_yen(fee)}입니다." if fee else "배송비는 없습니다."
    return f"[반송 {no}] {pieces}점을 발송했습니다. 운송장 번호는 {tracking_no}입니다. {cost}"


def case_number_corrected(no: str, tracking_no: str) -> str:
    return (
        f"[운송장 번호 정정 {no}] 안내해 드린 번호에 오류가 있었습니다. "
        f"올바른 번호는 {tracking_no}입니다."
    )


def returned(no: str, pieces: int) -> str:
    return f"[반환 완료 {no}] {pieces}점의 전달을 확인했습니다. 감사합니다."


def referral_proposed(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f" 상대 측 예상가는 {_yen(indication)}입니다." if indication else ""
    return (
        f"[소개 제안 {no}] {piece}: {partner}에 소개해 드리고자 합니다.{told}"
        " 동의하시기 전에는 고객님의 정보를 전달하지 않으며, 소개료는 없습니다."
    )


def referred(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f" 상대 측 예상 금액은 {_yen(indication)}입니다." if indication else ""
    return f"[소개 {no}] {piece} 물품을 {partner}에 소개했습니다.{told} 소개 수수료는 없습니다."


def rescinded(no: str, pieces: int, owed_back: int) -> str:
    back = f" 받으신 {_yen(owed_back)}의 반환은 담당자가 안내합니다." if owed_back else ""
    return (
        f"[청약 철회 {no}] {pieces}점의 철회를 접수했습니다. 위약금과 배송비 없이 "
        f"돌려드립니다.{back}"
    )


def claim_ended(no: str, amount: int, left: int) -> str:
    rest = f"돌려주실 금액은 {_yen(left)}입니다." if left else "돌려주실 금액은 없습니다."
    return (
        f"[계약 해제 {no}] 저희 매장의 {_yen(amount)} 이체가 완료되지 않은 것으로 확인되었습니다. "
        f"{rest} 앞서 다르게 안내해 드려 죄송합니다."
    )


def offer_reminder(no: str, piece: str, amount: int, through: date, days: int) -> str:
    return (
        f"[실물 감정 {no}] {piece}의 매입 금액 {_yen(amount)}은 "
        f"{_day(through)}까지({_left(days)}) "
        "유효합니다. 답이 없으시면 무료로 돌려드립니다."
    )


def offer_expired(no: str, piece: str) -> str:
    return (
        f"[실물 감정 {no}] {piece}의 매입 금액 유효기간이 지났으며 계약은 성립되지 않았습니다. "
        "무료로 돌려드리며, 다시 감정해 드릴 수도 있습니다."
    )


def delayed(no: str, by: datetime) -> str:
    return (
        f"[사과 {no}] 절차가 예정보다 늦어지고 있습니다. 죄송합니다. "
        f"{_at(by)}까지 상황을 다시 알려 드리겠습니다."
    )


def consignment_proposed(no: str, piece: str, list_price: int, guarantee: int | None) -> str:
    return (
        f"[위탁 제안 {no}] {piece} 물품을 {_yen(list_price)}(세금 포함)에 판매하는 제안입니다. "
        f"기간은 180일입니다.{_guaranteed(guarantee)} 동의하실 때까지 아무것도 시작되지 않습니다."
    )


def consignment_taken_back(no: str, piece: str, *, is_replaced: bool) -> str:
    if is_replaced:
        return (
            f"[위탁 제안 교체 {no}] {piece} 물품의 이 제안은 철회하고 새 내용으로 바꾸었습니다. "
            "새 제안을 확인해 주세요."
        )
    return (
        f"[위탁 제안 철회 {no}] {piece} 물품의 이 제안은 철회했습니다. 계약은 이루어지지 않습니다."
    )


def consignment_agreed(no: str, piece: str) -> str:
    return f"[위탁 {no}] {piece}의 위탁을 접수했습니다. 물품을 맡은 날부터 시작됩니다."


def consignment_active(no: str, piece: str, last_day: date, guarantee: int | None) -> str:
    return (
        f"[위탁 시작 {no}] {piece}의 위탁이 시작되었습니다. 기간은 {_day(last_day)}까지입니다."
        f"{_guaranteed(guarantee)}"
    )


def price_proposed(piece: str, price: int, payout: int, rate_bps: int) -> str:
    return (
        f"{piece}의 판매 가격을 {_yen(price)}(세금 포함)으로 바꾸는 제안입니다. 이 가격에 팔리면 "
        f"{_yen(payout)}({_rate(rate_bps)})을 받으십니다. 동의하실 때까지 가격은 바뀌지 않습니다."
    )


def price_changed(no: str, piece: str, price: int) -> str:
    return (
        f"[가격 변경 {no}] 동의하신 대로 {piece}의 판매 "
        f"가격이 {_yen(price)}(세금 포함)이 되었습니다."
    )


def price_drop_blocked(no: str, piece: str, candidate: int, guarantee: int | None) -> str:
    floor = f"매입 보장가 {_yen(guarantee)}" if guarantee else "매입 보장가"
    return (
        f"[가격 {no}] 수령액이 {floor}보다 낮아지므로 {piece}의 예정된 인하({_yen(candidate)})를 "
        "하지 않았습니다. 가격은 그대로입니다. 원하시는 바가 있으면 담당자에게 말씀해 주세요."
    )


def consignment_sold(
    no: str,
    piece: str,
    *,
    price: int,
    rate_bps: int,
    commission: int,
    tax: int,
    payout: int,
    pay_on: date | None,
) -> str:
    day = (
        f"지급일: {_day(pay_on)}"
        if pay_on
        else "지급일: 구매자의 반품 기간 이후. 배송이 끝나면 날짜를 알려 드립니다."
    )
    return (
        f"[판매 안내 {no}] {piece} 물품이 판매되었습니다.\n판매 가격: {_yen(price)}(세금 포함)\n"
        f"수령 비율: {_rate(rate_bps)}\n수수료: {_yen(commission)}(소비세 {_yen(tax)} 포함)\n"
        f"수령액: {_yen(payout)}\n{day}"
    )


def consignment_payout_dated(no: str, piece: str, pay_on: date) -> str:
    return (
        f"[지급일 {no}] {piece} 물품이 구매자에게 도착했습니다. 반품 기간이 지나면 "
        f"{_day(pay_on)}에 확정하여 지급합니다."
    )


def consignment_payable(no: str, piece: str, amount: int, pay_on: date | None) -> str:
    day = f" {_day(pay_on)}에 지급합니다." if pay_on else ""
    return f"[지급 확정 {no}] {piece}의 대금 {_yen(amount)}이 확정되었습니다.{day}"


def consignment_paid(no: str, piece: str, amount: int, *, is_credit: bool) -> str:
    how = "스토어 크레딧으로 드렸습니다" if is_credit else "지급했습니다"
    return f"[지급 완료 {no}] {piece}의 대금 {_yen(amount)}을 {how}."


def consignment_sale_undone(no: str, piece: str) -> str:
    return (
        f"[판매 취소 {no}] {piece} 물품이 구매 취소로 "
        "돌아왔습니다. 위탁은 원래 조건대로 계속됩니다."
    )


def withdrawal_waits(no: str, piece: str) -> str:
    return (
        f"[반환 {no}] {piece} 물품은 현재 상담 중입니다. 성사되지 않으면 무료로 돌려드리며, "
        "결과를 여기로 알려 드리겠습니다."
    )


def consignment_returning(no: str, piece: str) -> str:
    return (
        f"[반환 {no}] {piece} 물품을 무료로 돌려드립니다. 1영업일 이내에 발송하며, "
        "보관 중의 상태 영상도 보실 수 있습니다."
    )


def consignment_sent_home(no: str, piece: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[반송 {no}] {piece} 물품을 {carrier} 편으로 무료로 보내 드렸습니다. "
        f"운송장 번호는 {tracking_no}입니다."
    )


def consignment_returned(no: str, piece: str) -> str:
    return f"[반환 완료 {no}] {piece}의 전달을 확인했습니다. 감사합니다."


def consignment_compensated(no: str, piece: str, amount: int) -> str:
    return (
        f"[사과와 보상 {no}] 보관 중이던 {piece}에 대해 {_yen(amount)}을 보상해 드립니다. "
        "진심으로 죄송합니다. 담당자가 자세히 설명드리겠습니다."
    )


def consignment_term_reminder(piece: str, last_day: date, days: int, guarantee: int | None) -> str:
    return (
        f"{piece}의 위탁 기간은 {_day(last_day)}까지({_left(days)})입니다.{_guaranteed(guarantee)} "
        "연장, 매입, 반환 중에서 선택해 주세요. 답이 없어도 폐기하는 일은 없습니다."
    )


def consignment_term_ended(piece: str, back_from: date | None) -> str:
    back = f" 답이 없으시면 {_day(back_from)}에 무료로 돌려드립니다." if back_from else ""
    return f"{piece}의 위탁 기간이 끝났습니다. 연장, 재감정, 반환 중에서 선택해 주세요.{back}"


def guarantee_converted(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"[매입 보장 {no}] {piece} 물품을 {_yen(amount)}에 매입했습니다. {_day(pay_on)}에 "
        "지급합니다."
    )


def guarantee_parked(no: str, piece: str) -> str:
    return (
        f"[매입 보장 {no}] {piece} 물품은 현재 상담 중입니다. 성사되지 않으면 기간이 지나도 "
        "보장가에 매입합니다."
    )


def guarantee_refused(no: str, piece: str, *, is_over: bool) -> str:
    why = "위탁 기간이 끝나" if is_over else "현재 상황으로는"
    return (
        f"[매입 보장 {no}] {why} {piece} 물품을 보장가에 매입해 드리지 못했습니다. "
        "담당자가 안내해 드리겠습니다."
    )


def order_confirmed(no: str, total: int, delivery: str, place: str | None) -> str:
    after = {
        "ship": "1영업일 이내에 발송하고 운송장 번호를 알려 드리겠습니다.",
        "collect": f"준비되면 알려 드리겠습니다.{f' 수령 장소: {place}' if place else ''}",
    }.get(delivery, "구매해 주셔서 감사합니다.")
    return f"[주문 {no}] {_yen(total)}(세금 포함)의 결제를 확인했습니다. {after}"


def order_packed(no: str) -> str:
    return f"[주문 {no}] 포장이 끝났습니다. 곧 발송합니다."


def order_ready_to_collect(no: str, place: str | None) -> str:
    where = f" {place}에서" if place else ""
    return f"[주문 {no}] 준비가 끝났습니다.{where} 기다리고 있겠습니다."


def order_shipped(no: str, carrier: str, tracking_no: str) -> str:
    return f"[발송 {no}] {carrier} 편으로 발송했습니다. 운송장 번호는 {tracking_no}입니다."


def tracking_corrected(no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[운송장 번호 정정 {no}] 안내해 드린 운송장 번호에 오류가 있었습니다. "
        f"올바른 번호는 {carrier} {tracking_no}입니다."
    )


def order_delivered(no: str, last_return_day: date | None) -> str:
    back = f" 반품은 {_day(last_return_day)}까지 가능합니다." if last_return_day else ""
    return f"[배송 완료 {no}] 물품이 도착했습니다.{back} 궁금한 점은 언제든지 알려 주세요."


def order_cancelled(no: str, to_credit: int, to_other: int) -> str:
    told = [f"스토어 크레딧 {_yen(to_credit)}"] if to_credit else []
    told += [f"결제 수단 {_yen(to_other)}"] if to_other else []
    back = f" {', '.join(told)}을 돌려드립니다." if told else ""
    return f"[취소 {no}] 주문을 취소했습니다.{back}"


def order_undelivered(no: str, piece: str, to_credit: int, to_other: int) -> str:
    told = [f"스토어 크레딧 {_yen(to_credit)}"] if to_credit else []
    told += [f"결제 수단 {_yen(to_other)}"] if to_other else []
    back = f" {', '.join(told)}을 돌려드립니다." if told else ""
    return (
        f"[사과 {no}] 주문하신 {piece} 물품을 전해 드릴 수 없게 되었습니다. "
        f"대단히 죄송합니다.{back}"
    )


def order_lapsed(no: str) -> str:
    return f"[주문 {no}] 결제 기한이 지나 주문이 취소되었습니다."


def exchange_over(no: str, return_no: str) -> str:
    return (
        f"[교환 {return_no}] 교환용으로 보관하던 물품(주문 {no})의 예약이 종료되어 반품으로 "
        "진행합니다. 보내 주신 물품을 확인한 뒤 결제하신 방법으로 환불해 드리겠습니다."
    )


def return_accepted(no: str, return_no: str, *, is_exchange: bool) -> str:
    what = "교환" if is_exchange else "반품"
    return (
        f"[{what} {return_no}] 주문 {no}의 {what}을 접수했습니다. 반송 방법을 안내해 드리겠습니다."
    )


def return_label_sent(return_no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"[반품 {return_no}] 반송용 운송장을 보내 드렸습니다. "
        f"{carrier}, 운송장 번호는 {tracking_no}입니다."
    )


def return_underway(no: str, return_no: str) -> str:
    return f"[반품 {return_no}] 반송을 확인했습니다. 도착하면 알려 드리겠습니다."


def return_received(no: str, return_no: str) -> str:
    return f"[반품 {return_no}] 물품이 도착했습니다. 상태를 확인한 뒤 환불을 알려 드리겠습니다."


def return_looked_at(no: str, return_no: str) -> str:
    return (
        f"[반품 {return_no}] 담당자가 물품 상태를 확인하고 있습니다. "
        "결과는 여기로 알려 드리겠습니다."
    )


def return_refused(no: str, return_no: str) -> str:
    return (
        f"[반품 {return_no}] 죄송하지만 발송 시 기록과 달라 반품을 받을 수 없었습니다. "
        "이유는 담당자가 설명드리겠습니다."
    )


def return_refunded(no: str, return_no: str, *, to_credit: int, to_other: int, bonus: int) -> str:
    lines = []
    if to_other:
        lines.append(f"결제 수단: {_yen(to_other)}")
    if to_credit:
        lines.append(f"스토어 크레딧: {_yen(to_credit)}")
    if bonus:
        lines.append(f"그중 보너스: {_yen(bonus)}")
    return "\n".join([f"[환불 {return_no}] 주문 {no}의 환불이 정해졌습니다.", *lines])


def dispute_answered(piece: str, outcome: str, words: str, return_no: str | None) -> str:
    found = {
        "differs": "구매 당시 기록과 다른 점을 확인했습니다.",
        "as_recorded": "구매 당시 기록과 같은 것을 확인했습니다.",
        "unclear": "저희 기록으로는 판단할 수 없었습니다.",
        "withdrawn": "말씀하신 내용의 취소를 접수했습니다.",
    }[outcome]
    back = f"반품({return_no})으로 처리해 드리겠습니다." if return_no else ""
    return f"[문의에 대한 답변] {piece}: {found}\n{words}\n{back}".rstrip()


def follow_up_thanks(piece: str) -> str:
    return (
        f"{piece} 상품을 구매해 주셔서 감사합니다. 사용해 보시니 어떠신가요? "
        "궁금한 점은 여기에 바로 적어 주세요."
    )


def follow_up_care(piece: str, category: str) -> str:
    return f"{piece}의 관리 방법입니다. {_CARE.get(category, '')} 언제든지 상담해 주세요."


def follow_up_value(piece: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return (
            f"{piece} 상품을 구매하신 지 1년이 되었습니다. 현재의 매입 예상 금액을 알아봐 드릴 수 "
            "있으니 “매입 견적”이라고 적어 주세요."
        )
    return (
        f"{piece} 상품을 구매하신 지 1년이 되었습니다. 같은 모델의 최근 판매 실적에 따른 현재 매입 "
        f"예상 금액은 {_yen(low)}~{_yen(high)}입니다. 상태와 구성품에 따라 달라지며, "
        "정식 금액은 실물 감정으로 정해집니다."
    )


def _held(held: int) -> str:
    return f" 현재 잔액은 {_yen(held)}입니다."


def _through(through: date | None) -> str:
    return f" {_day(through)}까지 유효합니다." if through else " 유효기간은 없습니다."


def credit_issued(lots: Sequence[tuple[int, date | None]], held: int) -> str:
    told = "".join(f"\n- {_yen(amount)}.{_through(through)}" for amount, through in lots)
    return f"스토어 크레딧을 드렸습니다.{told}\n{_held(held).strip()}"


def credit_used(amount: int, held: int) -> str:
    return f"스토어 크레딧 {_yen(amount)}을 사용하셨습니다.{_held(held)}"


def credit_returned(amount: int, held: int) -> str:
    return f"스토어 크레딧 {_yen(amount)}을 돌려드렸습니다.{_held(held)}"


def credit_goodwill(amount: int, through: date | None, held: int) -> str:
    return (
        f"사과와 감사의 마음으로 스토어 크레딧 {_yen(amount)}을 드렸습니다."
        f"{_through(through)}{_held(held)}"
    )


def credit_extended(amount: int, through: date) -> str:
    return f"스토어 크레딧 {_yen(amount)}의 유효기간을 {_day(through)}까지 연장했습니다."


def credit_adjusted(held: int) -> str:
    return f"스토어 크레딧 잔액을 정정했습니다.{_held(held)}"


def credit_giving_up(to_pay: int, offset: int) -> str:
    less = f"미납액 {_yen(offset)}을 빼고, " if offset else ""
    paid = f"{_yen(to_pay)}을 송금해 드립니다" if to_pay else "지급할 금액은 없습니다"
    return (
        f"스토어 크레딧 운영을 마치며 유상분 {_yen(to_pay + offset)}을 환급합니다. {less}{paid}. "
        "동의하시면 유상분 크레딧은 없어집니다. 답하실 때까지 잔액은 그대로입니다."
    )


def credit_discontinued(amount: int, offset: int) -> str:
    if not amount:
        return f"스토어 크레딧 유상분을 미납액 {_yen(offset)}과 상계했습니다."
    less = f" 미납액 {_yen(offset)}을 뺐습니다." if offset else ""
    return f"스토어 크레딧 유상분 환급으로 {_yen(amount)}을 송금해 드립니다.{less}"


def credit_paid_out(amount: int, reference: str | None) -> str:
    ref = f" (조회 번호 {reference})" if reference else ""
    return f"스토어 크레딧 환급금 {_yen(amount)}을 지급했습니다.{ref}"


def credit_reversed(taken: int, owed: int) -> str:
    more = f" 부족한 {_yen(owed)}은 담당자가 안내해 드립니다." if owed else ""
    return f"거래 취소로 스토어 크레딧 {_yen(taken)}을 회수했습니다.{more}"


def credit_settled(amount: int, owed: int) -> str:
    return f"{_yen(amount)} 결제를 확인했습니다.{_still_owed(owed)}"


def credit_forgiven(amount: int, owed: int) -> str:
    return f"청구 금액 중 {_yen(amount)}은 지불하지 않으셔도 됩니다.{_still_owed(owed)}"


def _still_owed(owed: int) -> str:
    return f" 남은 청구 금액은 {_yen(owed)}입니다." if owed else " 남은 청구 금액은 없습니다."


def credit_expiring(amount: int, through: date, days: int) -> str:
    return f"스토어 크레딧 {_yen(amount)}은 {_day(through)}까지({_left(days)}) 유효합니다."


def within_reach() -> str:
    return "잔액으로 구매하실 수 있는 상품을 골라 보았습니다."


def watched_price(piece: str, price: int) -> str:
    return f"관심 상품 {piece}의 가격이 {_yen(price)}(세금 포함)으로 바뀌었습니다."


def watched_sold(piece: str) -> str:
    return (
        f"관심 상품으로 등록하신 {piece} 상품이 "
        "판매되었습니다. 비슷한 상품도 찾아 드릴 수 있습니다."
    )


def watched_film(piece: str) -> str:
    return f"관심 상품 {piece}의 새 영상을 보내 드립니다."


def wish_found(piece: str, price: int | None) -> str:
    told = f" 가격은 {_yen(price)}(세금 포함)입니다." if price else ""
    return f"찾으시던 조건에 맞는 상품이 들어왔습니다: {piece}.{told}"


def checkpoint(on: date, leaves: int) -> str:
    return (
        f"{_day(on)} 증거 기록의 체크포인트를 보내 드립니다(기록 {leaves:,}건). 다음 메시지를"
        " 그대로 보관해 주시면 나중에 기록이 바뀌지 않았음을 확인하실 수 있습니다."
    )


def button_extend() -> str:
    return "연장하기"


def button_convert() -> str:
    return "매입으로 하기"


def button_return() -> str:
    return "돌려받기"


def button_yes() -> str:
    return "동의하기"


def button_no() -> str:
    return "바꾸지 않기"


def button_choose() -> str:
    return "보고 선택하기"


def button_stop() -> str:
    return "알림 멈추기"


def stop_hint(*, is_credit: bool) -> str:
    if is_credit:
        return "스토어 크레딧 알림을 멈추려면 아래 “알림 멈추기”를 눌러 주세요."
    return "이런 알림을 멈추려면 “수신 거부”라고 보내 주세요."
