"""介绍的文言: finder, story, terms, small talk and help in Simplified Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_LABELS = {
    "why": "推荐理由",
    "model": "品牌与型号",
    "came_in": "到店日",
    "graded": "状态评定",
    "filmed": "拍摄记录",
    "listed": "开始销售",
}
_BUTTONS = {
    "again": "更换条件",
    "story": "这件商品的故事",
    "finder": "一起挑选",
    "orders": "我的订单",
    "return": "退货或换货",
    "hours": "营业时间",
    "terms": "运费与付款等",
}
_CATEGORIES = {"watch": "腕表", "diamond": "钻石与珠宝", "bag": "包袋与小皮具", "apparel": "服饰"}
_QUESTIONS = {
    "category": "让我们一起挑选。您在找什么样的商品？",
    "brand": "有喜欢的品牌吗？",
    "budget": "您的预算大约多少？",
    "grade": "希望是什么状态？",
}
_GIVEN_UP = {"grade": "状态", "budget": "预算", "brand": "品牌"}
_TOPICS = {
    "shipping": "运费",
    "payment": "付款方式",
    "returns": "退换货",
    "cancelling": "取消",
    "identity": "身份确认",
    "guarantee": "保证",
    "fees": "收购与寄卖费用",
    "ways": "电话与门店",
}


def day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


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
    return f"{amount:,}日元以内"


def budget_between(low: int, high: int) -> str:
    return f"{low // 10_000:,}〜{high // 10_000:,}万日元"


def budget_from(amount: int) -> str:
    return f"{amount:,}日元以上"


def grade_from(grade: str) -> str:
    return f"{grade}级以上"


def proposed(count: int, *, given_up: Sequence[str]) -> str:
    if given_up:
        told = "、".join(_GIVEN_UP[each] for each in given_up)
        return (
            f"没有完全符合的商品，因此放宽{told}的条件，为您选出{count}件。"
            "如有兴趣，顾问乐意为您说明。"
        )
    return f"为您选出{count}件符合的商品。顾问也乐意为您说明。"


def nothing_to_propose() -> str:
    return "目前没有可推荐的商品。顾问会为您寻找。"


def why(*, category: str, brand: str | None, in_budget: bool, grade: str | None) -> str:
    told = [category, brand, "符合预算" if in_budget else None, f"{grade}级" if grade else None]
    return "、".join(each for each in told if each)


def story_of_which() -> str:
    return "想听哪件商品的故事？请写下商品编号，或品牌与型号。"


def no_story() -> str:
    return "很抱歉，本店没有该型号的记录。不确定的事我们不便说明，顾问可为您查询。"


def story_said(title: str) -> str:
    return f"{title}的故事"


def from_description(text: str) -> str:
    return f"{text}\n（出处：本店商品说明）"


def from_records() -> str:
    return "各日期以本店的账册与记录为准。"


def nothing_written() -> str:
    return "本店尚未撰写该型号的说明。不确定的事我们不便说明，顾问可为您查询。"


def graded(grade: str, on: date) -> str:
    return f"{grade}级（{day(on)}）"


def filmed(count: int, on: date) -> str:
    return f"{count}件（最新 {day(on)}）"


def ask_topic() -> str:
    return "想了解哪一项？"


def topic(topic: str) -> str:
    return _TOPICS[topic]


def shipping(*, fee: int, free_from: int, bundles: bool) -> str:
    together = "同一地点的商品合并为一件包裹。" if bundles else ""
    return (
        f"运费为每件包裹{fee:,}日元，商品合计{free_from:,}日元以上免运费。"
        f"{together}门店取货不收运费。"
    )


def payment(*, cash_limit: int | None, minutes: int) -> str:
    cash = (
        f"门店也收现金，但贵金属与珠宝不收超过{cash_limit:,}日元的现金。"
        if cash_limit is not None
        else "门店也收现金。"
    )
    return f"可使用信用卡、银行转账与购物金。{cash}订购的商品在付款前为您保留{minutes}分钟。"


def returns(*, days: int, buyer_pays: bool, exchange_days: int) -> str:
    fee = "因个人原因退货的运费由您承担。" if buyer_pays else "退货运费由本店承担。"
    return (
        f"线上购买的商品，可于送达日起（含当日）{days}日内申请退货。{fee}"
        f"商品抵达并与发货记录核对后退款。换货时，新商品为您保留{exchange_days}日。"
    )


def cancelling(*, seller_fee: int, days: int, cooling_off_days: int) -> str:
    told = "免费" if seller_fee == 0 else f"{seller_fee:,}日元"
    return (
        "订单在发货前可以取消，全额退还（由顾问办理）。"
        f"送达后可于{days}日内退货。收购与寄卖的取消费用：{told}。"
        f"若在您家中出售给我们，自收到书面文件当日起{cooling_off_days}日内（含当日）可无条件解约（冷静期）。"
    )


def identity(*, age: int, always: bool) -> str:
    when = "每笔交易" if always else "法令要求的交易"
    return (
        f"收购与寄卖时，依法令{when}均须确认身份（须年满{age}岁）。"
        "请准备驾照、护照或个人编号卡（My Number，仅正面）等证件。请勿发送载有个人编号的一面。"
    )


def guarantee(*, term_days: int, offer_days: int, return_days: int) -> str:
    return (
        f"寄卖{term_days}日期间内，随时保证以不低于原收购金额收购。"
        f"确定的收购金额有效{offer_days}日。购买的商品可于送达日起（含当日）{return_days}日内退货。"
        "有无原厂质保因商品而异，由顾问确认后回复。"
    )


def _yen_or_free(amount: int) -> str:
    return "免费" if amount == 0 else f"{amount:,}日元"


def fees(*, inbound: int, back: int, cancel: int, transfer: int) -> str:
    return (
        f"收购与寄卖由您承担的费用：寄送运费{_yen_or_free(inbound)}、"
        f"寄还运费{_yen_or_free(back)}、取消费{_yen_or_free(cancel)}、"
        f"转账手续费{_yen_or_free(transfer)}。"
    )


def ways(*, phone: str, email: str, address: str) -> str:
    told = [
        f"电话：{phone}" if phone else "",
        f"电子邮件：{email}" if email else "",
        f"门店：{address}" if address else "",
    ]
    lines = "\n".join(each for each in told if each)
    head = "除了这里的对话，也可通过电话、门店与邮寄办理。"
    return f"{head}\n{lines}" if lines else f"{head}联系方式由顾问告知。"


def smalltalk() -> str:
    return (
        "感谢您的消息。这里是自动回复。商品、状态视频与订单可立即为您查询，"
        "不知道的事我们会坦白说“不知道”，并转给顾问。"
    )


def can_visitor() -> str:
    return (
        "商品状态的视频与照片、库存与价格、一起挑选、收购与寄卖、预约来店、运费与付款说明，"
        "夜间也能回复。例如“给我看W-10234的视频”“想卖表，多少钱收？”。"
        "关联会员信息后，也能查询订单与余额。"
    )


def can_customer() -> str:
    return (
        "商品状态的视频与照片、库存与价格、订单状态、退换货、购物金余额、收购与寄卖的进度、"
        "预约来店，夜间也能回复。例如“我的订单在哪？”“余额多少？”。"
    )


def can_retailer() -> str:
    return (
        "可查看商品的视频、照片与状态，获取顾客专用页面，并办理保留，夜间也能回复。"
        "请写下商品编号，例如“W-10234后盖的视频”。"
    )
