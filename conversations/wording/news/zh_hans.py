"""店铺主动发出的话: what the shop says first, in simplified Chinese."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.ground.calendar import TOKYO

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_CHANNELS = {"mail_in": "快递寄送", "home_visit": "上门收购", "store_drop": "送至门店"}
_CARE = {
    "watch": "请避开手机、音箱等强磁，并用干布擦去汗水。",
    "diamond": "请以加了少许中性清洁剂的温水与软布清洁；若感觉宝石松动请告诉我们。",
    "bag": "请避免日晒与潮湿，塞入填充物后放入防尘袋保存。",
    "apparel": "穿后请刷去灰尘，连同防虫剂存放于通风处。",
}


def _yen(amount: int) -> str:
    return f"{amount:,}日元"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _at(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return (
        f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}） {local:%H:%M}（日本时间）"
    )


def _rate(bps: int) -> str:
    return f"{bps / 100:g}%"


def _guaranteed(guarantee: int | None) -> str:
    return f"期间内随时可依保证收购价{_yen(guarantee)}卖给本店。" if guarantee else ""


def _left(days: int) -> str:
    return f"还有{days}天" if days else "今天截止"


def pieces(count: int) -> str:
    return f"{count}件"


def inquiry(no: str, pieces: int) -> str:
    return f"【受理 {no}】已收到您{pieces}件商品的咨询。估价结果将在此通知您。"


def quoted(no: str, piece: str, low: int, high: int, through: date) -> str:
    return (
        f"【初步估价 {no}】{piece}的收购参考价为{_yen(low)}〜{_yen(high)}，有效至{_day(through)}。"
        "正式金额于看过实物后以单一金额提出。"
    )


def no_offer(no: str, piece: str) -> str:
    return (
        f"【估价 {no}】很抱歉，本店无法为{piece}提出收购价。"
        "如有需要，可为您介绍其他专营店，请告诉顾问。"
    )


def quote_expired(no: str, piece: str) -> str:
    return f"【初步估价 {no}】{piece}的参考价已过有效期限，随时可为您重新估价。"


def submitted(no: str, channel: str, pieces: int, kit_by: datetime | None, *, is_free: bool) -> str:
    kit = f"包装套装将于{_at(kit_by)}前寄出。" if kit_by else ""
    free = "运费、退回费、取消费、转账手续费一律免费。" if is_free else ""
    return f"【申请 {no}】已受理{pieces}件，方式为{_CHANNELS.get(channel, channel)}。{kit}{free}"


def channel_changed(no: str, channel: str) -> str:
    return f"【申请 {no}】交付方式已改为{_CHANNELS.get(channel, channel)}。"


def kit_sent(no: str, tracking_no: str) -> str:
    return f"【包装套装寄出 {no}】包装套装已寄出，运单号为{tracking_no}。"


def in_transit(no: str, tracking_no: str) -> str:
    return f"【运送中 {no}】已确认您寄出的商品，运单号为{tracking_no}。送达后立即通知您。"


def arrived(no: str, pieces: int, *, is_sealed: bool | None) -> str:
    seal = "封条完好。" if is_sealed else "顾问正在确认封条状态。"
    told = seal if is_sealed is not None else ""
    return f"【送达 {no}】{pieces}件商品已送达。{told}估价结果将于1个营业日内通知您。"


def withdrawn(no: str, pieces: int, fee: int) -> str:
    told = f"手续费为{_yen(fee)}。" if fee else "不收手续费。"
    return f"【取消 {no}】已受理{pieces}件申请的取消。{told}"


def offered(no: str, piece: str, amount: int, as_credit: int, through: date | None) -> str:
    until = f"有效至{_day(through)}。" if through else ""
    more = f"若以购物金领取为{_yen(as_credit)}。" if as_credit > amount else ""
    return (
        f"【正式估价 {no}】{piece}的收购价为{_yen(amount)}。{more}{until}"
        "未回复绝不会视为成交；若婉拒将免费退回。"
    )


def offered_below(below: int, reasons: Sequence[str]) -> str:
    return f"比初步估价下限低{_yen(below)}。原因：{'、'.join(reasons)}"


def repair_offered(no: str, piece: str, amount: int, through: date | None) -> str:
    until = f"有效至{_day(through)}。" if through else ""
    return f"【维修报价 {no}】{piece}的维修费为{_yen(amount)}。{until}"


def rejected(no: str, piece: str, reasons: Sequence[str]) -> str:
    return (
        f"【估价 {no}】很抱歉，无法收购{piece}。原因：{'、'.join(reasons)}。"
        "您可选择免费退回、报废或介绍其他专营店，请告诉我们您的选择。"
    )


def accepted(no: str, piece: str, price: int, paid: str) -> str:
    return f"【成交 {no}】{piece}以{_yen(price)}售予本店。{paid}"


def repair_accepted(no: str, piece: str, amount: int) -> str:
    return f"【维修 {no}】已以{_yen(amount)}受理{piece}的维修，完成后通知您。"


def declined(no: str, piece: str, *, is_consigned: bool) -> str:
    after = "接着为您说明寄卖。" if is_consigned else "将免费退回。"
    return f"【婉拒 {no}】已了解您不出售{piece}。{after}"


def countered(no: str, piece: str, wanted: int) -> str:
    return f"【希望价 {no}】已收到您对{piece}的希望价{_yen(wanted)}，顾问研究后回复您。"


def return_begun(no: str, piece: str) -> str:
    return f"【退回准备 {no}】{piece}将免费退回，1个营业日内寄出并告知运单号。"


def repaired(no: str, piece: str) -> str:
    return f"【维修完成 {no}】{piece}已维修完成，正在准备送还。"


def pays(*, bank: int, is_cash: bool, pay_on: date | None, credit: int, offset: int) -> str:
    told = []
    if bank and is_cash:
        told.append(f"现金{_yen(bank)}于门店交付")
    elif bank:
        told.append(f"{_yen(bank)}于{_day(pay_on)}转账" if pay_on else f"转账{_yen(bank)}")
    if credit:
        told.append(f"购物金{_yen(credit)}")
    if offset:
        told.append(f"{_yen(offset)}抵扣您的购物")
    return f"{'、'.join(told)}。" if told else ""


def pay_waits() -> str:
    return "完成身份确认后付款，付款日确定后通知您。"


def pay_scheduled(no: str, paid: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{piece}：{how}" for piece, how in paid)
    return f"【付款预定 {no}】付款日已确定。\n{told}"


def paid(no: str, piece: str, amount: int, reference: str | None) -> str:
    ref = f"（查询号 {reference}）" if reference else ""
    return f"【付款完成 {no}】已支付{piece}的款项{_yen(amount)}。{ref}"


def piece_compensated(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"【致歉与补偿 {no}】非常抱歉，{piece}已无法归还。本店将补偿{_yen(amount)}，"
        f"预计于{_day(pay_on)}支付。顾问会详细说明。"
    )


def goods_awaited(no: str, pieces: int, until: date) -> str:
    return (
        f"【商品提醒 {no}】您申请的{pieces}件商品尚未送达，我们会等到{_day(until)}。"
        "取消免费，请随时告诉我们。"
    )


def papers_awaited(no: str, until: date) -> str:
    return (
        f"【身份确认 {no}】付款前需要您的身份确认文件，请在{_day(until)}前发送。"
        "如有疑问，顾问会协助您。"
    )


def goods_given_up(no: str) -> str:
    return f"【申请结束 {no}】因商品未送达，申请已结束，不收取任何费用。欢迎随时再次咨询。"


def papers_given_up(no: str, pieces: int) -> str:
    return f"【交易取消 {no}】因未收到身份确认文件，收购已取消。保管的{pieces}件商品将免费退回。"


def payment_delayed(pay_on: date) -> str:
    return f"转账未能完成，非常抱歉。确认账户后将于{_day(pay_on)}再次转账。"


def payment_moved(pay_on: date) -> str:
    return f"转账日改为{_day(pay_on)}，晚于先前约定的日期，非常抱歉。"


def return_shipping(no: str, tracking_no: str, pieces: int, fee: int) -> str:
    cost = f"运费为{_yen(fee)}。" if fee else "免运费。"
    return f"【退回 {no}】已寄出{pieces}件商品，运单号为{tracking_no}。{cost}"


def case_number_corrected(no: str, tracking_no: str) -> str:
    return f"【运单号更正 {no}】先前通知的运单号有误，正确的是{tracking_no}。"


def returned(no: str, pieces: int) -> str:
    return f"【退回完成 {no}】已确认{pieces}件商品送还。谢谢您。"


def referral_proposed(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"对方的参考价为{_yen(indication)}。" if indication else ""
    return (
        f"【介绍提案 {no}】{piece}建议介绍给{partner}。{told}"
        "在您同意之前，不会提供您的资料，也不收介绍费。"
    )


def referred(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"对方的参考价为{_yen(indication)}。" if indication else ""
    return f"【介绍 {no}】已将{piece}介绍给{partner}。{told}不收介绍费。"


def rescinded(no: str, pieces: int, owed_back: int) -> str:
    back = f"您已收的{_yen(owed_back)}，顾问会说明退还方式。" if owed_back else ""
    return f"【解除合同 {no}】已受理{pieces}件的解除，免收违约金与运费，退回商品。{back}"


def claim_ended(no: str, amount: int, left: int) -> str:
    rest = f"您只需退还{_yen(left)}。" if left else "您无需退还款项。"
    return f"【解除合同 {no}】本店的{_yen(amount)}转账并未完成。{rest}与先前的说明不同，非常抱歉。"


def offer_reminder(no: str, piece: str, amount: int, through: date, days: int) -> str:
    return (
        f"【正式估价 {no}】{piece}的收购价{_yen(amount)}有效至{_day(through)}（{_left(days)}）。"
        "若未回复将免费退回。"
    )


def offer_expired(no: str, piece: str) -> str:
    return f"【正式估价 {no}】{piece}的收购价已过期，并未成交。商品将免费退回，也可重新估价。"


def delayed(no: str, by: datetime) -> str:
    return f"【致歉 {no}】办理比预定有所延迟，非常抱歉。将于{_at(by)}前再次告知情况。"


def consignment_proposed(no: str, piece: str, list_price: int, guarantee: int | None) -> str:
    return (
        f"【寄卖提案 {no}】提议以{_yen(list_price)}（含税）销售{piece}，期间180天。"
        f"{_guaranteed(guarantee)}在您同意之前不会开始。"
    )


def consignment_taken_back(no: str, piece: str, *, is_replaced: bool) -> str:
    if is_replaced:
        return f"【寄卖提案更换 {no}】{piece}的这项提案已撤回并更换为新内容，请查看新的提案。"
    return f"【寄卖提案撤回 {no}】{piece}的这项提案已撤回，不会成立合同。"


def consignment_agreed(no: str, piece: str) -> str:
    return f"【寄卖 {no}】已受理{piece}的寄卖，自收到商品之日起开始。"


def consignment_active(no: str, piece: str, last_day: date, guarantee: int | None) -> str:
    return f"【寄卖开始 {no}】{piece}的寄卖已开始，期间至{_day(last_day)}。{_guaranteed(guarantee)}"


def price_proposed(piece: str, price: int, payout: int, rate_bps: int) -> str:
    return (
        f"提议将{piece}的售价改为{_yen(price)}（含税）。以此价售出时您可得{_yen(payout)}"
        f"（{_rate(rate_bps)}）。未经您同意价格不会变动。"
    )


def price_changed(no: str, piece: str, price: int) -> str:
    return f"【价格变更 {no}】按您的同意，{piece}的售价现为{_yen(price)}（含税）。"


def price_drop_blocked(no: str, piece: str, candidate: int, guarantee: int | None) -> str:
    floor = f"保证收购价{_yen(guarantee)}" if guarantee else "保证收购价"
    return (
        f"【价格 {no}】因您的可得金额将低于{floor}，未将{piece}降价至{_yen(candidate)}。"
        "价格维持不变；如有其他希望请告诉顾问。"
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
    day = f"付款日：{_day(pay_on)}" if pay_on else "付款日：买方退货期间之后，送达后告知日期。"
    return (
        f"【售出通知 {no}】{piece}已售出。\n售价：{_yen(price)}（含税）\n您的比率："
        f"{_rate(rate_bps)}\n"
        f"手续费：{_yen(commission)}（其中消费税{_yen(tax)}）\n您可得：{_yen(payout)}\n{day}"
    )


def consignment_payout_dated(no: str, piece: str, pay_on: date) -> str:
    return f"【付款日 {no}】{piece}已送达买方。退货期间过后，将于{_day(pay_on)}确定并付款。"


def consignment_payable(no: str, piece: str, amount: int, pay_on: date | None) -> str:
    day = f"将于{_day(pay_on)}付款。" if pay_on else ""
    return f"【付款确定 {no}】{piece}的款项{_yen(amount)}已确定。{day}"


def consignment_paid(no: str, piece: str, amount: int, *, is_credit: bool) -> str:
    how = "已存入购物金" if is_credit else "已支付"
    return f"【付款完成 {no}】{piece}的款项{_yen(amount)}{how}。"


def consignment_sale_undone(no: str, piece: str) -> str:
    return f"【售出取消 {no}】{piece}因买方取消而退回，寄卖按原条件继续。"


def withdrawal_waits(no: str, piece: str) -> str:
    return f"【退回 {no}】{piece}目前洽谈中。若未成交将免费退回，结果将在此通知您。"


def consignment_returning(no: str, piece: str) -> str:
    return f"【退回 {no}】{piece}将免费退回，1个营业日内寄出，并可观看保管期间的状态视频。"


def consignment_sent_home(no: str, piece: str, carrier: str, tracking_no: str) -> str:
    return f"【寄回 {no}】{piece}已由{carrier}免费寄回，运单号为{tracking_no}。"


def consignment_returned(no: str, piece: str) -> str:
    return f"【退回完成 {no}】已确认{piece}送还。谢谢您。"


def consignment_compensated(no: str, piece: str, amount: int) -> str:
    return (
        f"【致歉与补偿 {no}】针对保管中的{piece}，"
        f"本店将补偿{_yen(amount)}。非常抱歉，顾问会详细说明。"
    )


def consignment_term_reminder(piece: str, last_day: date, days: int, guarantee: int | None) -> str:
    return (
        f"{piece}的寄卖期间至{_day(last_day)}（{_left(days)}）。{_guaranteed(guarantee)}"
        "请选择延长、卖给本店或退回。即使未回复也绝不会报废。"
    )


def consignment_term_ended(piece: str, back_from: date | None) -> str:
    back = f"若未回复，将于{_day(back_from)}免费退回。" if back_from else ""
    return f"{piece}的寄卖期间已结束。请选择延长、重新估价或退回。{back}"


def guarantee_converted(no: str, piece: str, amount: int, pay_on: date) -> str:
    return f"【保证收购 {no}】已以{_yen(amount)}收购{piece}，将于{_day(pay_on)}付款。"


def guarantee_parked(no: str, piece: str) -> str:
    return f"【保证收购 {no}】{piece}目前洽谈中。若未成交，即使期间已过仍以保证价收购。"


def guarantee_refused(no: str, piece: str, *, is_over: bool) -> str:
    why = "寄卖期间已结束" if is_over else "商品目前的状态"
    return f"【保证收购 {no}】因{why}，无法以保证价收购{piece}。顾问会为您说明。"


def order_confirmed(no: str, total: int, delivery: str, place: str | None) -> str:
    after = {
        "ship": "1个营业日内寄出并告知运单号。",
        "collect": f"准备好后通知您。{f'领取地点：{place}' if place else ''}",
    }.get(delivery, "感谢您的购买。")
    return f"【订单 {no}】已确认{_yen(total)}（含税）的付款。{after}"


def order_packed(no: str) -> str:
    return f"【订单 {no}】已包装完成，即将寄出。"


def order_ready_to_collect(no: str, place: str | None) -> str:
    where = f"于{place}" if place else ""
    return f"【订单 {no}】商品已准备好，{where}恭候您的光临。"


def order_shipped(no: str, carrier: str, tracking_no: str) -> str:
    return f"【寄出 {no}】已由{carrier}寄出，运单号为{tracking_no}。"


def tracking_corrected(no: str, carrier: str, tracking_no: str) -> str:
    return f"【运单号更正 {no}】先前通知的运单号有误，正确的是{carrier} {tracking_no}。"


def order_delivered(no: str, last_return_day: date | None) -> str:
    back = f"退货受理至{_day(last_return_day)}。" if last_return_day else ""
    return f"【送达 {no}】商品已送达。{back}有任何问题请随时告诉我们。"


def order_cancelled(no: str, to_credit: int, to_other: int) -> str:
    told = [f"购物金{_yen(to_credit)}"] if to_credit else []
    told += [f"原付款方式{_yen(to_other)}"] if to_other else []
    back = f"退还{'、'.join(told)}。" if told else ""
    return f"【取消 {no}】订单已取消。{back}"


def order_undelivered(no: str, piece: str, to_credit: int, to_other: int) -> str:
    told = [f"购物金{_yen(to_credit)}"] if to_credit else []
    told += [f"原付款方式{_yen(to_other)}"] if to_other else []
    back = f"退还{'、'.join(told)}。" if told else ""
    return f"【致歉 {no}】您订购的{piece}已无法交付，非常抱歉。{back}"


def order_lapsed(no: str) -> str:
    return f"【订单 {no}】因已过付款期限，订单已取消。"


def exchange_over(no: str, return_no: str) -> str:
    return (
        f"【换货 {return_no}】为您保留的商品（订单{no}）已不再保留，将改按退货处理。"
        "确认您寄回的商品后，款项将按原付款方式退回。"
    )


def return_accepted(no: str, return_no: str, *, is_exchange: bool) -> str:
    what = "换货" if is_exchange else "退货"
    return f"【{what} {return_no}】已受理订单{no}的{what}，将告知寄回方式。"


def return_label_sent(return_no: str, carrier: str, tracking_no: str) -> str:
    return f"【退货 {return_no}】已寄出退货用运单：{carrier}，运单号{tracking_no}。"


def return_underway(no: str, return_no: str) -> str:
    return f"【退货 {return_no}】已确认您寄回商品，送达后通知您。"


def return_received(no: str, return_no: str) -> str:
    return f"【退货 {return_no}】商品已送达，确认状态后通知退款。"


def return_looked_at(no: str, return_no: str) -> str:
    return f"【退货 {return_no}】顾问正在确认商品状态，结果将在此通知您。"


def return_refused(no: str, return_no: str) -> str:
    return f"【退货 {return_no}】很抱歉，商品与寄出时的记录不符，无法受理退货。顾问会说明原因。"


def return_refunded(no: str, return_no: str, *, to_credit: int, to_other: int, bonus: int) -> str:
    lines = []
    if to_other:
        lines.append(f"原付款方式：{_yen(to_other)}")
    if to_credit:
        lines.append(f"购物金：{_yen(to_credit)}")
    if bonus:
        lines.append(f"其中加赠：{_yen(bonus)}")
    return "\n".join([f"【退款 {return_no}】订单{no}的退款已确定。", *lines])


def dispute_answered(piece: str, outcome: str, words: str, return_no: str | None) -> str:
    found = {
        "differs": "确认与购买时的记录有所不同。",
        "as_recorded": "确认与购买时的记录一致。",
        "unclear": "从本店的记录无法判断。",
        "withdrawn": "已受理您撤回反馈。",
    }[outcome]
    back = f"将以退货({return_no})办理。" if return_no else ""
    return f"【对您反馈的答复】关于{piece}，{found}\n{words}\n{back}".rstrip()


def follow_up_thanks(piece: str) -> str:
    return f"感谢您日前选购{piece}。使用上还满意吗？有任何问题请直接在此告诉我们。"


def follow_up_care(piece: str, category: str) -> str:
    return f"{piece}的保养说明。{_CARE.get(category, '')}欢迎随时咨询。"


def follow_up_value(piece: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return f"您选购{piece}已满一年。可为您查询目前的收购参考价，请输入“估价”。"
    return (
        f"您选购{piece}已满一年。根据同型号近期成交，"
        f"目前的收购参考价（初步估价）为{_yen(low)}〜{_yen(high)}。"
        "会因状态与配件而异，正式金额以正式估价为准。"
    )


def _held(held: int) -> str:
    return f"目前余额为{_yen(held)}。"


def _through(through: date | None) -> str:
    return f"有效至{_day(through)}。" if through else "无使用期限。"


def credit_issued(lots: Sequence[tuple[int, date | None]], held: int) -> str:
    told = "".join(f"\n・{_yen(amount)} {_through(through)}" for amount, through in lots)
    return f"已发放购物金。{told}\n{_held(held)}"


def credit_used(amount: int, held: int) -> str:
    return f"已使用购物金{_yen(amount)}。{_held(held)}"


def credit_returned(amount: int, held: int) -> str:
    return f"已退回购物金{_yen(amount)}。{_held(held)}"


def credit_goodwill(amount: int, through: date | None, held: int) -> str:
    return f"为表歉意与感谢，已发给购物金{_yen(amount)}。{_through(through)}{_held(held)}"


def credit_extended(amount: int, through: date) -> str:
    return f"购物金{_yen(amount)}的期限已延长至{_day(through)}。"


def credit_adjusted(held: int) -> str:
    return f"购物金余额已更正。{_held(held)}"


def credit_giving_up(to_pay: int, offset: int) -> str:
    less = f"扣除您尚欠的{_yen(offset)}后，" if offset else ""
    paid = f"将向您转账{_yen(to_pay)}" if to_pay else "没有需要支付的余额"
    return (
        f"本店将停止购物金服务，退还有偿部分{_yen(to_pay + offset)}。{less}{paid}。"
        "您同意后，有偿部分的购物金即失效。在您答复之前，余额保持不变。"
    )


def credit_discontinued(amount: int, offset: int) -> str:
    if not amount:
        return f"购物金的有偿部分已与应付款{_yen(offset)}相抵。"
    less = f"已扣除应付款{_yen(offset)}。" if offset else ""
    return f"作为购物金有偿部分的退款，将向您转账{_yen(amount)}。{less}"


def credit_paid_out(amount: int, reference: str | None) -> str:
    ref = f"(查询编号 {reference})" if reference else ""
    return f"购物金的退款{_yen(amount)}已支付。{ref}"


def credit_reversed(taken: int, owed: int) -> str:
    more = f"不足的{_yen(owed)}由顾问说明。" if owed else ""
    return f"因交易取消，已收回购物金{_yen(taken)}。{more}"


def credit_settled(amount: int, owed: int) -> str:
    return f"已确认收到您支付的{_yen(amount)}。{_still_owed(owed)}"


def credit_forgiven(amount: int, owed: int) -> str:
    return f"应付款中的{_yen(amount)}无需再支付。{_still_owed(owed)}"


def _still_owed(owed: int) -> str:
    return f"尚余{_yen(owed)}未付。" if owed else "已无未付款项。"


def credit_expiring(amount: int, through: date, days: int) -> str:
    return f"购物金{_yen(amount)}有效至{_day(through)}（{_left(days)}）。"


def within_reach() -> str:
    return "为您挑选了余额可购买的商品。"


def watched_price(piece: str, price: int) -> str:
    return f"您关注的{piece}价格已变为{_yen(price)}（含税）。"


def watched_sold(piece: str) -> str:
    return f"您关注的{piece}已售出。也可为您寻找类似商品。"


def watched_film(piece: str) -> str:
    return f"为您送上您关注的{piece}的新视频。"


def wish_found(piece: str, price: int | None) -> str:
    told = f"价格为{_yen(price)}（含税）。" if price else ""
    return f"符合您所寻找的商品到店了：{piece}。{told}"


def checkpoint(on: date, leaves: int) -> str:
    return (
        f"这是{_day(on)}证据记录的检查点（{leaves:,}条记录）。请原样保存下一条消息，"
        "日后可用它确认记录未被改写。"
    )


def button_extend() -> str:
    return "延长"


def button_convert() -> str:
    return "卖给本店"


def button_return() -> str:
    return "退回给我"


def button_yes() -> str:
    return "同意"


def button_no() -> str:
    return "不变更"


def button_choose() -> str:
    return "查看并选择"


def button_stop() -> str:
    return "停止此类通知"


def stop_hint(*, is_credit: bool) -> str:
    if is_credit:
        return "若要停止购物金提醒，请点击下方的“停止此类通知”。"
    return "若要停止此类通知，请发送“停止通知”。"
