"""关于会员的文言."""

from collections.abc import Sequence

lang = "zh_hans"

_CATEGORIES = {
    "service": "交易相关通知",
    "credit_reminder": "购物金到期提醒",
    "marketing": "新品与优惠信息",
}
_SHORT = {"credit_reminder": "到期提醒", "marketing": "新品与优惠"}
_DEALS = {
    "order": "订单",
    "case": "收购申请",
    "consignment": "寄卖中的商品",
    "payment": "待付款项",
    "credit": "购物金余额",
    "dispute": "状态不符的申诉",
}


def link_heading() -> str:
    return "关联会员信息"


def link_note() -> str:
    return (
        "请准备您的订单编号与登记的电子邮箱。我们会将 6 位验证码发送至您登记的联系方式。"
        "链接 24 小时内有效，仅供此对话使用，请勿转发他人。"
    )


def button_begin_link() -> str:
    return "前往办理"


def only_in_private() -> str:
    return "这涉及您个人的信息，烦请在与本店的一对一对话中告诉我们。"


def linked() -> str:
    return (
        "您的会员信息已完成关联，今后可在此为您说明购物金、订单与寄卖等信息。"
        "您随时可以点击下方按钮解除关联。"
    )


def came_along(
    *, cases: Sequence[str], consignments: Sequence[str], orders: Sequence[str], credit: str | None
) -> str:
    told = [
        ("收购申请", cases),
        ("寄卖中的商品", consignments),
        ("订单", orders),
        ("购物金", [credit] if credit else []),
    ]
    lines = [f"・{name}：{'、'.join(each)}" for name, each in told if each]
    return "\n".join(["您此前在此进行的事项，已一并归入您的会员信息。", *lines])


def linked_already() -> str:
    return "您的会员信息已关联。请选择您想查看的内容。"


def button_own_page() -> str:
    return "我的主页"


def own_page_note(until: str) -> str:
    return f"可查看您的商品、交易、购物金、文件与设置。链接在{until}前有效，请勿转发他人。"


def button_open() -> str:
    return "打开"


def button_unlink() -> str:
    return "解除关联"


def ask_unlink() -> str:
    return (
        "将解除此对话与会员信息的关联，之后无法在此说明购物金或订单。会员信息本身会保留。"
        "确定要解除吗？"
    )


def label_unlink() -> str:
    return "解除"


def unlinked() -> str:
    return "已解除关联。您随时可以再次关联。"


def was_not_linked() -> str:
    return "此对话尚未关联会员信息。"


def code_subject() -> str:
    return "关联会员信息的验证码"


def code_mail(code: str, *, minutes: int) -> str:
    return (
        f"验证码：{code}\n\n"
        f"这是关联会员信息所需的号码，请在 {minutes} 分钟内于办理页面输入。\n"
        "本店人员不会向您询问此号码。\n"
        "如非您本人申请，请勿理会并删除此邮件，您的会员信息不会有任何变更。\n"
    )


def notices_heading() -> str:
    return "消息设置"


def notices_note() -> str:
    return "交易相关通知为办理您的委托所必需，无法停止。"


def notices_of_visitor() -> str:
    return "我们在此只回复您的咨询，不会发送广告。关联会员信息后，即可按种类设置。"


def notices_about(category: str) -> str:
    return _CATEGORIES[category]


def notices_always() -> str:
    return "固定发送"


def notices_state(*, given: bool) -> str:
    return "发送中" if given else "已停止"


def button_notices(category: str, *, given: bool) -> str:
    return f"{'接收' if given else '停止'}{_SHORT[category]}"


def ask_notices(category: str, *, given: bool) -> str:
    if given:
        return f"将为您发送{_CATEGORIES[category]}。您随时写下“停止通知”即可停止。确定要接收吗？"
    return f"将停止{_CATEGORIES[category]}。确定吗？"


def label_stop() -> str:
    return "停止"


def label_start() -> str:
    return "接收"


def notices_set(category: str, *, given: bool) -> str:
    return f"{'今后将为您发送' if given else '已停止'}{_CATEGORIES[category]}。"


def which_language() -> str:
    return "请选择您希望使用的语言。"


def language_name() -> str:
    return "简体中文"


def button_register_language() -> str:
    return "通知也用简体中文"


def language_registered() -> str:
    return "今后本店的通知也将以简体中文发送。"


def data_heading() -> str:
    return "我们保管的信息"


def data_note(*, is_customer: bool) -> str:
    if is_customer:
        return "您可以将您的信息以文件取回，或要求删除。内容更正由顾问为您处理。"
    return "我们保管此对话的记录与您发送的文件。您可以以文件取回，或要求删除。"


def button_export() -> str:
    return "取回数据"


def export_note(until: str) -> str:
    return f"将您的信息汇总为一个文件。链接在{until}前有效，限用一次，请勿转发他人。"


def button_erase() -> str:
    return "删除数据"


def ask_erase(*, is_customer: bool, open_deals: Sequence[str]) -> str:
    if not is_customer:
        return "将删除此对话的记录与您发送的文件，无法恢复。确定要删除吗？"
    told = (
        "将删除对话记录、您发送的文件、喜好、姓名与联系方式，并解除关联，无法恢复。\n"
        "古物台账、身份确认记录、订单与付款账簿，涉及争议或警方保全的记录，以及作为估价或申诉证据的照片与视频，"
        "将按法律规定的期间封存，期满后删除。"
    )
    if open_deals:
        told += (
            f"\n因尚有{_deals(open_deals)}，姓名、联系方式与关联将保留至所有交易结束，"
            "结束后自动删除。"
        )
    return told + "\n确定要删除吗？"


def label_erase() -> str:
    return "删除"


def erased(*, open_deals: Sequence[str]) -> str:
    if open_deals:
        return f"已删除对话记录与您发送的文件。{_deals(open_deals)}结束后，姓名与联系方式也会删除。"
    return "已完成删除。依法保管的记录，将在保存期间届满后删除。感谢您一直以来的惠顾。"


def _deals(open_deals: Sequence[str]) -> str:
    return "、".join(_DEALS[each] for each in open_deals)


def ask_taste(words: str) -> str:
    return f"可以将“{words}”记为您的喜好吗？我们会用于推荐，您随时可以查看或删除。"


def label_keep() -> str:
    return "请记下"


def taste_kept(words: str) -> str:
    return f"已记下“{words}”，推荐时会为您留意。"


def button_tastes() -> str:
    return "查看我的喜好"


def tastes(words: Sequence[str]) -> str:
    if not words:
        return "目前没有记录您的喜好。"
    told = "\n".join(f"・{each}" for each in words)
    return f"以下是我们记下的喜好。如需删除，请从下方选择。\n{told}"


def button_forget(words: str) -> str:
    return f"删除：{words if len(words) <= 15 else words[:14] + '…'}"


def taste_forgotten(words: str) -> str:
    return f"已删除“{words}”。"
