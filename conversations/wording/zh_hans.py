"""简体中文的文言: what the bot says in Simplified Chinese, as a shop in Shanghai writes."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, tokyo_day

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_PARTS = {
    "case_back": "后盖",
    "case": "表壳",
    "bezel": "表圈",
    "dial": "表盘",
    "hands": "指针",
    "crystal": "表镜",
    "bracelet": "表链",
    "clasp": "表扣",
    "crown": "表冠",
    "girdle": "腰围",
    "prong": "镶爪",
    "stone": "宝石",
    "corner": "边角",
    "handle": "提手",
    "lining": "内衬",
    "zipper": "拉链",
    "hardware": "五金",
    "strap": "肩带/表带",
    "sleeve": "袖口",
    "sole": "鞋底",
}
_KINDS = {"film": "视频", "still": "照片"}
_STATES = {"listed": "在售", "reserved": "洽谈中", "sold": "已售出"}


def moment(at: datetime, *, now: datetime) -> str:
    """今天 17:00(日本时间)/ 明天 10:30 / 11月24日(周二) 10:30."""
    local = at.astimezone(TOKYO)
    days = local.date() - tokyo_day(now)
    clock = f"{local:%H:%M}（日本时间）"
    if days == timedelta(0):
        return f"今天 {clock}"
    if days == timedelta(days=1):
        return f"明天 {clock}"
    year = "" if local.year == tokyo_day(now).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}） {clock}"


def captured(at: datetime) -> str:
    """2026年11月22日(周日) 14:05."""
    local = at.astimezone(TOKYO)
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（周{weekday}） {local:%H:%M}"


def yen(amount: int) -> str:
    return f"{amount:,}日元（含税）"


def part(part: str) -> str:
    return _PARTS.get(part, part)


def kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def kind_of_part(kind: str, part: str) -> str:
    return f"{_PARTS.get(part, part)}的{_KINDS.get(kind, kind)}"


def grade(grade: str | None) -> str:
    return grade or "鉴定中"


def state(state: str) -> str:
    return _STATES.get(state, "欢迎咨询")


def label_captured() -> str:
    return "拍摄时间"


def label_grade() -> str:
    return "成色等级"


def label_code() -> str:
    return "商品编号"


def label_price() -> str:
    return "价格"


def label_state() -> str:
    return "状态"


def label_part() -> str:
    return "部位"


def button_film() -> str:
    return "观看视频"


def button_part(part: str) -> str:
    return f"看{_PARTS.get(part, part)}"


def button_other_part() -> str:
    return "看其他部位"


def button_person() -> str:
    return "联系顾问"


def button_confirm() -> str:
    return "确认"


def button_not_now() -> str:
    return "暂不需要"


def button_collect() -> str:
    return "接收回复"


def button_search() -> str:
    return "寻找商品"


def button_ask_film() -> str:
    return "想看视频"


def button_link() -> str:
    return "关联会员信息"


def film_card_note() -> str:
    return "如有想看的部位，请直接在此告诉我们。"


def film_said(title: str, captured: str, grade: str) -> str:
    return f"{title}（等级 {grade}）的现状，拍摄于 {captured}"


def late_delivery(title: str) -> str:
    return f"让您久等了，为您送上 {title}。"


def capture_arranged(title: str, what: str, promised: str) -> str:
    return f"{title} 目前暂无{what}，我们已立即安排拍摄，预计在{promised}前在此发送给您。"


def capture_already_arranged(title: str, what: str, promised: str) -> str:
    return f"{title} 的{what}已安排拍摄，预计在{promised}前在此发送给您。"


def being_prepared(title: str) -> str:
    return f"{title} 已拍摄完成，正在为您准备，备妥后立即发送给您。"


def poster_first(title: str) -> str:
    return f"{title} 已拍摄完成，先为您送上静态照片，视频完成后随即发送。"


def choose_part(title: str) -> str:
    return f"请问您想看 {title} 的哪个部位？"


def which_piece() -> str:
    return "请问您想看哪一件商品？请告诉我们商品编号（例：W-10234），或品牌与型号。"


def choose_one(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return "符合的商品较多，先为您列出最新的几件。请选择一件，或补充型号等信息。"
    return f"为您找到 {count} 件商品，请问您想看哪一件？"


def not_found(asked: Sequence[str]) -> str:
    return (
        f"在可为您介绍的商品中，没有找到 {'、'.join(asked)}。请再次确认编号，或告诉我们品牌与型号。"
    )


def nothing_found() -> str:
    return "很抱歉，没有找到您要的商品。请告诉我们商品编号，或品牌与型号。"


def piece_said(title: str, grade: str, price: str, state: str) -> str:
    return f"{title} 等级 {grade} {price} {state}"


def greeting() -> str:
    return "您好。请告诉我们您感兴趣的商品编号或名称，我们将为您送上商品现状视频。"


def welcome() -> str:
    return (
        "感谢您添加好友。只需告诉我们商品编号或名称，随时为您送上商品现状视频。"
        "您也可以随时与顾问对话。"
    )


def welcome_back() -> str:
    return "欢迎您再次光临，感谢您的联系。请问有什么可以为您服务？"


def group_welcome() -> str:
    return "感谢您的邀请。在本群中，我们仅在被提及（@）时回复。"


def help() -> str:
    return (
        "我们为您送上商品现状的视频与照片。您可以这样写：“W-10234 的视频”“看后盖”"
        "“Rolex Daytona”。夜间也为您服务。"
    )


def thanks() -> str:
    return "谢谢您。如还有任何需要，欢迎随时告诉我们。"


def person_called(*, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，我们为您转接顾问，将在{by}前在此回复您。"
    return f"好的。目前为非营业时间，顾问将在{by}前回复您。您可以先把需求写在这里。"


def person_already_called(*, by: str) -> str:
    return f"我们已为您通知顾问，将在{by}前回复您。"


def files_received(count: int) -> str:
    told = "您的照片或文件" if count == 1 else f"您的 {count} 个照片或文件"
    return f"已收到并妥善保存{told}。请问需要什么服务？"


def file_outside() -> str:
    return "我们无法接收存放在外部的文件，烦请直接发送给我们。"


def sticker() -> str:
    return "谢谢您的表情包。如有任何需要，请告诉我们。"


def place() -> str:
    return "谢谢您提供位置。如需到店或上门服务，顾问将为您安排。"


def not_sure() -> str:
    return "很抱歉，没能明白您的意思。请告诉我们商品编号或名称，或从下方选择。"


def by_a_person() -> str:
    return "这项需求由顾问为您服务，需要为您转接吗？"


def language_set() -> str:
    return "我们将以简体中文为您服务。"


def link_first() -> str:
    return (
        "这属于您的个人信息，完成会员信息关联后即可在此为您说明。点击下方按钮，只需几分钟即可完成。"
    )


def account_linked() -> str:
    return "您的会员信息已完成关联。"


def account_not_linked() -> str:
    return "未能关联您的会员信息。烦请再试一次，或联系顾问。"


def edited() -> str:
    return "我们已确认您修改后的内容。"


def resent() -> str:
    return "刚才的回复可能未送达，再次为您发送。"


def waited() -> str:
    return "这条通知送达稍晚，敬请见谅。"


def still_looking() -> str:
    return "正在为您查询，请稍候。完成后，点击下方按钮即可立即接收回复。"


def already_sent() -> str:
    return "我们已经回复您，请查看上方消息。"


def went_wrong() -> str:
    return "很抱歉，目前无法回复您。顾问确认后将与您联系。"


def still_waiting(waiting: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code}：{promised}前" for code, promised in waiting)
    return f"以下是正在为您安排的拍摄，完成后立即发送给您。\n{told}"


def nothing_waiting() -> str:
    return "目前没有等待中的委托。"


def opening_hours(day: date, spans: Sequence[tuple[time, time]], *, is_today: bool) -> str:
    told = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)
    if is_today:
        return f"今天的营业时间为 {told}（日本时间）。视频服务在此全天候为您提供。"
    weekday = _WEEKDAYS[day.weekday()]
    return (
        f"今天休息。下一个营业日为 {day.month}月{day.day}日（周{weekday}）{told}（日本时间）。"
        "视频服务在此全天候为您提供。"
    )


def press_to_confirm() -> str:
    return "谢谢您。请点击下方按钮完成确认。"


def nothing_changed() -> str:
    return "好的，没有做任何变更。如还有其他需要，请告诉我们。"


def noted() -> str:
    return "好的。如还有其他需要，请告诉我们。"


def refused() -> str:
    return "很抱歉，这项内容无法在此受理，没有做任何变更。顾问将为您确认。"
