"""保留、链接、通知与合作店铺的简体中文。"""

from collections.abc import Sequence

lang = "zh_hans"


def one_to_one() -> str:
    return "不好意思，这件事请在一对一的聊天中告诉我们。"


def hold_question(title: str, code: str, until: str) -> str:
    return f"为您保留{title}（{code}）至{until}，可以吗？"


def hold_placed(title: str, code: str, until: str) -> str:
    return f"好的，{title}（{code}）已为您保留至{until}，逾期将自动解除。"


def hold_standing(title: str, code: str, until: str) -> str:
    return f"{title}（{code}）已为您保留至{until}。"


def hold_taken(title: str) -> str:
    return f"很抱歉，{title}目前正与其他顾客洽谈中，无法为您保留。空出时可通知您。"


def hold_not_now(title: str) -> str:
    return f"很抱歉，{title}目前无法受理保留，将由顾问为您确认。"


def hold_too_long(until: str) -> str:
    return f"保留最长至{until}。若可接受，请点击下方按钮。"


def hold_release_question(title: str, code: str, until: str) -> str:
    return f"将解除{title}（{code}）至{until}的保留，可以吗？"


def hold_released(title: str) -> str:
    return f"已解除{title}的保留。"


def hold_over() -> str:
    return "该保留已经结束。"


def holds(told: Sequence[tuple[str, str, str]]) -> str:
    rows = [f"・{code} {title}：至{until}" for code, title, until in told]
    return "\n".join(["为您保留中的商品如下。", *rows])


def no_holds() -> str:
    return "目前没有为您保留的商品。"


def button_hold() -> str:
    return "保留"


def button_extend() -> str:
    return "延长"


def button_release() -> str:
    return "解除"


def button_holds() -> str:
    return "保留清单"


def link_question(title: str, code: str, until: str) -> str:
    return f"将建立{title}（{code}）的顾客专用页面，不显示价格，并于{until}自动关闭，可以吗？"


def link_made(title: str, url: str, until: str, count: int) -> str:
    return (
        f"这是{title}的顾客专用页面，开放至{until}（记录 {count} 件），可直接转发给您的顾客"
        f"。\n{url}"
    )


def link_locked(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}的顾客专用页面已改为需输入 PIN 码，先前的链接已关闭。"
        f"开放至{until}（记录 {count} 件）。请以链接以外的方式将 PIN 码告知您的顾客。\n{url}"
    )


def link_pin(pin: str) -> str:
    return f"PIN 码：{pin}"


def link_told_before() -> str:
    return "该页面先前已建立并发送，可在清单中确认。"


def link_nothing(title: str) -> str:
    return f"{title}目前还没有可提供的视频或照片，拍摄后即可建立页面。"


def link_too_long(until: str) -> str:
    return f"页面最长开放至{until}。若可接受，请点击下方按钮。"


def link_by_a_person() -> str:
    return "此商品的顾客专用页面由顾问为您准备，要为您转接吗？"


def links(told: Sequence[tuple[str, str, str, int]], more: int) -> str:
    rows = [
        f"・{code} {title}：至{until}（浏览 {opened} 次）" for code, title, until, opened in told
    ]
    rest = [f"另有 {more} 个。"] if more else []
    return "\n".join(["目前开放中的页面如下。", *rows, *rest])


def links_looked(told: Sequence[tuple[str, str, int, str | None, bool]], more: int) -> str:
    rows = []
    for code, title, opened, last, is_open in told:
        when = f"（最近 {last}）" if last else ""
        rows.append(f"・{code} {title}：{opened} 次{when}{'' if is_open else '・已关闭'}")
    rest = [f"另有 {more} 个。"] if more else []
    return "\n".join(["您分享的页面的浏览次数如下。", *rows, *rest])


def no_links_made() -> str:
    return "您还没有分享过页面。"


def no_links() -> str:
    return "目前没有开放中的页面。"


def link_closed() -> str:
    return "页面已关闭，此后任何人都无法观看。"


def link_over() -> str:
    return "该页面已经关闭。"


def button_link() -> str:
    return "顾客专用页面"


def button_make_link() -> str:
    return "建立"


def button_open_link() -> str:
    return "打开页面"


def button_close_link(code: str) -> str:
    return f"关闭 {code}"


def button_add_pin() -> str:
    return "加上 PIN 码"


def button_links() -> str:
    return "页面清单"


def joined(firm: str) -> str:
    return f"您现在可代表{firm}使用。请输入“W-10234 的视频”或“保留 W-10234”等，夜间也会回复。"


def code_wrong() -> str:
    return "此邀请码无法使用。请确认后在一对一聊天中发送，或咨询顾问。"


def loans(told: Sequence[tuple[str, str, str, str | None]]) -> str:
    rows = [
        f"・{code} {title} 自{since}起" + (f"，预定{due}归还" if due else "")
        for code, title, since, due in told
    ]
    return "\n".join(["寄放于贵店的商品如下。", *rows])


def no_loans() -> str:
    return "目前没有寄放于贵店的商品。"


def watching(title: str) -> str:
    return f"好的，{title}的价格变动、新视频或售出消息，将在此通知您。"


def not_watching(title: str) -> str:
    return f"已停止{title}的通知。"


def watches(told: Sequence[tuple[str, str]]) -> str:
    rows = [f"・{code} {title}" for code, title in told]
    return "\n".join(["为您通知中的商品如下。", *rows])


def no_watches() -> str:
    return "目前没有通知中的商品。"


def button_watch() -> str:
    return "接收通知"


def button_unwatch(code: str) -> str:
    return f"停止 {code}"


def button_watches() -> str:
    return "通知清单"


def wish_what() -> str:
    return "您在寻找什么样的商品呢？请告知品牌、型号或预算。"


def wish_question(what: str) -> str:
    return f"{what}到货，或降至您希望的价格时，在此通知您，可以吗？"


def wish_kept(what: str) -> str:
    return f"好的，找到{what}时将在此通知您。"


def wish_there(count: int) -> str:
    return f"另外，目前有{count}件符合您的需求。"


def wishes(told: Sequence[str]) -> str:
    rows = [f"{n}. {what}" for n, what in enumerate(told, 1)]
    return "\n".join(["为您寻找中的内容如下。", *rows])


def no_wishes() -> str:
    return "目前没有为您寻找的商品。"


def wish_forgotten() -> str:
    return "好的，已停止此项寻找的通知。"


def wish_over() -> str:
    return "该项寻找已经结束。"


def wishes_full() -> str:
    return "最多可登记 20 项，请先从清单中结束不需要的项目。"


def budget(amount: str) -> str:
    return f"{amount}以下"


def grade_or_better(grade: str) -> str:
    return f"{grade} 级以上"


def button_wish() -> str:
    return "到货通知我"


def button_keep_wish() -> str:
    return "登记"


def button_forget(number: int) -> str:
    return f"结束第{number}项"


def button_wishes() -> str:
    return "寻找清单"
