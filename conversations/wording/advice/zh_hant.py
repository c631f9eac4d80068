"""介紹的文言: finder, story, terms, small talk and help in Traditional Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_LABELS = {
    "why": "推薦理由",
    "model": "品牌與型號",
    "came_in": "到店日",
    "graded": "狀態評定",
    "filmed": "拍攝紀錄",
    "listed": "開始銷售",
}
_BUTTONS = {
    "again": "更換條件",
    "story": "這件商品的故事",
    "finder": "一起挑選",
    "orders": "我的訂單",
    "return": "退貨或換貨",
    "hours": "營業時間",
    "terms": "運費與付款等",
}
_CATEGORIES = {"watch": "腕錶", "diamond": "鑽石與珠寶", "bag": "包包與小皮件", "apparel": "服飾"}
_QUESTIONS = {
    "category": "讓我們一起挑選。您在找什麼樣的商品？",
    "brand": "有喜歡的品牌嗎？",
    "budget": "您的預算大約多少？",
    "grade": "希望是什麼狀態？",
}
_GIVEN_UP = {"grade": "狀態", "budget": "預算", "brand": "品牌"}
_TOPICS = {
    "shipping": "運費",
    "payment": "付款方式",
    "returns": "退換貨",
    "cancelling": "取消",
    "identity": "身分確認",
    "guarantee": "保證",
    "fees": "收購與寄賣費用",
    "ways": "電話與門市",
}


def day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（週{_WEEKDAYS[day.weekday()]}）"


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def whatever() -> str:
    return "都可以"


def finder_question(name: str) -> str:
    return _QUESTIONS[name]


def budget_up_to(amount: int) -> str:
    return f"¥{amount:,}以內"


def budget_between(low: int, high: int) -> str:
    return f"¥{low // 10_000:,}〜{high // 10_000:,}萬"


def budget_from(amount: int) -> str:
    return f"¥{amount:,}以上"


def grade_from(grade: str) -> str:
    return f"{grade}級以上"


def proposed(count: int, *, given_up: Sequence[str]) -> str:
    if given_up:
        told = "、".join(_GIVEN_UP[each] for each in given_up)
        return (
            f"沒有完全符合的商品，因此放寬{told}的條件，為您選出{count}件。"
            "若有興趣，專人樂意為您說明。"
        )
    return f"為您選出{count}件符合的商品。專人也樂意為您說明。"


def nothing_to_propose() -> str:
    return "目前沒有可推薦的商品。專人會為您尋找。"


def why(*, category: str, brand: str | None, in_budget: bool, grade: str | None) -> str:
    told = [category, brand, "符合預算" if in_budget else None, f"{grade}級" if grade else None]
    return "、".join(each for each in told if each)


def story_of_which() -> str:
    return "想聽哪件商品的故事？請寫下商品編號，或品牌與型號。"


def no_story() -> str:
    return "很抱歉，本店沒有該型號的紀錄。不確定的事我們不便說明，專人可為您查詢。"


def story_said(title: str) -> str:
    return f"{title}的故事"


def from_description(text: str) -> str:
    return f"{text}\n（出處：本店商品說明）"


def from_records() -> str:
    return "各日期以本店的帳冊與紀錄為準。"


def nothing_written() -> str:
    return "本店尚未撰寫該型號的說明。不確定的事我們不便說明，專人可為您查詢。"


def graded(grade: str, on: date) -> str:
    return f"{grade}級（{day(on)}）"


def filmed(count: int, on: date) -> str:
    return f"{count}件（最新 {day(on)}）"


def ask_topic() -> str:
    return "想了解哪一項？"


def topic(topic: str) -> str:
    return _TOPICS[topic]


def shipping(*, fee: int, free_from: int, bundles: bool) -> str:
    together = "同一地點的商品合併為一件包裹。" if bundles else ""
    return f"運費為每件包裹¥{fee:,}，商品合計¥{free_from:,}以上免運費。{together}門市取貨不收運費。"


def payment(*, cash_limit: int | None, minutes: int) -> str:
    cash = (
        f"門市也收現金，但貴金屬與珠寶不收超過¥{cash_limit:,}的現金。"
        if cash_limit is not None
        else "門市也收現金。"
    )
    return f"可使用信用卡、銀行匯款與購物金。{cash}訂購的商品在付款前為您保留{minutes}分鐘。"


def returns(*, days: int, buyer_pays: bool, exchange_days: int) -> str:
    fee = "因個人因素退貨的運費由您負擔。" if buyer_pays else "退貨運費由本店負擔。"
    return (
        f"線上購買的商品，可於送達日起（含當日）{days}日內申請退貨。{fee}"
        f"商品抵達並與出貨紀錄核對後退款。換貨時，新商品為您保留{exchange_days}日。"
    )


def cancelling(*, seller_fee: int, days: int, cooling_off_days: int) -> str:
    told = "免費" if seller_fee == 0 else f"¥{seller_fee:,}"
    return (
        "訂單在出貨前可以取消，全額退還（由專人辦理）。"
        f"送達後可於{days}日內退貨。收購與寄賣的取消費用：{told}。"
        f"若在府上出售給我們，自收到書面當日起{cooling_off_days}日內（含當日）可無條件解約（冷靜期）。"
    )


def identity(*, age: int, always: bool) -> str:
    when = "每筆交易" if always else "法令要求的交易"
    return (
        f"收購與寄賣時，依法令{when}均須確認身分（須年滿{age}歲）。"
        "請準備駕照、護照或個人編號卡（僅正面）等證件。請勿傳送載有個人編號的一面。"
    )


def guarantee(*, term_days: int, offer_days: int, return_days: int) -> str:
    return (
        f"寄賣{term_days}日期間內，隨時保證以不低於原收購金額收購。"
        f"確定的收購金額有效{offer_days}日。購買的商品可於送達日起（含當日）{return_days}日內退貨。"
        "有無原廠保固因商品而異，由專人確認後回覆。"
    )


def _yen_or_free(amount: int) -> str:
    return "免費" if amount == 0 else f"¥{amount:,}"


def fees(*, inbound: int, back: int, cancel: int, transfer: int) -> str:
    return (
        f"收購與寄賣由您負擔的費用：寄送運費{_yen_or_free(inbound)}、"
        f"寄還運費{_yen_or_free(back)}、取消費{_yen_or_free(cancel)}、"
        f"匯款手續費{_yen_or_free(transfer)}。"
    )


def ways(*, phone: str, email: str, address: str) -> str:
    told = [
        f"電話：{phone}" if phone else "",
        f"電子郵件：{email}" if email else "",
        f"門市：{address}" if address else "",
    ]
    lines = "\n".join(each for each in told if each)
    head = "除了這裡的對話，也可透過電話、門市與郵寄辦理。"
    return f"{head}\n{lines}" if lines else f"{head}聯絡方式由專人告知。"


def smalltalk() -> str:
    return (
        "感謝您的訊息。這裡是自動回覆。商品、狀態影片與訂單可立即為您查詢，"
        "不知道的事我們會坦白說「不知道」，並轉給專人。"
    )


def can_visitor() -> str:
    return (
        "商品狀態的影片與照片、庫存與價格、一起挑選、收購與寄賣、預約來店、運費與付款說明，"
        "夜間也能回覆。例如「給我看W-10234的影片」「收購多少錢？」。"
        "連結會員資料後，也能查詢訂單與餘額。"
    )


def can_customer() -> str:
    return (
        "商品狀態的影片與照片、庫存與價格、訂單狀態、退換貨、購物金餘額、收購與寄賣的進度、"
        "預約來店，夜間也能回覆。例如「我的訂單在哪？」「餘額多少？」。"
    )


def can_retailer() -> str:
    return (
        "可查看商品的影片、照片與狀態，取得顧客專用頁面，並辦理保留，夜間也能回覆。"
        "請寫下商品編號，例如「W-10234底蓋的影片」。"
    )
