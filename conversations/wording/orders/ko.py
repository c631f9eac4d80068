"""구매 후 문구: orders, returns, exchanges, disputes and collecting in Korean."""

from collections.abc import Sequence
from datetime import date

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_STAGES = {
    "open": "결제 대기",
    "paid": "결제 확인, 포장 준비 중",
    "packed": "포장 완료, 발송 대기",
    "shipped": "발송됨",
    "delivered": "배송 완료",
    "closed": "거래 완료",
    "returned": "반품 완료",
    "cancelled": "취소됨",
}
_COLLECTED = {
    "paid": "결제 확인, 매장 수령 준비 중",
    "packed": "매장에서 수령하실 수 있습니다",
    "delivered": "전달 완료",
}
_RETURNS = {
    "asked": "상품 발송 대기",
    "underway": "매장으로 배송 중",
    "received": "도착, 대조 중",
    "compared": "대조 완료, 환불 처리 중",
    "disputed": "담당자 확인 중",
    "refunded": "환불 완료",
    "refused": "반품 불가, 반송 중",
    "withdrawn": "반품 취소됨",
}
_CARRIERS = {"yamato": "야마토운수", "sagawa": "사가와택배", "japanpost": "일본우편"}
_LABELS = {
    "report": "보고서",
    "finding": "지적",
    "seen": "확인",
    "stage": "상태",
    "place": "수령 장소",
    "pickup_code": "수령 번호",
    "delivered": "배송일",
    "return_until": "반품 기한",
    "total": "합계",
    "back": "원래 결제 수단으로",
    "credit_part": "스토어 크레딧 결제분은 스토어 크레딧으로",
    "credit_all": "스토어 크레딧 합계",
    "bonus": "그중 보너스",
    "carrier": "택배사",
    "to": "받는 주소",
    "name": "받는 분",
    "phone": "전화번호",
    "contents": "품명란",
}
_BUTTONS = {
    "condition": "구매 당시 상태",
    "condition_now": "상태 확인하기",
    "condition_seen": "확인했습니다",
    "condition_page": "보고서 보기",
    "track": "배송 조회",
    "orders": "주문 목록",
    "address": "배송지 변경",
    "return": "반품·교환",
    "keep": "반품 취소",
    "exchange": "다른 상품으로 교환",
    "refund": "환불 받기",
    "as_paid": "결제 수단으로 환불",
    "as_credit": "스토어 크레딧으로 받기",
    "make_return": "반품 신청",
    "label_by_post": "운송장을 우편으로 받기",
    "take_instead": "이 상품으로 교환",
    "make_exchange": "교환 신청",
    "make_collect": "매장 수령 신청",
    "hours": "영업시간 보기",
}
_REASONS = {
    "imagined": "생각과 달랐음",
    "size": "사이즈가 안 맞음",
    "differs": "설명·사진과 다름",
    "damaged": "흠집·파손",
    "wrong": "다른 상품이 옴",
    "other": "기타",
}
_QUESTIONS = {
    "tag": "반품 방지 태그가 그대로 붙어 있습니까?",
    "set": "구성품이 모두 있습니까?",
    "change": "받으신 뒤 달라진 점이 있습니까? 흠집이 있으면 부위를 적어 주세요.",
}
_ANSWERS = {
    ("tag", "on"): "붙어 있음",
    ("tag", "off"): "떼었음",
    ("tag", "none"): "처음부터 없었음",
    ("set", "whole"): "모두 있음",
    ("set", "lacking"): "빠진 것이 있음",
    ("change", "none"): "변화 없음",
    ("change", "worn"): "사용했음",
    ("change", "marked"): "흠집·얼룩이 있음",
}


def stage(state: str, *, delivery: str) -> str:
    if delivery != "ship" and state in _COLLECTED:
        return _COLLECTED[state]
    return _STAGES[state]


def return_stage(state: str) -> str:
    return _RETURNS[state]


def carrier(name: str) -> str:
    return _CARRIERS.get(name, name)


def day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


def amount(amount: int) -> str:
    return f"¥{amount:,}"


def place(name: str) -> str:
    return "저희 매장" if name == "shop" else name


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def only_in_private() -> str:
    return (
        "구매에 관한 내용은 1:1 대화에서만 안내해 드립니다. 저희와의 개별 대화에서 말씀해 주세요."
    )


def order_said(order_no: str, stage: str) -> str:
    return f"주문 {order_no}: {stage}"


def no_orders() -> str:
    return "주문 기록을 찾지 못했습니다. 궁금하신 점은 담당자가 확인해 드립니다."


def need_order_no() -> str:
    return (
        "주문 번호를 적어 주세요(납품서와 상자에 적혀 있습니다). 진행 단계를 확인해 드립니다. "
        "회원 정보를 연동하시면 번호 없이도 자세히 안내해 드릴 수 있습니다."
    )


def order_unknown(order_no: str) -> str:
    return (
        f"안내해 드릴 수 있는 주문 중에서 {order_no} 번호를 찾지 못했습니다. "
        "번호를 다시 확인해 주세요."
    )


def stage_only(order_no: str, stage: str) -> str:
    return (
        f"주문 {order_no}: {stage}. "
        "상품과 운송장 번호 등 자세한 내용은 회원 정보 연동 후 안내해 드립니다."
    )


def choose_order(told: Sequence[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"・{order_no}({day}) {stage}" for order_no, stage, day in told)
    return f"어느 주문입니까?\n{lines}"


def address_taken(order_no: str, *, by: str) -> str:
    return (
        f"주문 {order_no}의 배송지를 변경해 드립니다. 새 주소를 여기에 적어 주세요. "
        f"담당자가 변경하고 {by}까지 확인해 드립니다."
    )


def address_too_late(order_no: str) -> str:
    return (
        f"주문 {order_no} 건은 여기에서 배송지를 변경할 수 없는 단계입니다. "
        "택배사에서의 변경을 담당자가 도와드립니다."
    )


def nothing_bought() -> str:
    return (
        "해당하는 구매 기록을 찾지 못했습니다. 주문 목록에서 고르시거나 담당자에게 말씀해 주세요."
    )


def choose_piece(count: int) -> str:
    return f"반품·교환이 가능한 상품이 {count}점 있습니다. 어느 상품입니까?"


def ask_reason(title: str) -> str:
    return f"{title}의 반품·교환을 도와드립니다. 이유를 알려 주세요."


def reason(reason: str) -> str:
    return _REASONS[reason]


def ask_condition(question: str) -> str:
    return _QUESTIONS[question]


def condition(question: str, answer: str) -> str:
    return _ANSWERS[question, answer]


def window_over(title: str, last_day: date) -> str:
    return (
        f"{title}의 반품 기한은 {day(last_day)}까지여서 여기에서는 접수할 수 없습니다. "
        "사정이 있으시면 담당자가 듣겠습니다. 매입 상담도 가능합니다."
    )


def at_counter(title: str) -> str:
    return f"{title} 상품은 매장에서 구매하신 상품으로, 반품은 담당자가 직접 도와드립니다."


def not_delivered(title: str) -> str:
    return (
        f"{title} 상품은 아직 배송 완료 기록이 없어 반품을 시작할 수 없습니다. "
        "도착 전 취소는 담당자가 도와드립니다."
    )


def return_underway(return_no: str, title: str, stage: str) -> str:
    return f"{title}의 반품(반품 번호 {return_no}): {stage}."


def all_was_credit(amount: int) -> str:
    return (
        f"전액을 스토어 크레딧으로 결제하셔서 ¥{amount:,}은 원래 스토어 크레딧으로 돌려드립니다. "
        "계속 진행할까요?"
    )


def settle_heading(settle_as: str) -> str:
    return "원래 결제 수단으로 환불" if settle_as == "as_paid" else "스토어 크레딧으로 받기"


def settle_short(settle_as: str) -> str:
    return "원래 결제 수단" if settle_as == "as_paid" else "스토어 크레딧"


def settle_question(*, as_paid: int, as_credit: int) -> str:
    return (
        f"원래 결제 수단으로 ¥{as_paid:,}, "
        f"또는 스토어 크레딧으로 ¥{as_credit:,}을 받으실 수 있습니다. "
        "어느 쪽을 원하십니까? 스토어 크레딧은 나중에 현금으로 지급되지 않습니다."
    )


def credit_life(days: int | None, *, bonus: int | None) -> str:
    paid = "기한 없음" if days is None else f"발행일부터 {days}일"
    free = "기한 없음" if bonus is None else f"발행일부터 {bonus}일"
    return f"사용 기한: {paid}(보너스는 {free}). 현금으로 지급되지 않습니다."


def confirm_return(code: str, title: str, *, reason: str, amount: int, is_credit: bool) -> str:
    way = "스토어 크레딧" if is_credit else "원래 결제 수단"
    return (
        f"{code} {title}의 반품을 신청합니다. 이유: {reason}. "
        f"도착 후 발송 기록과 대조하여 {way}으로 ¥{amount:,}을 돌려드립니다. 진행할까요?"
    )


def return_made(return_no: str, title: str) -> str:
    return (
        f"{title}의 반품을 접수했습니다. 반품 번호는 {return_no}입니다. "
        "상품이 도착해 발송 기록과 대조가 끝나는 대로 환불하고 알려 드립니다."
    )


def waybill_promised(*, by: str) -> str:
    return (
        f"작성된 운송장을 {by}까지 저희 매장에서 발송해 드립니다. "
        "전화나 매장 방문으로도 접수하실 수 있습니다."
    )


def waybill_heading() -> str:
    return "반품 운송장에 적으실 내용"


def waybill_note() -> str:
    return (
        "원래 상자에 구성품을 모두 넣어 편의점, 영업소 또는 방문 수거로 보내 주세요. "
        "매장에 가져오셔도 됩니다."
    )


def sent_by(carrier: str, *, buyer_pays: bool) -> str:
    return f"{_CARRIERS.get(carrier, carrier)}({'선불' if buyer_pays else '착불, 저희 부담'})"


def confirm_keep(return_no: str, title: str) -> str:
    return f"{title}의 반품(반품 번호 {return_no})을 취소하고 상품을 보유하시겠습니까?"


def return_withdrawn(return_no: str, title: str) -> str:
    return f"반품({return_no})을 취소했습니다. {title}, 계속 즐겨 주세요."


def ask_exchange(title: str) -> str:
    return (
        f"{title} 상품을 어느 상품으로 교환하시겠습니까? "
        "상품 번호(예: W-10234)나 브랜드·모델명을 적어 주세요."
    )


def not_for_exchange() -> str:
    return "그 상품은 지금 교환 상품으로 고르실 수 없습니다. 다른 상품 번호를 적어 주세요."


def ask_difference(title: str, *, pays: int, back: int, bonus: int) -> str:
    if pays:
        return f"{title} 상품과의 차액은 +¥{pays:,}입니다. 차액의 결제 방법을 골라 주세요."
    return (
        f"{title} 상품과의 차액 ¥{back:,}을 돌려드립니다. "
        f"스토어 크레딧이면 보너스 ¥{bonus:,}이 붙습니다. "
        "스토어 크레딧은 나중에 현금으로 지급되지 않습니다. 어느 쪽을 원하십니까?"
    )


def confirm_exchange(
    code: str, new: str, title: str, *, pays: int, back: int, settle_as: str, days: int
) -> str:
    way = settle_short(settle_as)
    if pays:
        net = f"차액 +¥{pays:,}은 대조 후 {way}으로 결제하시게 됩니다."
    elif back:
        net = f"차액 ¥{back:,}은 대조 후 {way}으로 돌려드립니다."
    else:
        net = "차액은 없습니다."
    return (
        f"{code} 상품을 반품하고 {new} {title} 상품으로 교환합니다. {net} "
        f"새 상품은 {days}일간 보관해 드립니다. 진행할까요?"
    )


def exchange_made(return_no: str, code: str, order_no: str, until: str) -> str:
    return (
        f"교환을 접수했습니다. 반품 번호는 {return_no}, 새 주문 번호는 {order_no}입니다. "
        f"{code} 상품은 {until}까지 보관합니다. "
        "상품이 도착해 대조가 끝나는 대로 차액을 처리하고 발송한 뒤 알려 드립니다."
    )


def choose_disputed(count: int) -> str:
    return f"심려를 끼쳐 드려 죄송합니다. 구매하신 {count}점 중 어느 상품입니까?"


def nothing_disputed() -> str:
    return (
        "해당하는 구매 기록을 찾지 못했습니다. 상품 번호를 적어 주시거나 담당자에게 말씀해 주세요."
    )


def dispute_opened(title: str, *, count: int, by: str) -> str:
    records = (
        f"저희 촬영 기록 {count}점을 지금 상태 그대로 보전했습니다."
        if count
        else "저희에게는 이 상품의 촬영 기록이 없습니다."
    )
    return (
        f"{title}에 관한 말씀을 접수했습니다. {records} "
        "가지고 계신 상품의 해당 부위 사진을 여기로 보내 주세요. "
        f"담당자가 기록과 대조하여 {by}까지 답변드립니다."
    )


def dispute_open_already(title: str, *, by: str) -> str:
    return (
        f"{title}에 관한 말씀은 이미 접수되어 있습니다. 사진은 계속 여기로 보내 주세요. "
        f"{by}까지 담당자가 답변드립니다."
    )


def pictures_attached(*, by: str | None) -> str:
    answer = f"{by}까지 담당자가 답변드립니다." if by else "담당자가 확인하고 있습니다."
    return f"사진을 받아 접수 기록에 첨부했습니다. {answer}"


def collect_which(shops: Sequence[str]) -> str:
    return (
        f"온라인에서 구매하신 상품을 {', '.join(shops)}에서 수령하실 수 있습니다. "
        "어느 상품입니까? 상품 번호를 적어 주세요."
    )


def collect_not_for_sale(code: str) -> str:
    return f"{code} 상품은 지금 매장 수령을 접수할 수 없습니다. 다른 방법을 담당자가 찾아 드립니다."


def confirm_collect(code: str, title: str, shops: Sequence[str]) -> str:
    return (
        f"{code} {title} 상품을 {', '.join(shops)}에서 수령하실 수 있도록 담당자에게 요청합니다. "
        "아직 결제는 발생하지 않습니다. 진행할까요?"
    )


def collect_taken(code: str, *, by: str) -> str:
    return (
        f"{code}의 매장 수령을 접수했습니다. "
        f"결제 방법과 준비 일시를 {by}까지 여기로 알려 드립니다. "
        "준비되면 수령 번호를 알려 드리니 매장에서 보여 주세요."
    )


def no_condition() -> str:
    return "보여 드릴 상태 기록을 찾지 못했습니다. 담당자에게 말씀해 주시면 확인해 드리겠습니다."


def no_findings() -> str:
    return "기록할 만한 손상 없음"


def condition_frozen(count: int) -> str:
    return f"구매 당시 보관하던 기록 {count}점입니다. 이후의 기록은 포함하지 않습니다."


def condition_lost(count: int) -> str:
    return f"이 중 {count}점은 원본이 현재 보관되어 있지 않습니다."


def condition_said(title: str, *, is_frozen: bool) -> str:
    return f"{title} 구매 당시 상태" if is_frozen else f"{title} 현재 상태"


def condition_noted(title: str, *, at: str) -> str:
    return f"{title}의 상태를 확인하신 것을 {at}에 기록했습니다. 감사합니다."


def condition_corrected() -> str:
    return "이 보고서는 이후 정정판이 발행되었습니다. 번거로우시겠지만 정정판도 확인해 주세요."


def choose_condition(count: int) -> str:
    return f"구매하신 상품이 {count}점 있습니다. 어느 상품의 상태를 보시겠습니까?"
