"""店家主動發出的話: what the shop says first, in traditional Chinese."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.ground.calendar import TOKYO

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_CHANNELS = {"mail_in": "宅配寄送", "home_visit": "到府收購", "store_drop": "親送門市"}
_CARE = {
    "watch": "請避開手機、喇叭等強磁，並以乾布擦去汗水。",
    "diamond": "請以加了少許中性清潔劑的溫水與軟布清潔；若感覺寶石鬆動請告訴我們。",
    "bag": "請避免日曬與潮濕，塞入填充物後放入防塵袋保存。",
    "apparel": "穿後請刷去灰塵，連同防蟲劑存放於通風處。",
}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（週{_WEEKDAYS[day.weekday()]}）"


def _at(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return (
        f"{local.month}月{local.day}日（週{_WEEKDAYS[local.weekday()]}） {local:%H:%M}（日本時間）"
    )


def _rate(bps: int) -> str:
    return f"{bps / 100:g}%"


def _guaranteed(guarantee: int | None) -> str:
    return f"期間內隨時可依保證收購價{_yen(guarantee)}賣給本店。" if guarantee else ""


def _left(days: int) -> str:
    return f"還有{days}天" if days else "今天截止"


def pieces(count: int) -> str:
    return f"{count}件"


def inquiry(no: str, pieces: int) -> str:
    return f"【受理 {no}】已收到您{pieces}件商品的諮詢。估價結果將在此通知您。"


def quoted(no: str, piece: str, low: int, high: int, through: date) -> str:
    return (
        f"【初步估價 {no}】{piece}的收購參考價為{_yen(low)}〜{_yen(high)}，有效至{_day(through)}。"
        "正式金額於看過實物後以單一金額提出。"
    )


def no_offer(no: str, piece: str) -> str:
    return (
        f"【估價 {no}】很抱歉，本店無法為{piece}提出收購價。"
        "如有需要，可為您介紹其他專門店，請告訴專人。"
    )


def quote_expired(no: str, piece: str) -> str:
    return f"【初步估價 {no}】{piece}的參考價已過有效期限，隨時可為您重新估價。"


def submitted(no: str, channel: str, pieces: int, kit_by: datetime | None, *, is_free: bool) -> str:
    kit = f"包裝組將於{_at(kit_by)}前寄出。" if kit_by else ""
    free = "運費、退回費、取消費、匯款手續費一律免費。" if is_free else ""
    return f"【申請 {no}】已受理{pieces}件，方式為{_CHANNELS.get(channel, channel)}。{kit}{free}"


def channel_changed(no: str, channel: str) -> str:
    return f"【申請 {no}】交付方式已改為{_CHANNELS.get(channel, channel)}。"


def kit_sent(no: str, tracking_no: str) -> str:
    return f"【包裝組寄出 {no}】包裝組已寄出，追蹤號碼為{tracking_no}。"


def in_transit(no: str, tracking_no: str) -> str:
    return f"【運送中 {no}】已確認您寄出的商品，追蹤號碼為{tracking_no}。送達後立即通知您。"


def arrived(no: str, pieces: int, *, is_sealed: bool | None) -> str:
    seal = "封條完好。" if is_sealed else "專人正在確認封條狀態。"
    told = seal if is_sealed is not None else ""
    return f"【送達 {no}】{pieces}件商品已送達。{told}估價結果將於1個營業日內通知您。"


def withdrawn(no: str, pieces: int, fee: int) -> str:
    told = f"手續費為{_yen(fee)}。" if fee else "不收手續費。"
    return f"【取消 {no}】已受理{pieces}件申請的取消。{told}"


def offered(no: str, piece: str, amount: int, as_credit: int, through: date | None) -> str:
    until = f"有效至{_day(through)}。" if through else ""
    more = f"若以購物金領取為{_yen(as_credit)}。" if as_credit > amount else ""
    return (
        f"【正式估價 {no}】{piece}的收購價為{_yen(amount)}。{more}{until}"
        "未回覆絕不會視為成交；若婉拒將免費退回。"
    )


def offered_below(below: int, reasons: Sequence[str]) -> str:
    return f"比初步估價下限低{_yen(below)}。原因：{'、'.join(reasons)}"


def repair_offered(no: str, piece: str, amount: int, through: date | None) -> str:
    until = f"有效至{_day(through)}。" if through else ""
    return f"【維修報價 {no}】{piece}的維修費為{_yen(amount)}。{until}"


def rejected(no: str, piece: str, reasons: Sequence[str]) -> str:
    return (
        f"【估價 {no}】很抱歉，無法收購{piece}。原因：{'、'.join(reasons)}。"
        "您可選擇免費退回、報廢或介紹其他專門店，請告訴我們您的選擇。"
    )


def accepted(no: str, piece: str, price: int, paid: str) -> str:
    return f"【成交 {no}】{piece}以{_yen(price)}售予本店。{paid}"


def repair_accepted(no: str, piece: str, amount: int) -> str:
    return f"【維修 {no}】已以{_yen(amount)}受理{piece}的維修，完成後通知您。"


def declined(no: str, piece: str, *, is_consigned: bool) -> str:
    after = "接著為您說明寄賣。" if is_consigned else "將免費退回。"
    return f"【婉拒 {no}】已了解您不出售{piece}。{after}"


def countered(no: str, piece: str, wanted: int) -> str:
    return f"【希望價 {no}】已收到您對{piece}的希望價{_yen(wanted)}，專人研議後回覆您。"


def return_begun(no: str, piece: str) -> str:
    return f"【退回準備 {no}】{piece}將免費退回，1個營業日內寄出並告知追蹤號碼。"


def repaired(no: str, piece: str) -> str:
    return f"【維修完成 {no}】{piece}已維修完成，正在準備送還。"


def pays(*, bank: int, is_cash: bool, pay_on: date | None, credit: int, offset: int) -> str:
    told = []
    if bank and is_cash:
        told.append(f"現金{_yen(bank)}於門市交付")
    elif bank:
        told.append(f"{_yen(bank)}於{_day(pay_on)}匯款" if pay_on else f"匯款{_yen(bank)}")
    if credit:
        told.append(f"購物金{_yen(credit)}")
    if offset:
        told.append(f"{_yen(offset)}抵用於您的購物")
    return f"{'、'.join(told)}。" if told else ""


def pay_waits() -> str:
    return "完成身分確認後付款，付款日確定後通知您。"


def pay_scheduled(no: str, paid: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{piece}：{how}" for piece, how in paid)
    return f"【付款預定 {no}】付款日已確定。\n{told}"


def paid(no: str, piece: str, amount: int, reference: str | None) -> str:
    ref = f"（查詢號碼 {reference}）" if reference else ""
    return f"【付款完成 {no}】已支付{piece}的款項{_yen(amount)}。{ref}"


def piece_compensated(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"【致歉與補償 {no}】非常抱歉，{piece}已無法歸還。本店將補償{_yen(amount)}，"
        f"預計於{_day(pay_on)}支付。專人會詳細說明。"
    )


def goods_awaited(no: str, pieces: int, until: date) -> str:
    return (
        f"【商品提醒 {no}】您申請的{pieces}件商品尚未送達，我們會等到{_day(until)}。"
        "取消免費，請隨時告訴我們。"
    )


def papers_awaited(no: str, until: date) -> str:
    return (
        f"【身分確認 {no}】付款前需要您的身分確認文件，請在{_day(until)}前傳送。"
        "如有疑問，專人會協助您。"
    )


def goods_given_up(no: str) -> str:
    return f"【申請結束 {no}】因商品未送達，申請已結束，不收取任何費用。歡迎隨時再次洽詢。"


def papers_given_up(no: str, pieces: int) -> str:
    return f"【交易取消 {no}】因未收到身分確認文件，收購已取消。保管的{pieces}件商品將免費退回。"


def payment_delayed(pay_on: date) -> str:
    return f"匯款未能完成，非常抱歉。確認帳戶後將於{_day(pay_on)}再次匯款。"


def payment_moved(pay_on: date) -> str:
    return f"匯款日改為{_day(pay_on)}，晚於先前約定的日期，非常抱歉。"


def return_shipping(no: str, tracking_no: str, pieces: int, fee: int) -> str:
    cost = f"運費為{_yen(fee)}。" if fee else "免運費。"
    return f"【退回 {no}】已寄出{pieces}件商品，追蹤號碼為{tracking_no}。{cost}"


def case_number_corrected(no: str, tracking_no: str) -> str:
    return f"【追蹤號碼更正 {no}】先前通知的追蹤號碼有誤，正確的是{tracking_no}。"


def returned(no: str, pieces: int) -> str:
    return f"【退回完成 {no}】已確認{pieces}件商品送還。謝謝您。"


def referral_proposed(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"對方的參考價為{_yen(indication)}。" if indication else ""
    return (
        f"【介紹提案 {no}】{piece}建議介紹給{partner}。{told}"
        "在您同意之前，不會提供您的資料，也不收介紹費。"
    )


def referred(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"對方的參考價為{_yen(indication)}。" if indication else ""
    return f"【介紹 {no}】已將{piece}介紹給{partner}。{told}不收介紹費。"


def rescinded(no: str, pieces: int, owed_back: int) -> str:
    back = f"您已收的{_yen(owed_back)}，專人會說明退還方式。" if owed_back else ""
    return f"【解除合約 {no}】已受理{pieces}件的解除，免違約金與運費退回商品。{back}"


def claim_ended(no: str, amount: int, left: int) -> str:
    rest = f"您只需退還{_yen(left)}。" if left else "您無需退還款項。"
    return f"【解除合約 {no}】本店的{_yen(amount)}匯款並未完成。{rest}與先前的說明不同，非常抱歉。"


def offer_reminder(no: str, piece: str, amount: int, through: date, days: int) -> str:
    return (
        f"【正式估價 {no}】{piece}的收購價{_yen(amount)}有效至{_day(through)}（{_left(days)}）。"
        "若未回覆將免費退回。"
    )


def offer_expired(no: str, piece: str) -> str:
    return f"【正式估價 {no}】{piece}的收購價已過期，並未成交。商品將免費退回，也可重新估價。"


def delayed(no: str, by: datetime) -> str:
    return f"【致歉 {no}】手續較預定延遲，非常抱歉。將於{_at(by)}前再次告知情況。"


def consignment_proposed(no: str, piece: str, list_price: int, guarantee: int | None) -> str:
    return (
        f"【寄賣提案 {no}】提議以{_yen(list_price)}（含稅）販售{piece}，期間180天。"
        f"{_guaranteed(guarantee)}在您同意之前不會開始。"
    )


def consignment_taken_back(no: str, piece: str, *, is_replaced: bool) -> str:
    if is_replaced:
        return f"【寄賣提案更換 {no}】{piece}的這項提案已撤回並更換為新內容，請查看新的提案。"
    return f"【寄賣提案撤回 {no}】{piece}的這項提案已撤回，不會成立合約。"


def consignment_agreed(no: str, piece: str) -> str:
    return f"【寄賣 {no}】已受理{piece}的寄賣，自收到商品之日起開始。"


def consignment_active(no: str, piece: str, last_day: date, guarantee: int | None) -> str:
    return f"【寄賣開始 {no}】{piece}的寄賣已開始，期間至{_day(last_day)}。{_guaranteed(guarantee)}"


def price_proposed(piece: str, price: int, payout: int, rate_bps: int) -> str:
    return (
        f"提議將{piece}的售價改為{_yen(price)}（含稅）。以此價售出時您可得{_yen(payout)}"
        f"（{_rate(rate_bps)}）。未經您同意價格不會變動。"
    )


def price_changed(no: str, piece: str, price: int) -> str:
    return f"【價格變更 {no}】依您的同意，{piece}的售價現為{_yen(price)}（含稅）。"


def price_drop_blocked(no: str, piece: str, candidate: int, guarantee: int | None) -> str:
    floor = f"保證收購價{_yen(guarantee)}" if guarantee else "保證收購價"
    return (
        f"【價格 {no}】因您的可得金額將低於{floor}，未將{piece}降價至{_yen(candidate)}。"
        "價格維持不變；如有其他希望請告訴專人。"
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
    day = f"付款日：{_day(pay_on)}" if pay_on else "付款日：買方退貨期間之後，送達後告知日期。"
    return (
        f"【售出通知 {no}】{piece}已售出。\n售價：{_yen(price)}（含稅）\n您的比率："
        f"{_rate(rate_bps)}\n"
        f"手續費：{_yen(commission)}（其中消費稅{_yen(tax)}）\n您可得：{_yen(payout)}\n{day}"
    )


def consignment_payout_dated(no: str, piece: str, pay_on: date) -> str:
    return f"【付款日 {no}】{piece}已送達買方。退貨期間過後，將於{_day(pay_on)}確定並付款。"


def consignment_payable(no: str, piece: str, amount: int, pay_on: date | None) -> str:
    day = f"將於{_day(pay_on)}付款。" if pay_on else ""
    return f"【付款確定 {no}】{piece}的款項{_yen(amount)}已確定。{day}"


def consignment_paid(no: str, piece: str, amount: int, *, is_credit: bool) -> str:
    how = "已存入購物金" if is_credit else "已支付"
    return f"【付款完成 {no}】{piece}的款項{_yen(amount)}{how}。"


def consignment_sale_undone(no: str, piece: str) -> str:
    return f"【售出取消 {no}】{piece}因買方取消而退回，寄賣依原條件繼續。"


def withdrawal_waits(no: str, piece: str) -> str:
    return f"【退回 {no}】{piece}目前洽談中。若未成交將免費退回，結果將在此通知您。"


def consignment_returning(no: str, piece: str) -> str:
    return f"【退回 {no}】{piece}將免費退回，1個營業日內寄出，並可觀看保管期間的狀態影片。"


def consignment_sent_home(no: str, piece: str, carrier: str, tracking_no: str) -> str:
    return f"【寄回 {no}】{piece}已由{carrier}免費寄回，追蹤號碼為{tracking_no}。"


def consignment_returned(no: str, piece: str) -> str:
    return f"【退回完成 {no}】已確認{piece}送還。謝謝您。"


def consignment_compensated(no: str, piece: str, amount: int) -> str:
    return (
        f"【致歉與補償 {no}】針對保管中的{piece}，"
        f"本店將補償{_yen(amount)}。非常抱歉，專人會詳細說明。"
    )


def consignment_term_reminder(piece: str, last_day: date, days: int, guarantee: int | None) -> str:
    return (
        f"{piece}的寄賣期間至{_day(last_day)}（{_left(days)}）。{_guaranteed(guarantee)}"
        "請選擇延長、賣給本店或退回。即使未回覆也絕不會報廢。"
    )


def consignment_term_ended(piece: str, back_from: date | None) -> str:
    back = f"若未回覆，將於{_day(back_from)}免費退回。" if back_from else ""
    return f"{piece}的寄賣期間已結束。請選擇延長、重新估價或退回。{back}"


def guarantee_converted(no: str, piece: str, amount: int, pay_on: date) -> str:
    return f"【保證收購 {no}】已以{_yen(amount)}收購{piece}，將於{_day(pay_on)}付款。"


def guarantee_parked(no: str, piece: str) -> str:
    return f"【保證收購 {no}】{piece}目前洽談中。若未成交，即使期間已過仍以保證價收購。"


def guarantee_refused(no: str, piece: str, *, is_over: bool) -> str:
    why = "寄賣期間已結束" if is_over else "商品目前的狀況"
    return f"【保證收購 {no}】因{why}，無法以保證價收購{piece}。專人會為您說明。"


def order_confirmed(no: str, total: int, delivery: str, place: str | None) -> str:
    after = {
        "ship": "1個營業日內寄出並告知追蹤號碼。",
        "collect": f"準備好後通知您。{f'領取地點：{place}' if place else ''}",
    }.get(delivery, "感謝您的購買。")
    return f"【訂單 {no}】已確認{_yen(total)}（含稅）的付款。{after}"


def order_packed(no: str) -> str:
    return f"【訂單 {no}】已包裝完成，即將寄出。"


def order_ready_to_collect(no: str, place: str | None) -> str:
    where = f"於{place}" if place else ""
    return f"【訂單 {no}】商品已準備好，{where}恭候您的光臨。"


def order_shipped(no: str, carrier: str, tracking_no: str) -> str:
    return f"【寄出 {no}】已由{carrier}寄出，追蹤號碼為{tracking_no}。"


def tracking_corrected(no: str, carrier: str, tracking_no: str) -> str:
    return f"【追蹤號碼更正 {no}】先前通知的追蹤號碼有誤，正確的是{carrier} {tracking_no}。"


def order_delivered(no: str, last_return_day: date | None) -> str:
    back = f"退貨受理至{_day(last_return_day)}。" if last_return_day else ""
    return f"【送達 {no}】商品已送達。{back}有任何問題請隨時告訴我們。"


def order_cancelled(no: str, to_credit: int, to_other: int) -> str:
    told = [f"購物金{_yen(to_credit)}"] if to_credit else []
    told += [f"原付款方式{_yen(to_other)}"] if to_other else []
    back = f"退還{'、'.join(told)}。" if told else ""
    return f"【取消 {no}】訂單已取消。{back}"


def order_undelivered(no: str, piece: str, to_credit: int, to_other: int) -> str:
    told = [f"購物金{_yen(to_credit)}"] if to_credit else []
    told += [f"原付款方式{_yen(to_other)}"] if to_other else []
    back = f"退還{'、'.join(told)}。" if told else ""
    return f"【致歉 {no}】您訂購的{piece}已無法交付，非常抱歉。{back}"


def order_lapsed(no: str) -> str:
    return f"【訂單 {no}】因已過付款期限，訂單已取消。"


def exchange_over(no: str, return_no: str) -> str:
    return (
        f"【換貨 {return_no}】為您保留的商品（訂單{no}）已不再保留，將改以退貨處理。"
        "確認您寄回的商品後，款項將依原付款方式退回。"
    )


def return_accepted(no: str, return_no: str, *, is_exchange: bool) -> str:
    what = "換貨" if is_exchange else "退貨"
    return f"【{what} {return_no}】已受理訂單{no}的{what}，將告知寄回方式。"


def return_label_sent(return_no: str, carrier: str, tracking_no: str) -> str:
    return f"【退貨 {return_no}】已寄出退貨用託運單：{carrier}，追蹤號碼{tracking_no}。"


def return_underway(no: str, return_no: str) -> str:
    return f"【退貨 {return_no}】已確認您寄回商品，送達後通知您。"


def return_received(no: str, return_no: str) -> str:
    return f"【退貨 {return_no}】商品已送達，確認狀態後通知退款。"


def return_looked_at(no: str, return_no: str) -> str:
    return f"【退貨 {return_no}】專人正在確認商品狀態，結果將在此通知您。"


def return_refused(no: str, return_no: str) -> str:
    return f"【退貨 {return_no}】很抱歉，商品與寄出時的紀錄不符，無法受理退貨。專人會說明原因。"


def return_refunded(no: str, return_no: str, *, to_credit: int, to_other: int, bonus: int) -> str:
    lines = []
    if to_other:
        lines.append(f"原付款方式：{_yen(to_other)}")
    if to_credit:
        lines.append(f"購物金：{_yen(to_credit)}")
    if bonus:
        lines.append(f"其中加贈：{_yen(bonus)}")
    return "\n".join([f"【退款 {return_no}】訂單{no}的退款已確定。", *lines])


def dispute_answered(piece: str, outcome: str, words: str, return_no: str | None) -> str:
    found = {
        "differs": "確認與購買時的紀錄有所不同。",
        "as_recorded": "確認與購買時的紀錄一致。",
        "unclear": "從本店的紀錄無法判斷。",
        "withdrawn": "已受理您撤回反映。",
    }[outcome]
    back = f"將以退貨({return_no})辦理。" if return_no else ""
    return f"【對您反映的答覆】關於{piece}，{found}\n{words}\n{back}".rstrip()


def follow_up_thanks(piece: str) -> str:
    return f"感謝您日前選購{piece}。使用上還滿意嗎？有任何問題請直接在此告訴我們。"


def follow_up_care(piece: str, category: str) -> str:
    return f"{piece}的保養說明。{_CARE.get(category, '')}歡迎隨時諮詢。"


def follow_up_value(piece: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return f"您選購{piece}已滿一年。可為您查詢目前的收購參考價，請輸入「估價」。"
    return (
        f"您選購{piece}已滿一年。依同型號近期成交，"
        f"目前的收購參考價（初步估價）為{_yen(low)}〜{_yen(high)}。"
        "會因狀態與配件而異，正式金額以正式估價為準。"
    )


def _held(held: int) -> str:
    return f"目前餘額為{_yen(held)}。"


def _through(through: date | None) -> str:
    return f"有效至{_day(through)}。" if through else "無使用期限。"


def credit_issued(lots: Sequence[tuple[int, date | None]], held: int) -> str:
    told = "".join(f"\n・{_yen(amount)} {_through(through)}" for amount, through in lots)
    return f"已發給購物金。{told}\n{_held(held)}"


def credit_used(amount: int, held: int) -> str:
    return f"已使用購物金{_yen(amount)}。{_held(held)}"


def credit_returned(amount: int, held: int) -> str:
    return f"已退回購物金{_yen(amount)}。{_held(held)}"


def credit_goodwill(amount: int, through: date | None, held: int) -> str:
    return f"為表歉意與感謝，已發給購物金{_yen(amount)}。{_through(through)}{_held(held)}"


def credit_extended(amount: int, through: date) -> str:
    return f"購物金{_yen(amount)}的期限已延長至{_day(through)}。"


def credit_adjusted(held: int) -> str:
    return f"購物金餘額已更正。{_held(held)}"


def credit_giving_up(to_pay: int, offset: int) -> str:
    less = f"扣除您尚欠的{_yen(offset)}後，" if offset else ""
    paid = f"將向您轉帳{_yen(to_pay)}" if to_pay else "沒有需要支付的餘額"
    return (
        f"本店將停止購物金服務，退還有償部分{_yen(to_pay + offset)}。{less}{paid}。"
        "您同意後，有償部分的購物金即失效。在您答覆之前，餘額保持不變。"
    )


def credit_discontinued(amount: int, offset: int) -> str:
    if not amount:
        return f"購物金的有償部分已與應付款{_yen(offset)}相抵。"
    less = f"已扣除應付款{_yen(offset)}。" if offset else ""
    return f"作為購物金有償部分的退款，將向您轉帳{_yen(amount)}。{less}"


def credit_paid_out(amount: int, reference: str | None) -> str:
    ref = f"(查詢編號 {reference})" if reference else ""
    return f"購物金的退款{_yen(amount)}已支付。{ref}"


def credit_reversed(taken: int, owed: int) -> str:
    more = f"不足的{_yen(owed)}由專人說明。" if owed else ""
    return f"因交易取消，已收回購物金{_yen(taken)}。{more}"


def credit_settled(amount: int, owed: int) -> str:
    return f"已確認收到您支付的{_yen(amount)}。{_still_owed(owed)}"


def credit_forgiven(amount: int, owed: int) -> str:
    return f"應付款中的{_yen(amount)}無需再支付。{_still_owed(owed)}"


def _still_owed(owed: int) -> str:
    return f"尚餘{_yen(owed)}未付。" if owed else "已無未付款項。"


def credit_expiring(amount: int, through: date, days: int) -> str:
    return f"購物金{_yen(amount)}有效至{_day(through)}（{_left(days)}）。"


def within_reach() -> str:
    return "為您挑選了餘額可購買的商品。"


def watched_price(piece: str, price: int) -> str:
    return f"您關注的{piece}價格已變為{_yen(price)}（含稅）。"


def watched_sold(piece: str) -> str:
    return f"您關注的{piece}已售出。也可為您尋找類似商品。"


def watched_film(piece: str) -> str:
    return f"為您送上您關注的{piece}的新影片。"


def wish_found(piece: str, price: int | None) -> str:
    told = f"價格為{_yen(price)}（含稅）。" if price else ""
    return f"符合您所尋找的商品到店了：{piece}。{told}"


def checkpoint(on: date, leaves: int) -> str:
    return (
        f"這是{_day(on)}證據紀錄的檢查點（{leaves:,}筆紀錄）。請原樣保存下一則訊息，"
        "日後可用它確認紀錄未被改寫。"
    )


def button_extend() -> str:
    return "延長"


def button_convert() -> str:
    return "賣給本店"


def button_return() -> str:
    return "退回給我"


def button_yes() -> str:
    return "同意"


def button_no() -> str:
    return "不變更"


def button_choose() -> str:
    return "查看並選擇"


def button_stop() -> str:
    return "停止此類通知"


def stop_hint(*, is_credit: bool) -> str:
    if is_credit:
        return "若要停止購物金提醒，請按下方的「停止此類通知」。"
    return "若要停止此類通知，請傳送「停止通知」。"
