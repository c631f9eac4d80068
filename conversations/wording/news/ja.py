"""お知らせの文言: what the shop says first, in Japanese."""

from collections.abc import Sequence
from datetime import date, datetime

from catalog.ground.calendar import TOKYO

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_CHANNELS = {"mail_in": "宅配", "home_visit": "出張", "store_drop": "店頭へのお持ち込み"}
_CARE = {
    "watch": "強い磁気(スマートフォンやスピーカー)を避け、汗は乾いた布でお拭き取りください。",
    "diamond": (
        "お手入れは、中性洗剤を薄めたぬるま湯と柔らかい布をお使いください。"
        "石のゆるみにお気づきのときはお知らせください。"
    ),
    "bag": "直射日光と湿気を避け、詰め物をして不織布の袋で保管なさってください。",
    "apparel": "着用後はブラシで埃を払い、防虫剤とともに風通しのよい所で保管なさってください。",
}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def _at(at: datetime) -> str:
    local = at.astimezone(TOKYO)
    return f"{local.month}月{local.day}日({_WEEKDAYS[local.weekday()]}) {local:%H:%M}"


def _rate(bps: int) -> str:
    return f"{bps / 100:g}%"


def _guaranteed(guarantee: int | None) -> str:
    return (
        f"期間中はいつでも、買取保証額{_yen(guarantee)}でお売りいただけます。" if guarantee else ""
    )


def pieces(count: int) -> str:
    return f"{count}点"


def inquiry(no: str, pieces: int) -> str:
    return f"【受付 {no}】{pieces}点のご相談を承りました。査定の結果は、こちらでお知らせします。"


def quoted(no: str, piece: str, low: int, high: int, through: date) -> str:
    return (
        f"【仮査定 {no}】{piece}の買取の目安は{_yen(low)}〜{_yen(high)}です。"
        f"有効期限は{_day(through)}です。正式な金額は、実物を拝見して1つの金額でご提示します。"
    )


def no_offer(no: str, piece: str) -> str:
    return (
        f"【査定 {no}】{piece}は、恐れ入りますが当店では買取のご提示ができませんでした。"
        "ほかの専門店のご紹介もできます。ご希望でしたら担当者へお申し付けください。"
    )


def quote_expired(no: str, piece: str) -> str:
    return f"【仮査定 {no}】{piece}の目安の有効期限が過ぎました。いつでも査定し直します。"


def submitted(no: str, channel: str, pieces: int, kit_by: datetime | None, *, is_free: bool) -> str:
    kit = f"梱包キットを{_at(kit_by)}までに発送します。" if kit_by else ""
    free = "送料・返送料・キャンセル料・振込手数料はいただきません。" if is_free else ""
    return (
        f"【お申し込み {no}】{_CHANNELS.get(channel, channel)}で{pieces}点を承りました。{kit}{free}"
    )


def channel_changed(no: str, channel: str) -> str:
    return f"【お申し込み {no}】お渡しの方法を{_CHANNELS.get(channel, channel)}に変更しました。"


def kit_sent(no: str, tracking_no: str) -> str:
    return f"【キット発送 {no}】梱包キットを発送しました。追跡番号は{tracking_no}です。"


def in_transit(no: str, tracking_no: str) -> str:
    return (
        f"【輸送中 {no}】お品物のご発送を確認しました。追跡番号は{tracking_no}です。"
        "到着しましたら、すぐにお知らせします。"
    )


def arrived(no: str, pieces: int, *, is_sealed: bool | None) -> str:
    seal = (
        "封印に異常はございませんでした。" if is_sealed else "封印の状態を担当者が確認しています。"
    )
    told = seal if is_sealed is not None else ""
    return (
        f"【到着 {no}】{pieces}点のお品物が到着しました。{told}"
        "査定の結果は、1営業日以内にお知らせします。"
    )


def withdrawn(no: str, pieces: int, fee: int) -> str:
    told = f"手数料は{_yen(fee)}です。" if fee else "手数料はいただきません。"
    return f"【お取りやめ {no}】{pieces}点のお申し込みのお取りやめを承りました。{told}"


def offered(no: str, piece: str, amount: int, as_credit: int, through: date | None) -> str:
    until = f"有効期限は{_day(through)}です。" if through else ""
    more = (
        f"ストアクレジットでのお受け取りなら{_yen(as_credit)}です。" if as_credit > amount else ""
    )
    return (
        f"【本査定 {no}】{piece}の買取金額は{_yen(amount)}です。{more}{until}"
        "お返事がない場合に成立することはございません。お断りの場合は無料でお返しします。"
    )


def offered_below(below: int, reasons: Sequence[str]) -> str:
    return f"仮査定の下限より{_yen(below)}低い金額です。理由: {'、'.join(reasons)}"


def repair_offered(no: str, piece: str, amount: int, through: date | None) -> str:
    until = f"有効期限は{_day(through)}です。" if through else ""
    return f"【修理のお見積もり {no}】{piece}の修理代金は{_yen(amount)}です。{until}"


def rejected(no: str, piece: str, reasons: Sequence[str]) -> str:
    return (
        f"【査定 {no}】{piece}は、恐れ入りますが買取ができませんでした。理由: "
        f"{'、'.join(reasons)}。"
        "無料でのご返送、処分、ほかの専門店のご紹介からお選びいただけます。ご希望をお書きください。"
    )


def accepted(no: str, piece: str, price: int, paid: str) -> str:
    return f"【ご成約 {no}】{piece}を{_yen(price)}でお売りいただきました。{paid}"


def repair_accepted(no: str, piece: str, amount: int) -> str:
    return (
        f"【修理 {no}】{piece}の修理を{_yen(amount)}で承りました。仕上がりましたらお知らせします。"
    )


def declined(no: str, piece: str, *, is_consigned: bool) -> str:
    after = "委託販売のご案内へ進みます。" if is_consigned else "無料でお返しします。"
    return f"【お断り {no}】{piece}は買取をなさらないと承りました。{after}"


def countered(no: str, piece: str, wanted: int) -> str:
    return (
        f"【ご希望額 {no}】{piece}のご希望額{_yen(wanted)}を承りました。"
        "担当者が検討し、お返事いたします。"
    )


def return_begun(no: str, piece: str) -> str:
    return (
        f"【ご返送準備 {no}】{piece}を無料でお返しします。1営業日以内に発送し、"
        "番号をお知らせします。"
    )


def repaired(no: str, piece: str) -> str:
    return f"【修理完了 {no}】{piece}の修理が終わりました。お返しの準備をしています。"


def pays(*, bank: int, is_cash: bool, pay_on: date | None, credit: int, offset: int) -> str:
    told = []
    if bank and is_cash:
        told.append(f"現金{_yen(bank)}を店頭でお渡しします")
    elif bank:
        told.append(f"{_yen(bank)}を{_day(pay_on)}にお振り込みします" if pay_on else _yen(bank))
    if credit:
        told.append(f"ストアクレジット{_yen(credit)}をお付けします")
    if offset:
        told.append(f"{_yen(offset)}をお買い物に充てます")
    return f"{'、'.join(told)}。" if told else ""


def pay_waits() -> str:
    return "ご本人確認が済みしだいお支払いします。お支払い日は、決まりましたらお知らせします。"


def pay_scheduled(no: str, paid: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{piece}: {how}" for piece, how in paid)
    return f"【お支払い予定 {no}】お支払いの日が決まりました。\n{told}"


def paid(no: str, piece: str, amount: int, reference: str | None) -> str:
    ref = f"(照会番号 {reference})" if reference else ""
    return f"【お支払い完了 {no}】{piece}の代金{_yen(amount)}をお支払いしました。{ref}"


def piece_compensated(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"【お詫びと補償 {no}】お品物（{piece}）をお返しできなくなりました。"
        f"誠に申し訳ございません。{_yen(amount)}を補償し、{_day(pay_on)}にお支払いする予定です。"
        "担当者が詳しくご説明します。"
    )


def goods_awaited(no: str, pieces: int, until: date) -> str:
    return (
        f"【お品物のご案内 {no}】お申し込みの{pieces}点がまだ届いておりません。"
        f"{_day(until)}までお待ちします。お取りやめは無料ですので、いつでもお知らせください。"
    )


def papers_awaited(no: str, until: date) -> str:
    return (
        f"【ご本人確認のお願い {no}】お支払いには、ご本人確認の書類が必要です。"
        f"{_day(until)}までにお送りください。ご不明な点は担当者がご案内します。"
    )


def goods_given_up(no: str) -> str:
    return (
        f"【お申し込みの終了 {no}】お品物が届かなかったため、お申し込みを終了しました。"
        "費用はかかりません。またいつでもご相談ください。"
    )


def papers_given_up(no: str, pieces: int) -> str:
    return (
        f"【お取引の取り消し {no}】ご本人確認の書類が届かなかったため、買取を取り消しました。"
        f"お預かりの{pieces}点は無料でお返しします。"
    )


def payment_delayed(pay_on: date) -> str:
    return (
        "お振り込みが完了できませんでした。口座を確認のうえ、"
        f"{_day(pay_on)}に改めてお振り込みします。"
        "ご心配をおかけし申し訳ございません。"
    )


def payment_moved(pay_on: date) -> str:
    return (
        f"お振り込みの日が{_day(pay_on)}になりました。"
        "お約束の日より遅くなり、誠に申し訳ございません。"
    )


def return_shipping(no: str, tracking_no: str, pieces: int, fee: int) -> str:
    cost = f"送料は{_yen(fee)}です。" if fee else "送料はいただきません。"
    return f"【ご返送 {no}】{pieces}点のお品物を発送しました。追跡番号は{tracking_no}です。{cost}"


def case_number_corrected(no: str, tracking_no: str) -> str:
    return f"【追跡番号の訂正 {no}】先ほどの追跡番号に誤りがありました。正しくは{tracking_no}です。"


def returned(no: str, pieces: int) -> str:
    return f"【ご返却完了 {no}】{pieces}点のお品物のお渡しを確認しました。ありがとうございました。"


def referral_proposed(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"先方の目安は{_yen(indication)}です。" if indication else ""
    return (
        f"【ご紹介のご提案 {no}】{piece}は、{partner}へのご紹介をご提案いたします。{told}"
        "ご同意いただくまで、お客様の情報はお伝えしません。紹介料はいただきません。"
    )


def referred(no: str, piece: str, partner: str, indication: int | None) -> str:
    told = f"先方の目安は{_yen(indication)}です。" if indication else ""
    return f"【ご紹介 {no}】{piece}を{partner}へご紹介しました。{told}紹介料はいただきません。"


def rescinded(no: str, pieces: int, owed_back: int) -> str:
    back = f"お受け取りの{_yen(owed_back)}のご返金方法は担当者がご案内します。" if owed_back else ""
    return (
        f"【クーリング・オフ {no}】{pieces}点の売却の取り消しを承りました。"
        f"違約金も送料もいただかず、お品物をお返しします。{back}"
    )


def claim_ended(no: str, amount: int, left: int) -> str:
    rest = f"ご返金いただくのは{_yen(left)}です。" if left else "ご返金は必要ございません。"
    return (
        f"【クーリング・オフ {no}】当店からの{_yen(amount)}のお振り込みは、"
        f"完了していないことが分かりました。{rest}"
        "先のご案内と異なり、申し訳ございません。"
    )


def offer_reminder(no: str, piece: str, amount: int, through: date, days: int) -> str:
    left = f"あと{days}日" if days else "本日まで"
    return (
        f"【本査定 {no}】{piece}の買取金額{_yen(amount)}の有効期限は{_day(through)}({left})です。"
        "お返事がない場合は、無料でお返しします。"
    )


def offer_expired(no: str, piece: str) -> str:
    return (
        f"【本査定 {no}】{piece}の買取金額の有効期限が過ぎました。成立はしておりません。"
        "お品物は無料でお返しします。改めての査定も承ります。"
    )


def delayed(no: str, by: datetime) -> str:
    return (
        f"【お詫び {no}】お手続きが予定より遅れております。申し訳ございません。"
        f"{_at(by)}までに、改めて状況をお知らせします。"
    )


def consignment_proposed(no: str, piece: str, list_price: int, guarantee: int | None) -> str:
    return (
        f"【委託のご提案 {no}】{piece}を{_yen(list_price)}(税込)で販売するご提案です。"
        f"期間は180日です。{_guaranteed(guarantee)}ご承諾いただくまで何も始まりません。"
    )


def consignment_taken_back(no: str, piece: str, *, is_replaced: bool) -> str:
    if is_replaced:
        return (
            f"【委託のご提案の差し替え {no}】{piece}のこのご提案は取り下げ、"
            "新しい内容に差し替えました。新しいご提案をご覧ください。"
        )
    return (
        f"【委託のご提案の取り下げ {no}】{piece}のこのご提案は取り下げました。"
        "ご契約にはなりません。"
    )


def consignment_agreed(no: str, piece: str) -> str:
    return f"【委託 {no}】{piece}の委託を承りました。お品物をお預かりした日から始まります。"


def consignment_active(no: str, piece: str, last_day: date, guarantee: int | None) -> str:
    return (
        f"【委託開始 {no}】{piece}の委託を開始しました。期間は{_day(last_day)}までです。"
        f"{_guaranteed(guarantee)}"
    )


def price_proposed(piece: str, price: int, payout: int, rate_bps: int) -> str:
    return (
        f"{piece}の販売価格を{_yen(price)}(税込)に変更するご提案です。この価格で売れた場合の"
        f"お受取額は{_yen(payout)}({_rate(rate_bps)})です。ご承諾いただくまで価格は変わりません。"
    )


def price_changed(no: str, piece: str, price: int) -> str:
    return (
        f"【価格変更 {no}】{piece}の販売価格が、"
        f"ご同意の内容に沿って{_yen(price)}(税込)になりました。"
    )


def price_drop_blocked(no: str, piece: str, candidate: int, guarantee: int | None) -> str:
    floor = f"買取保証額{_yen(guarantee)}" if guarantee else "買取保証額"
    return (
        f"【価格 {no}】{piece}の予定の値下げ({_yen(candidate)})は、お受取額が{floor}を下回るため"
        "行いませんでした。価格はそのままです。ご希望がございましたら担当者へお申し付けください。"
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
    day = (
        f"お支払い日: {_day(pay_on)}"
        if pay_on
        else "お支払い日: お買い上げの方の返品期間の後。お届けが済みしだい日付をお知らせします。"
    )
    return (
        f"【売却のお知らせ {no}】{piece}が売れました。\n販売価格: {_yen(price)}(税込)\n"
        f"お受取率: {_rate(rate_bps)}\n手数料: {_yen(commission)}(うち消費税{_yen(tax)})\n"
        f"お受取額: {_yen(payout)}\n{day}"
    )


def consignment_payout_dated(no: str, piece: str, pay_on: date) -> str:
    return (
        f"【お支払い日 {no}】{piece}がお届け先に着きました。返品期間が無事に過ぎましたら、"
        f"{_day(pay_on)}に確定し、お支払いします。"
    )


def consignment_payable(no: str, piece: str, amount: int, pay_on: date | None) -> str:
    day = f"{_day(pay_on)}に" if pay_on else ""
    return f"【お支払い確定 {no}】{piece}の代金{_yen(amount)}が確定しました。{day}お支払いします。"


def consignment_paid(no: str, piece: str, amount: int, *, is_credit: bool) -> str:
    how = "ストアクレジットでお付けしました" if is_credit else "お支払いしました"
    return f"【お支払い完了 {no}】{piece}の代金{_yen(amount)}を{how}。"


def consignment_sale_undone(no: str, piece: str) -> str:
    return (
        f"【売却の取り消し {no}】{piece}は、お買い上げの取り消しにより戻ってまいりました。"
        "委託は元の条件のまま続きます。"
    )


def withdrawal_waits(no: str, piece: str) -> str:
    return (
        f"【ご返却 {no}】{piece}はただいまご商談中です。成立しなかった場合に、無料でお返しします。"
        "結果はこちらでお知らせします。"
    )


def consignment_returning(no: str, piece: str) -> str:
    return (
        f"【ご返却 {no}】{piece}を無料でお返しします。1営業日以内に発送し、"
        "お預かり中の状態の動画もご覧いただけます。"
    )


def consignment_sent_home(no: str, piece: str, carrier: str, tracking_no: str) -> str:
    return (
        f"【ご返送 {no}】{piece}を{carrier}で発送しました。送料は当店が負担します。"
        f"追跡番号は{tracking_no}です。"
    )


def consignment_returned(no: str, piece: str) -> str:
    return f"【ご返却完了 {no}】{piece}のお渡しを確認しました。ありがとうございました。"


def consignment_compensated(no: str, piece: str, amount: int) -> str:
    return (
        f"【お詫びとお支払い {no}】お預かりしていた{piece}につきまして、"
        f"{_yen(amount)}を補償いたします。"
        "誠に申し訳ございません。担当者が詳しくご説明します。"
    )


def consignment_term_reminder(piece: str, last_day: date, days: int, guarantee: int | None) -> str:
    left = f"あと{days}日" if days else "本日まで"
    return (
        f"{piece}の委託期間は{_day(last_day)}まで({left})です。{_guaranteed(guarantee)}"
        "延長・買取・ご返却からお選びください。お返事がない場合も、処分することはございません。"
    )


def consignment_term_ended(piece: str, back_from: date | None) -> str:
    back = f"お返事がない場合は、{_day(back_from)}に無料でお返しします。" if back_from else ""
    return f"{piece}の委託期間が終わりました。延長、買取の再査定、ご返却からお選びください。{back}"


def guarantee_converted(no: str, piece: str, amount: int, pay_on: date) -> str:
    return (
        f"【買取保証 {no}】{piece}を{_yen(amount)}で買い取りました。"
        f"{_day(pay_on)}にお支払いします。"
    )


def guarantee_parked(no: str, piece: str) -> str:
    return (
        f"【買取保証 {no}】{piece}はただいまご商談中です。成立しなかった場合は、期間が過ぎていても"
        "保証額で買い取ります。"
    )


def guarantee_refused(no: str, piece: str, *, is_over: bool) -> str:
    why = "委託期間が終わっているため" if is_over else "ただいまの状況では"
    return (
        f"【買取保証 {no}】{piece}は、{why}保証額での買取を承れませんでした。担当者がご案内します。"
    )


def order_confirmed(no: str, total: int, delivery: str, place: str | None) -> str:
    after = {
        "ship": "1営業日以内に発送し、追跡番号をお知らせします。",
        "collect": (
            f"お渡しの準備ができましたらお知らせします。{f'お渡し場所: {place}' if place else ''}"
        ),
    }.get(delivery, "お買い上げありがとうございます。")
    return f"【ご注文 {no}】{_yen(total)}(税込)のお支払いを確認しました。{after}"


def order_packed(no: str) -> str:
    return f"【ご注文 {no}】梱包が済みました。まもなく発送します。"


def order_ready_to_collect(no: str, place: str | None) -> str:
    where = f"{place}で" if place else ""
    return f"【ご注文 {no}】お渡しの準備ができました。{where}お待ちしております。"


def order_shipped(no: str, carrier: str, tracking_no: str) -> str:
    return f"【発送 {no}】{carrier}で発送しました。追跡番号は{tracking_no}です。"


def tracking_corrected(no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"【追跡番号の訂正 {no}】先ほどの追跡番号に誤りがありました。"
        f"正しくは{carrier}、{tracking_no}です。"
    )


def order_delivered(no: str, last_return_day: date | None) -> str:
    back = f"返品は{_day(last_return_day)}まで承ります。" if last_return_day else ""
    return (
        f"【お届け完了 {no}】商品をお届けしました。{back}お気づきの点は、いつでもお知らせください。"
    )


def order_cancelled(no: str, to_credit: int, to_other: int) -> str:
    told = [f"ストアクレジットへ{_yen(to_credit)}"] if to_credit else []
    told += [f"お支払い方法へ{_yen(to_other)}"] if to_other else []
    back = f"{'、'.join(told)}をお返しします。" if told else ""
    return f"【キャンセル {no}】ご注文をキャンセルしました。{back}"


def order_undelivered(no: str, piece: str, to_credit: int, to_other: int) -> str:
    told = [f"ストアクレジットへ{_yen(to_credit)}"] if to_credit else []
    told += [f"お支払い方法へ{_yen(to_other)}"] if to_other else []
    back = f"{'、'.join(told)}をお返しします。" if told else ""
    return (
        f"【お詫び {no}】ご注文の{piece}をお渡しできなくなりました。誠に申し訳ございません。{back}"
    )


def order_lapsed(no: str) -> str:
    return f"【ご注文 {no}】お支払いの期限が過ぎたため、ご注文は取り消しとなりました。"


def exchange_over(no: str, return_no: str) -> str:
    return (
        f"【交換 {return_no}】交換のお品物（ご注文{no}）のお取り置きが終わりましたので、"
        "返品として承ります。お返しのお品物を確認のうえ、お支払いいただいた方法でご返金します。"
    )


def return_accepted(no: str, return_no: str, *, is_exchange: bool) -> str:
    what = "交換" if is_exchange else "返品"
    return f"【{what} {return_no}】ご注文{no}の{what}を承りました。返送の方法をご案内します。"


def return_label_sent(return_no: str, carrier: str, tracking_no: str) -> str:
    return (
        f"【返品 {return_no}】返送用の送り状をお送りしました。"
        f"{carrier}、追跡番号は{tracking_no}です。"
    )


def return_underway(no: str, return_no: str) -> str:
    return f"【返品 {return_no}】ご返送を確認しました。到着しましたらお知らせします。"


def return_received(no: str, return_no: str) -> str:
    return f"【返品 {return_no}】お品物が到着しました。状態を確認のうえ、ご返金をお知らせします。"


def return_looked_at(no: str, return_no: str) -> str:
    return (
        f"【返品 {return_no}】お品物の状態を担当者が確認しています。結果はこちらでお知らせします。"
    )


def return_refused(no: str, return_no: str) -> str:
    return (
        f"【返品 {return_no}】恐れ入りますが、発送時の記録と異なるため返品を承れませんでした。"
        "理由は担当者がご説明します。"
    )


def return_refunded(no: str, return_no: str, *, to_credit: int, to_other: int, bonus: int) -> str:
    lines = []
    if to_other:
        lines.append(f"お支払い方法へ: {_yen(to_other)}")
    if to_credit:
        lines.append(f"ストアクレジットへ: {_yen(to_credit)}")
    if bonus:
        lines.append(f"うち特典: {_yen(bonus)}")
    return "\n".join([f"【ご返金 {return_no}】ご注文{no}のご返金が決まりました。", *lines])


def dispute_answered(piece: str, outcome: str, words: str, return_no: str | None) -> str:
    found = {
        "differs": "購入時の記録との違いを確認いたしました。",
        "as_recorded": "購入時の記録のとおりであることを確認いたしました。",
        "unclear": "当店の記録からは判断できませんでした。",
        "withdrawn": "お申し出のお取り下げを承りました。",
    }[outcome]
    back = f"返品({return_no})でお手続きいたします。" if return_no else ""
    return f"【お申し出への回答】{piece}について、{found}\n{words}\n{back}".rstrip()


def follow_up_thanks(piece: str) -> str:
    return (
        f"先日は{piece}をお求めいただきありがとうございました。お使い心地はいかがでしょうか。"
        "お気づきの点がございましたら、このままお書きください。"
    )


def follow_up_care(piece: str, category: str) -> str:
    return f"{piece}のお手入れのご案内です。{_CARE.get(category, '')}ご相談はいつでも承ります。"


def follow_up_value(piece: str, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return (
            f"{piece}をお求めいただいてから1年になります。現在の買取の目安をお調べできます。"
            "ご希望でしたら「買取査定」とお書きください。"
        )
    return (
        f"{piece}をお求めいただいてから1年になります。"
        "同じ型の最近の販売実績による現在の買取の目安(仮)は"
        f"{_yen(low)}〜{_yen(high)}です。状態と付属品により変わり、"
        "正式な金額は実物の査定で決まります。"
    )


def _held(held: int) -> str:
    return f"現在の残高は{_yen(held)}です。"


def _through(through: date | None) -> str:
    return f"有効期限は{_day(through)}です。" if through else "有効期限はございません。"


def credit_issued(lots: Sequence[tuple[int, date | None]], held: int) -> str:
    told = "".join(f"\n・{_yen(amount)} {_through(through)}" for amount, through in lots)
    return f"ストアクレジットをお付けしました。{told}\n{_held(held)}"


def credit_used(amount: int, held: int) -> str:
    return f"ストアクレジット{_yen(amount)}をご利用いただきました。{_held(held)}"


def credit_returned(amount: int, held: int) -> str:
    return f"ストアクレジット{_yen(amount)}をお戻ししました。{_held(held)}"


def credit_goodwill(amount: int, through: date | None, held: int) -> str:
    return (
        f"お詫びと感謝の気持ちとして、ストアクレジット{_yen(amount)}をお付けしました。"
        f"{_through(through)}{_held(held)}"
    )


def credit_extended(amount: int, through: date) -> str:
    return f"ストアクレジット{_yen(amount)}の有効期限を{_day(through)}まで延ばしました。"


def credit_adjusted(held: int) -> str:
    return f"ストアクレジットの残高を訂正しました。{_held(held)}"


def credit_giving_up(to_pay: int, offset: int) -> str:
    less = f"ご請求の残り{_yen(offset)}を差し引き、" if offset else ""
    paid = f"{_yen(to_pay)}をお振り込みします" if to_pay else "お支払いする額はございません"
    return (
        "ストアクレジットのお取り扱いを終えるため、有償分"
        f"{_yen(to_pay + offset)}を払い戻します。{less}{paid}。"
        "ご同意いただくと、有償分のクレジットはなくなります。ご返事があるまで、残高はそのままです。"
    )


def credit_discontinued(amount: int, offset: int) -> str:
    less = f"ご請求の残り{_yen(offset)}は差し引きました。" if offset else ""
    if not amount:
        return f"ストアクレジットの有償分は、ご請求の残り{_yen(offset)}と差し引きました。"
    return f"ストアクレジットの有償分の払い戻しとして、{_yen(amount)}をお振り込みします。{less}"


def credit_paid_out(amount: int, reference: str | None) -> str:
    ref = f"(照会番号 {reference})" if reference else ""
    return f"ストアクレジットの払い戻し{_yen(amount)}をお支払いしました。{ref}"


def credit_reversed(taken: int, owed: int) -> str:
    more = f"不足の{_yen(owed)}は担当者がご案内します。" if owed else ""
    return f"お取引の取り消しにより、ストアクレジット{_yen(taken)}を取り消しました。{more}"


def credit_settled(amount: int, owed: int) -> str:
    return f"{_yen(amount)}のお支払いを確認しました。{_still_owed(owed)}"


def credit_forgiven(amount: int, owed: int) -> str:
    return f"ご請求のうち{_yen(amount)}は、お支払いが不要になりました。{_still_owed(owed)}"


def _still_owed(owed: int) -> str:
    return f"ご請求の残りは{_yen(owed)}です。" if owed else "ご請求の残りはございません。"


def credit_expiring(amount: int, through: date, days: int) -> str:
    left = f"あと{days}日" if days else "本日まで"
    return f"ストアクレジット{_yen(amount)}の有効期限は{_day(through)}({left})です。"


def within_reach() -> str:
    return "残高でお求めいただける商品をお選びしました。"


def watched_price(piece: str, price: int) -> str:
    return f"ご覧になっていた{piece}の価格が{_yen(price)}(税込)に変わりました。"


def watched_sold(piece: str) -> str:
    return f"ご覧になっていた{piece}は売約済みとなりました。似た商品もお探しできます。"


def watched_film(piece: str) -> str:
    return f"ご覧になっていた{piece}の新しい動画をお届けします。"


def wish_found(piece: str, price: int | None) -> str:
    told = f"価格は{_yen(price)}(税込)です。" if price else ""
    return f"お探しの品に合う商品が入荷しました。{piece}です。{told}"


def checkpoint(on: date, leaves: int) -> str:
    return (
        f"{_day(on)}の証跡ログの検証点をお送りします(記録{leaves:,}件)。次のメッセージをそのまま"
        "保管していただくと、後から記録が書き換えられていないことを確認できます。"
    )


def button_extend() -> str:
    return "延長する"


def button_convert() -> str:
    return "買取に変更"


def button_return() -> str:
    return "返却してもらう"


def button_yes() -> str:
    return "変更に同意する"


def button_no() -> str:
    return "変更しない"


def button_choose() -> str:
    return "内容を見て選ぶ"


def button_stop() -> str:
    return "お知らせを止める"


def stop_hint(*, is_credit: bool) -> str:
    if is_credit:
        return "残高のお知らせを止めるには、下の「お知らせを止める」を押してください。"
    return "このようなお知らせを止めるには「配信停止」とお送りください。"
