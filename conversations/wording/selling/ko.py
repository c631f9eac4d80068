"""買取の文言(韓国語): what the bot says of selling in Korean."""

from collections.abc import Sequence
from datetime import date, time

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_SHOTS = {
    "dial": "다이얼 정면",
    "case_back": "뒷백",
    "side_crown": "용두 쪽 측면",
    "clasp": "버클",
    "serial": "시리얼 번호",
    "accessories": "구성품",
    "face_up": "보석 정면",
    "side": "측면",
    "mount_marks": "프레임 각인",
    "report_front": "감정서 앞면",
    "front": "정면",
    "back": "뒷면",
    "base": "바닥면",
    "corner_front_left": "모서리",
    "handle": "손잡이",
    "interior": "안쪽",
    "code": "각인 또는 시리얼",
    "label": "브랜드 태그",
    "composition_tag": "품질 표시 태그",
    "defect_1": "가장 눈에 띄는 손상",
}
_CATEGORIES = {
    "watch": "시계",
    "diamond": "다이아몬드·주얼리",
    "bag": "가방·가죽 소품",
    "apparel": "의류",
}
_QUESTIONS = {
    "condition": "새 제품과 비교해 상태가 어떠신가요?",
    "warranty_card": "보증서를 가지고 계신가요?",
    "box": "상자를 가지고 계신가요?",
    "grading_report": "감정서를 가지고 계신가요?",
    "authenticity_card": "개런티 카드를 가지고 계신가요?",
    "strap": "함께 제공된 스트랩이 있으신가요?",
    "tag": "구매 당시의 태그가 달려 있나요?",
    "altered": "연마·수리·수선을 하신 적이 있나요?",
    "years": "구매하신 지 대략 몇 년 되셨나요?",
}
_ANSWERS = {
    "unused": "미사용",
    "fine": "눈에 띄는 흠집 없음",
    "light_marks": "작은 흠집 있음",
    "worn": "사용감 있음",
    "damaged": "눈에 띄는 손상 있음",
    "broken": "고장·파손",
    "yes": "예",
    "no": "아니요",
    "unknown": "잘 모르겠음",
    "1": "1년 이내",
    "5": "2~5년",
    "10": "6~10년",
    "20": "11년 이상",
}
_PARTS = {
    "warranty_card": "보증서",
    "box": "상자",
    "grading_report": "감정서",
    "authenticity_card": "개런티 카드",
    "strap": "스트랩",
    "tag": "태그",
}
_METHODS = {
    "mail_in": "택배로 보내기",
    "home_visit": "출장 방문",
    "store_drop": "매장에 가져가기",
}
_METHOD_NAMES = {"mail_in": "택배", "home_visit": "출장 방문", "store_drop": "매장 방문"}
_MERITS = {
    "mail_in": "무료 포장 키트를 보내 드립니다. 편하실 때 보내 주세요.",
    "home_visit": "감정사가 찾아뵙니다. 여러 점이거나 큰 물품에 알맞습니다.",
    "store_drop": "그 자리에서 감정해 가장 빨리 답변드리며 당일 지급도 가능합니다.",
}
_STAGES = {
    "inquiry": "상담 중",
    "quoted": "예상 금액 안내됨",
    "quote_expired": "예상 금액 기한 만료",
    "submitted": "신청 완료",
    "kit_sent": "포장 키트 발송됨",
    "in_transit": "매장으로 배송 중",
    "arrived": "도착·감정 대기",
    "appraising": "감정 중",
    "approval_pending": "금액 확인 중",
    "police_hold": "보관 중(담당자가 설명해 드립니다)",
    "offered": "금액 제시 중",
    "offer_expired": "제시 기한 만료",
    "declined": "거절하심",
    "rejected": "매입 불가",
    "accepted": "승낙·본인 확인 대기",
    "pay_scheduled": "지급 준비됨",
    "rescinded": "계약 해제",
    "return_shipping": "반송 준비 중",
    "paid": "지급 완료",
    "credited": "스토어 크레딧 지급 완료",
    "consign": "위탁으로 전환",
    "referred": "소개 완료",
    "returned": "반송 완료",
    "compensated": "보상 처리 완료",
    "closed": "완료",
}
_MEANS = {"bank": "계좌 이체", "credit": "스토어 크레딧", "split": "절반씩", "cash": "현금"}
_PAYMENTS = {
    "planned": "지급 예정입니다",
    "released": "이체 처리 중입니다",
    "sent": "은행으로 송금했습니다",
    "paid": "지급 완료되었습니다",
    "failed": "이체되지 않아 담당자가 확인 중입니다",
}
_BOXES = {"small": "소(시계)", "medium": "중(가방 1점)", "large": "대(여러 점)"}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _all(titles: Sequence[str]) -> str:
    return ", ".join(titles)


def _bearer(fee: int) -> str:
    return "이체 수수료 저희 부담" if fee == 0 else f"이체 수수료 {_yen(fee)} 고객 부담"


def day(day: date) -> str:
    return f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


def money(amount: int) -> str:
    return _yen(amount)


def span(low: int, high: int) -> str:
    return _yen(low) if low == high else f"{_yen(low)}~{_yen(high)}"


def through(last: date) -> str:
    return f"{day(last)}까지"


def shot(code: str) -> str:
    return _SHOTS.get(code, code)


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def unnamed() -> str:
    return "(상품명 미확인)"


def which_piece(*, is_repair: bool) -> str:
    if is_repair:
        return "수리 견적을 도와드리겠습니다. 브랜드와 모델명을 적어 주세요."
    return (
        "감정을 도와드리겠습니다. 브랜드와 모델명을 적어 주세요. "
        "사진만 보내셔도 되고, 전화·매장·택배로도 가능합니다."
    )


def which_category(title: str) -> str:
    return f"{title}: 어떤 종류의 물품인가요?" if title else "어떤 종류의 물품인가요?"


def who_are_you(title: str) -> str:
    return (
        f"{title} 감정을 도와드리겠습니다. 처음 이용하시는 분은 이 대화에서 바로 "
        "진행하실 수 있습니다. "
        "회원이시면 먼저 회원 정보를 연동해 주세요."
    )


def send_pictures(title: str, shots: Sequence[str], *, before: int, is_repair: bool) -> str:
    what = "수리 견적" if is_repair else "예상 금액"
    sent = f"방금 보내신 {before}장도 함께 보겠습니다. " if before else ""
    return (
        f"{title}의 {what}을 안내해 드리겠습니다. {sent}아래 사진을 순서대로 보내 주세요. "
        "한꺼번에 보내셔도 됩니다.\n" + "\n".join(f"{n}. {each}" for n, each in enumerate(shots, 1))
    )


def pictures_missing(
    *, shown: int, total: int, blurred: Sequence[str], missing: Sequence[str]
) -> str:
    again = f"{_all(blurred)} 사진이 흐린 것 같습니다. " if blurred else ""
    return (
        f"사진을 잘 받았습니다({shown}/{total}). {again}"
        f"부족한 사진: {_all(missing)}. 다음으로 {missing[0]} 사진을 보내 주세요."
    )


def pictures_whole(*, total: int) -> str:
    return f"필요한 사진 {total}장이 모두 도착했습니다. 감사합니다. 다음으로 진행해 주세요."


def pictures_kept(title: str) -> str:
    return f"사진을 잘 받았으며 {title}의 자료로 보관했습니다."


def question(question: str) -> str:
    return _QUESTIONS.get(question, question)


def answer(question: str, choice: str) -> str:
    return _ANSWERS.get(choice, choice)


def quoted_already(title: str) -> str:
    return f"{title}: 이미 절차가 진행되고 있습니다."


def handed_over(title: str, by: str, *, is_repair: bool) -> str:
    what = "견적" if is_repair else "금액"
    return f"{title}: 담당자가 확인한 뒤 {by}까지 여기에서 {what}을 알려 드리겠습니다."


def nothing_offered(title: str) -> str:
    return (
        f"죄송합니다. {title}에는 금액을 제시해 드리기 어렵습니다. "
        "더 좋은 조건의 매장을 무료로 소개해 드릴 수 있습니다."
    )


def label_range() -> str:
    return "예상 금액"


def label_valid() -> str:
    return "유효 기한"


def label_market() -> str:
    return "시세"


def label_pictures() -> str:
    return "사진"


def label_reckoned() -> str:
    return "판단"


def comparables(count: int) -> str:
    return f"최근 거래 {count}건을 바탕으로 산출" if count else "담당자 판단"


def shown_of(shown: int, required: int) -> str:
    return f"{shown}/{required}장"


def reckoned(grade: str, missing: Sequence[str]) -> str:
    parts = _all([_PARTS.get(each, each) for each in missing])
    return f"등급 {grade} 상당" + (f", {parts} 없음" if parts else ", 구성품 있음")


def provisional() -> str:
    return "사진과 말씀에 따른 잠정 금액이며, 실물 감정으로 확정됩니다."


def range_said(title: str, low: int, high: int) -> str:
    return f"{title}의 예상 금액은 {span(low, high)}입니다."


def range_binds_nobody() -> str:
    return "예상 금액은 고객님과 저희 모두에게 의무가 없습니다. 다음 절차를 선택해 주세요."


def order_unknown(order_no: str) -> str:
    return f"주문 번호 {order_no} 건을 찾을 수 없습니다. 번호를 다시 확인해 주세요."


def nothing_bought() -> str:
    return "저희 매장에서 구매하신 해당 물품을 찾지 못했습니다. 브랜드와 모델명을 적어 주세요."


def which_bought() -> str:
    return "어느 물품의 감정을 원하시나요?"


def bought_said(title: str, code: str) -> str:
    return f"저희 매장에서 구매하신 {title}({code})입니다."


def methods() -> str:
    lines = [f"・{_METHOD_NAMES[each]}: {_MERITS[each]}" for each in _METHOD_NAMES]
    return (
        "보내시는 방법은 세 가지이며 모두 무료이고, 도착 전에는 언제든 바꾸실 수 있습니다.\n"
        + "\n".join(lines)
        + "\n어느 것으로 하시겠습니까?"
    )


def method(method: str) -> str:
    return _METHODS.get(method, method)


def method_told(method: str) -> str:
    return (
        f"{_METHOD_NAMES.get(method, method)}: {_MERITS.get(method, '')} 먼저 감정부터 "
        "도와드리겠습니다."
    )


def which_day() -> str:
    return "방문일은 언제가 좋으신가요? 시간은 담당자가 상의드리겠습니다."


def which_scope() -> str:
    return "방문 시 감정만 해 드릴까요, 그 자리에서 매입 제안도 원하시나요?"


def scope(scope: str) -> str:
    return {"appraise_only": "감정만", "may_offer": "매입 제안도 희망"}.get(scope, scope)


def rejected_rule() -> str:
    return (
        "신청 전에 한 가지 여쭙겠습니다. 매입할 수 없는 물품은 어떻게 할까요? "
        "폐기는 그때 물품마다 다시 동의하신 경우에만 합니다."
    )


def rejected(choice: str) -> str:
    return {"return": "무료 반송", "dispose": "폐기 상담"}.get(choice, choice)


def ask_submit(
    pieces: Sequence[str],
    method: str,
    *,
    rejected: str,
    on: date | None,
    scope: str | None,
    inbound: int,
    back: int,
    cancel: int,
) -> str:
    visit = ""
    if on is not None:
        only = "감정만" if scope == "appraise_only" else "매입 제안 포함"
        visit = f"방문일은 {day(on)}({only})입니다. "
    choice = "무료로 반송" if rejected == "return" else "폐기를 그때마다 상담"
    return (
        f"{_METHOD_NAMES.get(method, method)} 방식으로 {len(pieces)}점({_all(pieces)})을 "
        "신청하시는 내용입니다. "
        f"{visit}매입할 수 없으면 {choice}합니다. "
        f"배송비 {_yen(inbound)}, 반송비 {_yen(back)}, 취소 수수료 {_yen(cancel)}입니다. "
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def submitted_already() -> str:
    return "이미 신청을 받았습니다."


def visit_applied(on: date, *, by: str) -> str:
    return f"{day(on)} 방문을 접수했습니다. 시간은 담당자가 {by}까지 여기에서 상의드리겠습니다."


def store_applied(case_no: str) -> str:
    return (
        f"매장 방문을 접수했습니다. 접수 번호는 {case_no}입니다. 영업시간에 방문해 주세요. "
        "신분증을 가져오시면 더 빠릅니다."
    )


def same_method(method: str) -> str:
    return f"현재 {_METHOD_NAMES.get(method, method)} 방식으로 접수되어 있습니다."


def ask_change(pieces: Sequence[str], method: str) -> str:
    return (
        f"{_all(pieces)}: {_METHOD_NAMES.get(method, method)} 방식으로 변경합니다. 비용은 "
        "없습니다. 괜찮으신가요?"
    )


def changed(method: str, *, by: str) -> str:
    if method == "home_visit":
        return f"출장 방문으로 변경했습니다. 시간은 담당자가 {by}까지 상의드리겠습니다."
    if method == "store_drop":
        return "매장 방문으로 변경했습니다. 영업시간에 방문해 주세요."
    return "택배로 변경했습니다. 먼저 보내 드린 포장 키트를 이용해 주세요."


def too_late_to_change() -> str:
    return "이미 배송이 시작되어 방법을 바꿀 수 없습니다. 진행 상황을 보실 수 있습니다."


def which_box() -> str:
    return "접수했습니다. 무료 포장 키트를 보내 드립니다. 상자 크기를 선택해 주세요."


def box(box: str) -> str:
    return _BOXES.get(box, box)


def kit_leaves(box: str, *, by: str) -> str:
    size = f"({_BOXES[box]})" if box in _BOXES else ""
    return f"포장 키트{size}는 {by}까지 발송하며, 발송 후 운송장 번호를 여기에서 알려 드립니다."


def kit_on_its_way(tracking_no: str) -> str:
    return f"포장 키트를 발송했습니다. 운송장 번호는 {tracking_no}입니다."


def kit_explained() -> str:
    return "무료 포장 키트를 보내 드립니다. 먼저 감정을 진행한 뒤 상자 크기를 선택하시게 됩니다."


def ask_withdraw(pieces: Sequence[str], *, is_sent: bool, cancel: int, back: int) -> str:
    home = f"물품은 반송비 {_yen(back)}으로 돌려드립니다. " if is_sent else ""
    return (
        f"{_all(pieces)}의 절차를 취소합니다. 취소 수수료는 {_yen(cancel)}입니다. {home}"
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def withdrawn(*, is_sent: bool) -> str:
    if is_sent:
        return "취소를 접수했습니다. 무료 반송 라벨로 돌려드리고 운송장 번호를 알려 드리겠습니다."
    return "취소를 접수했습니다. 비용은 없습니다. 언제든 다시 문의해 주세요."


def nothing_to_withdraw() -> str:
    return "지금 취소하실 수 있는 절차가 없습니다."


def no_open_offer() -> str:
    return "지금 답변을 기다리는 제시 금액이 없습니다."


def offers_open(count: int) -> str:
    if count == 1:
        return "금액을 제시해 드렸습니다. 카드의 버튼으로 선택해 주세요."
    return f"{count}점의 금액을 제시해 드렸습니다. 한 점씩 결정하실 수 있습니다."


def offer_said(title: str, amount: int) -> str:
    return f"{title}의 제시 금액은 {_yen(amount)}입니다."


def label_buyback() -> str:
    return "매입 금액"


def label_as_credit() -> str:
    return "스토어 크레딧으로는"


def label_paid_on() -> str:
    return "매입 지급일"


def label_consign_price() -> str:
    return "위탁 예상 판매 가격"


def label_consign_payout() -> str:
    return "위탁 수령액"


def label_consign_paid() -> str:
    return "위탁 지급일"


def label_market_falls() -> str:
    return "시세가 내리면"


def label_costs() -> str:
    return "비용"


def label_below() -> str:
    return "예상 금액과의 차이"


def label_repair() -> str:
    return "수리 견적"


def with_bonus(amount: int, bonus: int) -> str:
    return f"{_yen(amount + bonus)}(보너스 {_yen(bonus)})"


def paid_on(pay_on: date) -> str:
    return f"지금 승낙하시면 {day(pay_on)}"


def consign_payout(low: int, high: int, rate_bps: int) -> str:
    return f"{span(low, high)}(판매 가격의 {rate_bps / 100:g}%)"


def consign_paid(days: int) -> str:
    return f"최장 {days}일 판매. 판매·반품 기간 후 다음 은행 영업일"


def market_falls(guarantee: int | None) -> str:
    least = "실물 감정 금액" if guarantee is None else _yen(guarantee)
    return f"매입: 금액은 그대로 / 위탁: 가격을 내려도 기간 중 {least} 보장"


def costs(transfer_fee: int) -> str:
    return f"배송·반송·취소 ¥0, 이체 수수료 {_yen(transfer_fee)}"


def below(amount: int, reasons: Sequence[str]) -> str:
    return f"예상보다 ¥{amount:,} 낮음: {_all(reasons)}"


def too_cheap(least: int) -> str:
    return f"위탁은 예상 판매 가격 {_yen(least)} 이상인 물품만 가능하여 매입만 안내해 드립니다."


def decided_later() -> str:
    return "매입과 위탁 모두 실물 감정 금액을 보신 뒤 결정하실 수 있습니다."


def routes(*, least: int, low_bps: int, high_bps: int, days: int) -> str:
    return (
        "매입은 금액이 정해지면 당일 또는 다음 은행 영업일에 지급하며 시세 변동은 "
        "저희가 부담합니다. "
        f"위탁은 최장 {days}일 동안 판매하고 판매 가격의 {low_bps / 100:g}~{high_bps / 100:g}%를 "
        "지급합니다. 기간 중 언제든 실물 감정 금액의 매입으로 바꾸실 수 "
        f"있습니다({_yen(least)} 이상). "
        "물품을 알려 주시면 두 금액을 모두 안내해 드립니다."
    )


def means(means: str) -> str:
    return _MEANS.get(means, means)


def which_means(
    *, amount: int, bank: int, transfer_fee: int, pay_on: date, credit: int, bonus: int
) -> str:
    return (
        f"{_yen(amount)}을 받으실 방법을 선택해 주세요.\n"
        f"・계좌 이체: {_yen(bank)}({_bearer(transfer_fee)}, {day(pay_on)})\n"
        f"・스토어 크레딧: {_yen(credit)}(보너스 {_yen(bonus)} 포함)"
    )


def ask_accept(
    title: str, amount: int, *, bank: int, credit: int, means: str, pay_on: date | None
) -> str:
    ways = []
    if bank and pay_on is not None:
        how = "현금으로 지급" if means == "cash" else "이체"
        ways.append(f"{_yen(bank)}은 {day(pay_on)}에 {how}합니다. ")
    if credit:
        ways.append(
            f"{_yen(credit)}은 보너스와 함께 스토어 "
            "크레딧으로 받으십니다. 스토어 크레딧은 현금으로 "
            "환급되지 않습니다. "
        )
    return (
        f"{title} 물품을 {_yen(amount)}에 저희에게 판매하시는 내용입니다. {''.join(ways)}"
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def ask_repair(title: str, amount: int) -> str:
    return (
        f"{title}의 수리를 {_yen(amount)}에 의뢰하시는 "
        "내용입니다. 괜찮으시면 아래 버튼을 눌러 주세요."
    )


def accepted(
    title: str,
    amount: int,
    *,
    pay_on: date | None,
    bank: int,
    credit: int,
    waits_for_identity: bool,
) -> str:
    told = f"감사합니다. {title} 물품을 {_yen(amount)}에 판매하시는 것으로 접수했습니다. "
    if waits_for_identity:
        return told + "본인 확인이 끝나는 대로 지급일을 알려 드립니다."
    if bank and pay_on is not None:
        told += f"{_yen(bank)}을 {day(pay_on)}에 지급합니다. "
    if credit:
        told += f"{_yen(credit)}을 보너스와 함께 스토어 크레딧으로 드렸습니다."
    return told.strip()


def account_wanted(*, by: str) -> str:
    return (
        f" 받으실 계좌가 아직 등록되지 않아 담당자가 {by}까지 안전한 절차를 안내해 드립니다. "
        "계좌 번호는 이 대화에 적지 말아 주세요."
    )


def repair_ordered(title: str, amount: int, *, by: str) -> str:
    return f"{title}의 수리를 {_yen(amount)}에 접수했습니다. 완료 예정일은 {by}까지 알려 드립니다."


def offer_gone() -> str:
    return "이 제시는 변경되었거나 이미 답변하셨습니다. 최신 내용을 확인해 주세요."


def offer_over() -> str:
    return "죄송합니다. 이 금액은 유효 기한이 지났습니다. 다시 감정해 드리겠습니다."


def refuse_options(title: str, amount: int, *, through: date) -> str:
    return (
        f"{title}의 제시 금액 {_yen(amount)}은 {day(through)}까지 유효합니다. "
        "거절하셔도 비용은 ¥0입니다. 어떻게 하시겠습니까?"
    )


def ask_home(title: str, amount: int) -> str:
    return (
        f"{title}의 제시 금액 {_yen(amount)}을 거절하시고 물품은 무료로 돌려드립니다. "
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def going_home(title: str) -> str:
    return f"접수했습니다. {title} 물품을 무료로 돌려드리며, 발송 후 운송장 번호를 알려 드립니다."


def ask_consign(title: str, amount: int, *, days: int) -> str:
    return (
        f"{title} 물품을 매입 대신 위탁하시는 내용입니다. {_yen(amount)}이 {days}일간의 매입 "
        "보장 금액이 됩니다. "
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def consign_wanted(title: str, *, by: str) -> str:
    return (
        f"접수했습니다. {title}의 위탁 계약 내용을 담당자가 {by}까지 보내 드립니다. "
        "동의하시기 전에는 판매를 시작하지 않습니다."
    )


def which_wish(title: str) -> str:
    return f"{title}의 희망 금액을 적어 주세요(예: 45만 엔)."


def ask_counter(title: str, *, offered: int, wanted: int) -> str:
    return (
        f"{title}의 제시 금액은 {_yen(offered)}입니다. 희망 금액 {_yen(wanted)}을 감정사에게 "
        "전하겠습니다. 괜찮으시면 아래 버튼을 눌러 주세요."
    )


def countered(title: str, wanted: int, *, offered: int, by: str) -> str:
    return (
        f"{title}의 희망 금액 {_yen(wanted)}을 감정사에게 전했습니다. {by}까지 답변드립니다. "
        f"그동안 {_yen(offered)}의 제시도 유효합니다."
    )


def cannot_buy(title: str, reasons: Sequence[str]) -> str:
    return (
        f"죄송합니다. {title} 물품은 매입해 드리지 못했습니다. 사유: {_all(reasons)}. 물품을 "
        "어떻게 할까요?"
    )


def decided_already(title: str) -> str:
    return f"{title}: 이미 절차가 정해졌습니다."


def ask_send_home(title: str) -> str:
    return f"{title} 물품을 무료로 돌려드립니다. 괜찮으시면 아래 버튼을 눌러 주세요."


def ask_dispose(title: str) -> str:
    return (
        f"{title} 물품을 폐기합니다. 비용은 ¥0이지만 이후에는 돌려드릴 수 없습니다. "
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def disposal_agreed(title: str) -> str:
    return f"접수했습니다. {title} 물품은 저희가 책임지고 폐기합니다."


def ask_refer(title: str) -> str:
    return (
        f"{title}에 더 좋은 조건의 매장을 찾아보겠습니다. 소개는 무료입니다. "
        "성함·연락처·물품 정보를 소개 매장에 전하는 데 동의가 필요합니다. 동의하십니까?"
    )


def referral_wanted(title: str, *, by: str) -> str:
    return (
        f"동의해 주셔서 감사합니다. {title}의 소개 매장과 "
        f"그 이유를 담당자가 {by}까지 알려 드립니다. "
        "고객님의 정보는 소개 매장을 확인하신 뒤에 전달합니다."
    )


def ask_introduce(title: str, dealer: str, *, reason: str, indication: int | None) -> str:
    worth = f"(약 {_yen(indication)})" if indication is not None else ""
    return (
        f"{title}: {dealer}{worth} 매장을 소개해 드릴 수 있습니다. 이유: {reason}. "
        "소개는 무료입니다. "
        "성함·연락처·물품 정보를 전하는 데 동의하십니까?"
    )


def introduced(title: str, dealer: str) -> str:
    return (
        f"동의해 주셔서 감사합니다. {title} 물품을 {dealer}에 소개하며 그쪽에서 연락드립니다. "
        "보관 중인 물품은 무료로 돌려드립니다."
    )


def ask_take_back(pieces: Sequence[str], last: date | None) -> str:
    term = f"기한은 {day(last)}입니다. " if last is not None else ""
    return (
        f"출장 방문 매매 계약({_all(pieces)})을 청약 철회로 해제합니다. {term}"
        "위약금은 없으며 물품은 저희 비용으로 돌려드립니다. 받으신 대금은 돌려주셔야 합니다. "
        "괜찮으시면 아래 버튼을 눌러 주세요."
    )


def taken_back(pieces: Sequence[str]) -> str:
    return (
        f"{_all(pieces)}의 계약 해제를 접수했습니다. 물품은 저희 비용으로 돌려드립니다. "
        "받으신 대금이 있으면 담당자가 반환 방법을 안내해 드립니다."
    )


def take_back_late(last: date) -> str:
    return f"죄송합니다. 청약 철회 기한은 {day(last)}까지였습니다. 사정을 담당자가 듣겠습니다."


def goods_gone(*, by: str) -> str:
    return f"접수했습니다. 물품 상황을 확인하고 담당자가 {by}까지 연락드리겠습니다."


def no_case() -> str:
    return "지금 진행 중인 감정이 없습니다."


def cases_open(count: int) -> str:
    return f"진행 중인 감정은 {count}건입니다."


def case_said(case_no: str, stage: str) -> str:
    return f"접수 번호 {case_no}: {stage}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, stage)


def stage_since(stage: str, since: str) -> str:
    return f"{_STAGES.get(stage, stage)}({since})"


def label_next() -> str:
    return "다음 연락"


def next_by(by: str) -> str:
    return f"{by}까지"


def label_kit() -> str:
    return "키트 운송장 번호"


def label_hash() -> str:
    return "기록"


def anything_else() -> str:
    return "진행되면 여기에서 알려 드립니다. 다른 용건이 있으신가요?"


def payment(amount: int, due_on: date, status: str, *, transfer_fee: int) -> str:
    return (
        f"{_yen(amount)}: {day(due_on)}, {_PAYMENTS.get(status, status)}({_bearer(transfer_fee)})."
    )


def waits_for_identity() -> str:
    return "승낙하신 물품은 본인 확인이 끝나는 대로 지급일을 알려 드립니다."


def how_paid(on: date, *, cutoff: time, transfer_fee: int, example: int, as_credit: int) -> str:
    return (
        f"은행 영업일 {cutoff:%H:%M}까지 승낙하시면 당일, 이후에는 다음 은행 영업일에 지급합니다. "
        f"지금 승낙하시면 {day(on)}입니다({_bearer(transfer_fee)}). "
        f"스토어 크레딧으로 받으시면 예를 들어 {_yen(example)}이 {_yen(as_credit)}이 됩니다."
    )


def button_begin() -> str:
    return "감정 시작"


def button_bought_here() -> str:
    return "여기서 산 물품"


def button_repair() -> str:
    return "수리 상담"


def button_methods() -> str:
    return "매장·택배·방문"


def button_phone() -> str:
    return "전화로 상담"


def button_first_time() -> str:
    return "처음 이용합니다"


def button_no_pictures() -> str:
    return "사진 없이 진행"


def button_no_more_pictures() -> str:
    return "사진은 이것이 전부"


def button_go_on() -> str:
    return "다음으로"


def button_more() -> str:
    return "한 점 더 감정"


def button_choose_method() -> str:
    return "보내는 방법 선택"


def button_change_method() -> str:
    return "방법 변경"


def button_compare() -> str:
    return "매입과 위탁 비교"


def button_submit() -> str:
    return "신청하기"


def button_change() -> str:
    return "변경하기"


def button_status() -> str:
    return "진행 상황 보기"


def button_withdraw() -> str:
    return "취소하기"


def button_sell() -> str:
    return "매입으로 진행"


def button_consign() -> str:
    return "위탁으로 진행"


def button_refuse() -> str:
    return "이번에는 보류"


def button_accept(amount: int) -> str:
    return f"{_yen(amount)} 확정"


def button_order_repair() -> str:
    return "수리 의뢰"


def button_other_offers() -> str:
    return "제시 금액 보기"


def button_payment() -> str:
    return "지급일 보기"


def button_home() -> str:
    return "무료 반송"


def button_wish() -> str:
    return "희망 금액 전하기"


def button_counter(wanted: int) -> str:
    return f"{_yen(wanted)} 희망"


def button_refer() -> str:
    return "다른 매장 소개"


def button_agree_refer() -> str:
    return "동의하고 소개 희망"


def button_rejected() -> str:
    return "처리 방법 선택"


def button_dispose() -> str:
    return "폐기 상담"


def button_dispose_it() -> str:
    return "폐기에 동의"


def button_take_back() -> str:
    return "계약 해제"


def button_proposal() -> str:
    return "소개 매장 보기"
