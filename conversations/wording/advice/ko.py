"""안내 문구: finder, story, terms, small talk and help in Korean."""

from collections.abc import Sequence
from datetime import date

lang = "ko"

_WEEKDAYS = "월화수목금토일"
_LABELS = {
    "why": "추천 이유",
    "model": "브랜드·모델",
    "came_in": "입고일",
    "graded": "상태 평가",
    "filmed": "촬영 기록",
    "listed": "판매 시작",
}
_BUTTONS = {
    "again": "조건 바꾸기",
    "story": "이 상품 이야기",
    "finder": "함께 고르기",
    "orders": "주문 목록",
    "return": "반품·교환",
    "hours": "영업시간",
    "terms": "배송비·결제 등",
}
_CATEGORIES = {
    "watch": "시계",
    "diamond": "다이아몬드·주얼리",
    "bag": "가방·가죽 소품",
    "apparel": "의류",
}
_QUESTIONS = {
    "category": "함께 골라 드리겠습니다. 어떤 상품을 찾으십니까?",
    "brand": "좋아하시는 브랜드가 있습니까?",
    "budget": "예산은 어느 정도입니까?",
    "grade": "상태는 어느 정도를 원하십니까?",
}
_GIVEN_UP = {"grade": "상태", "budget": "예산", "brand": "브랜드"}
_TOPICS = {
    "shipping": "배송비",
    "payment": "결제 방법",
    "returns": "반품·교환",
    "cancelling": "취소",
    "identity": "본인 확인",
    "guarantee": "보증",
    "fees": "매입·위탁 수수료",
    "ways": "전화·매장",
}


def day(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})"


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def whatever() -> str:
    return "상관없음"


def finder_question(name: str) -> str:
    return _QUESTIONS[name]


def budget_up_to(amount: int) -> str:
    return f"¥{amount:,} 이하"


def budget_between(low: int, high: int) -> str:
    return f"¥{low // 10_000:,}만~{high // 10_000:,}만"


def budget_from(amount: int) -> str:
    return f"¥{amount:,} 이상"


def grade_from(grade: str) -> str:
    return f"{grade}등급 이상"


def proposed(count: int, *, given_up: Sequence[str]) -> str:
    if given_up:
        told = "·".join(_GIVEN_UP[each] for each in given_up)
        return (
            f"조건에 꼭 맞는 상품이 없어 {told} 조건을 넓혀 {count}점을 골랐습니다. "
            "마음에 드시는 상품은 담당자가 상담해 드립니다."
        )
    return f"조건에 맞는 {count}점을 골랐습니다. 담당자와 상담하실 수도 있습니다."


def nothing_to_propose() -> str:
    return "지금 추천해 드릴 상품이 없습니다. 담당자가 찾아 드립니다."


def why(*, category: str, brand: str | None, in_budget: bool, grade: str | None) -> str:
    told = [category, brand, "예산 내" if in_budget else None, f"{grade}등급" if grade else None]
    return "·".join(each for each in told if each)


def story_of_which() -> str:
    return "어느 상품의 이야기를 들려 드릴까요? 상품 번호나 브랜드·모델명을 적어 주세요."


def no_story() -> str:
    return (
        "죄송합니다. 그 모델에 관한 저희 기록이 없습니다. "
        "확실하지 않은 것은 말씀드리지 않으며, 원하시면 담당자가 알아봐 드립니다."
    )


def story_said(title: str) -> str:
    return f"{title} 이야기"


def from_description(text: str) -> str:
    return f"{text}\n(출처: 저희 상품 설명)"


def from_records() -> str:
    return "날짜는 저희 장부와 기록에 따른 것입니다."


def nothing_written() -> str:
    return (
        "이 모델에 관한 저희 설명은 아직 없습니다. "
        "확실하지 않은 것은 말씀드리지 않으며, 원하시면 담당자가 알아봐 드립니다."
    )


def graded(grade: str, on: date) -> str:
    return f"{grade}등급({day(on)})"


def filmed(count: int, on: date) -> str:
    return f"{count}점(최근 {day(on)})"


def ask_topic() -> str:
    return "어느 것을 안내해 드릴까요?"


def topic(topic: str) -> str:
    return _TOPICS[topic]


def shipping(*, fee: int, free_from: int, bundles: bool) -> str:
    together = "같은 곳에 있는 상품은 한 상자로 보내 드립니다. " if bundles else ""
    return (
        f"배송비는 상자당 ¥{fee:,}이며, 상품 합계 ¥{free_from:,} 이상이면 무료입니다. "
        f"{together}매장 수령에는 배송비가 없습니다."
    )


def payment(*, cash_limit: int | None, minutes: int) -> str:
    cash = (
        "매장에서는 현금도 가능하지만, "
        f"귀금속·보석류는 ¥{cash_limit:,}을 넘는 현금을 받지 않습니다. "
        if cash_limit is not None
        else "매장에서는 현금도 가능합니다. "
    )
    return (
        f"신용카드, 계좌 이체, 스토어 크레딧으로 결제하실 수 있습니다. {cash}"
        f"주문하신 상품은 결제 전까지 {minutes}분간 보관합니다."
    )


def returns(*, days: int, buyer_pays: bool, exchange_days: int) -> str:
    fee = (
        "고객 사정에 의한 반송비는 고객 부담입니다. "
        if buyer_pays
        else "반송비는 저희가 부담합니다. "
    )
    return (
        f"온라인에서 구매하신 상품은 배송일을 포함해 {days}일 안에 반품을 신청하실 수 있습니다. "
        f"{fee}도착 후 발송 기록과 대조한 뒤 환불합니다. "
        f"교환 시 새 상품을 {exchange_days}일간 보관합니다."
    )


def cancelling(*, seller_fee: int, days: int, cooling_off_days: int) -> str:
    told = "무료" if seller_fee == 0 else f"¥{seller_fee:,}"
    return (
        "주문은 발송 전이면 취소하실 수 있으며 전액 돌려드립니다(담당자가 처리합니다). "
        f"배송 후에는 {days}일 안에 반품하실 수 있습니다. 매입·위탁의 취소 수수료: {told}. "
        f"댁에서 판매하신 경우 서면을 받으신 날을 포함해 {cooling_off_days}일 안에는 "
        "이유와 관계없이 계약을 철회하실 수 있습니다(쿨링오프)."
    )


def identity(*, age: int, always: bool) -> str:
    when = "모든 거래에서" if always else "법령상 필요한 거래에서"
    return (
        f"매입·위탁은 법령에 따라 {when} 본인 확인을 합니다(만 {age}세 이상). "
        "운전면허증, 여권, 마이넘버카드(앞면만) 등을 준비해 주세요. "
        "마이넘버가 적힌 면은 보내지 마세요."
    )


def guarantee(*, term_days: int, offer_days: int, return_days: int) -> str:
    return (
        f"위탁 {term_days}일 동안 언제든지 처음 제시한 매입 금액 이상으로 매입을 보장합니다. "
        f"확정된 매입 금액은 {offer_days}일간 유효합니다. "
        f"구매하신 상품은 배송일을 포함해 {return_days}일 안에 반품하실 수 있습니다. "
        "제조사 보증 여부는 상품마다 달라 담당자가 확인해 드립니다."
    )


def _yen_or_free(amount: int) -> str:
    return "무료" if amount == 0 else f"¥{amount:,}"


def fees(*, inbound: int, back: int, cancel: int, transfer: int) -> str:
    return (
        f"매입·위탁 시 고객 부담 비용: 보내실 때 배송비 {_yen_or_free(inbound)}, "
        f"반송비 {_yen_or_free(back)}, 취소 수수료 {_yen_or_free(cancel)}, "
        f"이체 수수료 {_yen_or_free(transfer)}."
    )


def ways(*, phone: str, email: str, address: str) -> str:
    told = [
        f"전화: {phone}" if phone else "",
        f"이메일: {email}" if email else "",
        f"매장: {address}" if address else "",
    ]
    lines = "\n".join(each for each in told if each)
    head = "이 대화 외에 전화, 매장, 우편으로도 접수하실 수 있습니다."
    return f"{head}\n{lines}" if lines else f"{head} 연락처는 담당자가 안내해 드립니다."


def smalltalk() -> str:
    return (
        "말씀해 주셔서 감사합니다. 여기는 자동 응답입니다. 상품, 상태 영상, 주문은 바로 조회해 "
        "드리며, 모르는 것은 모른다고 말씀드리고 담당자에게 연결합니다."
    )


def can_visitor() -> str:
    return (
        "상품 상태 영상과 사진, 재고와 가격, 함께 고르기, 매입과 위탁, 방문 예약, "
        "배송비와 결제 안내를 밤에도 도와드립니다. "
        "예: “W-10234 영상 보여 주세요”, “매입 견적 부탁드려요”. "
        "회원 정보를 연동하시면 주문과 잔액도 안내해 드립니다."
    )


def can_customer() -> str:
    return (
        "상품 상태 영상과 사진, 재고와 가격, 주문 상태, 반품·교환, 스토어 크레딧 잔액, "
        "매입과 위탁의 진행, 방문 예약을 밤에도 도와드립니다. "
        "예: “주문 어디까지 왔어요?”, “잔액은?”."
    )


def can_retailer() -> str:
    return (
        "열람이 허용된 상품의 영상, 사진, 상태와 고객용 링크, 보관을 밤에도 도와드립니다. "
        "예: “W-10234 뒷백 영상”처럼 상품 번호로 적어 주세요."
    )
