"""購入後の文言: orders, returns, exchanges, disputes and collecting in Japanese."""

from collections.abc import Sequence
from datetime import date

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_STAGES = {
    "open": "お支払い待ち",
    "paid": "ご入金確認済み・梱包の準備中",
    "packed": "梱包済み・発送待ち",
    "shipped": "発送済み",
    "delivered": "お届け済み",
    "closed": "お取引完了",
    "returned": "返品完了",
    "cancelled": "キャンセル済み",
}
_COLLECTED = {
    "paid": "ご入金確認済み・店頭受取の準備中",
    "packed": "店頭でお受け取りいただけます",
    "delivered": "お渡し済み",
}
_RETURNS = {
    "asked": "返品のお品物の発送待ち",
    "underway": "当店へ配送中",
    "received": "到着・照合中",
    "compared": "照合済み・返金の手続き中",
    "disputed": "担当者が確認中",
    "refunded": "返金済み",
    "refused": "返品をお受けできず返送",
    "withdrawn": "お取り下げ",
}
_CARRIERS = {"yamato": "ヤマト運輸", "sagawa": "佐川急便", "japanpost": "日本郵便"}
_LABELS = {
    "report": "報告書",
    "finding": "指摘",
    "seen": "ご確認",
    "stage": "状況",
    "place": "受取場所",
    "pickup_code": "受取番号",
    "delivered": "お届け日",
    "return_until": "返品期限",
    "total": "合計",
    "back": "お支払い方法へ",
    "credit_part": "ストアクレジット利用分はストアクレジットへ",
    "credit_all": "ストアクレジット合計",
    "bonus": "うち特典",
    "carrier": "配送会社",
    "to": "お届け先",
    "name": "お名前",
    "phone": "電話番号",
    "contents": "品名欄",
}
_BUTTONS = {
    "condition": "購入時の状態",
    "condition_now": "状態を確認する",
    "condition_seen": "確認しました",
    "condition_page": "報告書を見る",
    "track": "配送状況を見る",
    "orders": "ご注文の一覧",
    "address": "お届け先を変更する",
    "return": "返品・交換する",
    "keep": "返品を取りやめる",
    "exchange": "ほかの商品と交換",
    "refund": "返金を希望する",
    "as_paid": "お支払い方法へ返金",
    "as_credit": "ストアクレジットで受け取る",
    "make_return": "返品を申し込む",
    "label_by_post": "送り状を郵送で受け取る",
    "take_instead": "この商品に交換",
    "make_exchange": "交換を申し込む",
    "make_collect": "店頭受取を申し込む",
    "hours": "営業時間を見る",
}
_REASONS = {
    "imagined": "イメージと違った",
    "size": "サイズが合わない",
    "differs": "説明・写真と違う",
    "damaged": "傷・破損があった",
    "wrong": "別の商品が届いた",
    "other": "その他",
}
_QUESTIONS = {
    "tag": "返品防止タグは付いたままですか。",
    "set": "付属品はすべてお揃いですか。",
    "change": (
        "お届けの時から変わったところはございますか。傷などがあれば、その部位をお書きいただけます。"
    ),
}
_ANSWERS = {
    ("tag", "on"): "付いている",
    ("tag", "off"): "外した",
    ("tag", "none"): "はじめからない",
    ("set", "whole"): "すべて揃っている",
    ("set", "lacking"): "足りないものがある",
    ("change", "none"): "変わりない",
    ("change", "worn"): "使用した",
    ("change", "marked"): "傷・汚れがある",
}


def stage(state: str, *, delivery: str) -> str:
    if delivery != "ship" and state in _COLLECTED:
        return _COLLECTED[state]
    return _STAGES[state]


def return_stage(state: str) -> str:
    return _RETURNS[state]


def carrier(name: str) -> str:
    return _CARRIERS.get(name, name)


def day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def amount(amount: int) -> str:
    return f"¥{amount:,}"


def place(name: str) -> str:
    return "当店" if name == "shop" else name


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def only_in_private() -> str:
    return (
        "お買い上げに関することは、当店との1対1のトークでのみご案内しております。"
        "お手数ですが、そちらでお声がけください。"
    )


def order_said(order_no: str, stage: str) -> str:
    return f"ご注文 {order_no}: {stage}"


def no_orders() -> str:
    return "ご注文の記録は見つかりませんでした。ご不明な点は担当者がお調べいたします。"


def need_order_no() -> str:
    return (
        "ご注文番号をお書きください(納品書・お荷物に記載)。どの段階かをお調べします。"
        "会員情報と連携していただくと、番号なしでも詳しくご案内できます。"
    )


def order_unknown(order_no: str) -> str:
    return (
        f"ご注文番号 {order_no} は、ご案内できるご注文の中に見つかりませんでした。"
        "番号をもう一度お確かめください。"
    )


def stage_only(order_no: str, stage: str) -> str:
    return (
        f"ご注文 {order_no} は「{stage}」です。"
        "お品物や追跡番号などの詳細は、会員情報との連携後にご案内いたします。"
    )


def choose_order(told: Sequence[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"・{order_no}({day}) {stage}" for order_no, stage, day in told)
    return f"どちらのご注文でしょうか。\n{lines}"


def address_taken(order_no: str, *, by: str) -> str:
    return (
        f"ご注文 {order_no} のお届け先の変更を承ります。新しいご住所をこちらへお書きください。"
        f"担当者が書き換え、{by}までに変更後の内容をご連絡いたします。"
    )


def address_too_late(order_no: str) -> str:
    return (
        f"ご注文 {order_no} は、こちらではお届け先を変更できない段階です。"
        "配送会社での変更を、担当者がお手伝いいたします。"
    )


def nothing_bought() -> str:
    return (
        "該当するご購入の記録は見つかりませんでした。"
        "ご注文の一覧からお選びいただくか、担当者にお申し付けください。"
    )


def choose_piece(count: int) -> str:
    return f"返品・交換を承れる商品が{count}点ございます。どちらの商品でしょうか。"


def ask_reason(title: str) -> str:
    return f"{title}の返品・交換を承ります。理由をお聞かせください。"


def reason(reason: str) -> str:
    return _REASONS[reason]


def ask_condition(question: str) -> str:
    return _QUESTIONS[question]


def condition(question: str, answer: str) -> str:
    return _ANSWERS[question, answer]


def window_over(title: str, last_day: date) -> str:
    return (
        f"{title}の返品期限({day(last_day)})を過ぎているため、こちらではお受けできません。"
        "ご事情がございましたら担当者が承ります。買取のご相談も承ります。"
    )


def at_counter(title: str) -> str:
    return f"{title}は店頭でのお買い上げのため、返品は担当者が直接承ります。"


def not_delivered(title: str) -> str:
    return (
        f"{title}はまだお届けの記録がないため、返品のお手続きに進めません。"
        "お届け前のキャンセルは担当者が承ります。"
    )


def return_underway(return_no: str, title: str, stage: str) -> str:
    return f"{title}の返品(返品番号 {return_no})は、ただいま「{stage}」です。"


def all_was_credit(amount: int) -> str:
    return (
        f"全額をストアクレジットでお支払いのため、¥{amount:,}は元のストアクレジットへお戻しします。"
        "お手続きを進めてよろしいでしょうか。"
    )


def settle_heading(settle_as: str) -> str:
    return "元のお支払い方法へ返金" if settle_as == "as_paid" else "ストアクレジットで受け取る"


def settle_short(settle_as: str) -> str:
    return "元のお支払い方法" if settle_as == "as_paid" else "ストアクレジット"


def settle_question(*, as_paid: int, as_credit: int) -> str:
    return (
        f"ご返金は、元のお支払い方法で¥{as_paid:,}、ストアクレジットなら¥{as_credit:,}です。"
        "ストアクレジットは現金でのお払い戻しができません。どちらをご希望ですか。"
    )


def credit_life(days: int | None, *, bonus: int | None) -> str:
    paid = "期限なし" if days is None else f"発行日から{days}日"
    free = "期限なし" if bonus is None else f"発行日から{bonus}日"
    return f"ご利用期限: {paid}(特典分は{free})。現金でのお払い戻しはできません。"


def confirm_return(code: str, title: str, *, reason: str, amount: int, is_credit: bool) -> str:
    way = "ストアクレジット" if is_credit else "元のお支払い方法"
    return (
        f"{code} {title}の返品を申し込みます。理由: {reason}。"
        f"到着後、発送時の記録と照合し、{way}で¥{amount:,}をお返しします。よろしいでしょうか。"
    )


def return_made(return_no: str, title: str) -> str:
    return (
        f"{title}の返品を承りました。返品番号は {return_no} です。"
        "お品物が到着し、発送時の記録との照合が済みしだい、ご返金の手続きをしてご連絡いたします。"
    )


def waybill_promised(*, by: str) -> str:
    return (
        f"お品物をお送りいただく送り状は、記入したものを{by}までに当店から発送いたします。"
        "お電話・店頭へのお持ち込みでも承ります。"
    )


def waybill_heading() -> str:
    return "返品の送り状にお書きいただく内容"


def waybill_note() -> str:
    return (
        "元の箱と付属品を揃え、コンビニ・営業所・集荷のいずれかでお出しください。"
        "店頭へのお持ち込みも承ります。"
    )


def sent_by(carrier: str, *, buyer_pays: bool) -> str:
    return f"{_CARRIERS.get(carrier, carrier)}({'元払い' if buyer_pays else '着払い'})"


def confirm_keep(return_no: str, title: str) -> str:
    return f"{title}の返品(返品番号 {return_no})を取りやめ、お手元に残します。よろしいでしょうか。"


def return_withdrawn(return_no: str, title: str) -> str:
    return f"返品番号 {return_no} を取りやめました。{title}を引き続きお楽しみください。"


def ask_exchange(title: str) -> str:
    return (
        f"{title}を、どの商品と交換なさいますか。"
        "商品番号(例: W-10234)か、ブランド名・型名をお書きください。"
    )


def not_for_exchange() -> str:
    return "その商品は、ただいま交換にお選びいただけません。ほかの商品番号をお書きください。"


def ask_difference(title: str, *, pays: int, back: int, bonus: int) -> str:
    if pays:
        return f"{title}との差額は+¥{pays:,}です。差額のお支払い方法をお選びください。"
    return (
        f"{title}との差額¥{back:,}をお返しします。ストアクレジットなら特典¥{bonus:,}が付きます。"
        "ストアクレジットは現金でのお払い戻しができません。どちらをご希望ですか。"
    )


def confirm_exchange(
    code: str, new: str, title: str, *, pays: int, back: int, settle_as: str, days: int
) -> str:
    way = settle_short(settle_as)
    if pays:
        net = f"差額+¥{pays:,}は、照合後に{way}でお支払いいただきます。"
    elif back:
        net = f"差額¥{back:,}は、照合後に{way}でお返しします。"
    else:
        net = "差額はございません。"
    return (
        f"{code}を返品し、{new} {title}に交換します。{net}"
        f"新しい商品は{days}日間お取り置きします。よろしいでしょうか。"
    )


def exchange_made(return_no: str, code: str, order_no: str, until: str) -> str:
    return (
        f"交換を承りました。返品番号は {return_no}、新しいご注文番号は {order_no} です。"
        f"{code}は{until}までお取り置きしております。"
        "お品物が到着し、照合が済みしだい差額の手続きと発送をしてご連絡いたします。"
    )


def choose_disputed(count: int) -> str:
    return f"ご心配をおかけしております。お買い上げの{count}点のうち、どちらの商品でしょうか。"


def nothing_disputed() -> str:
    return (
        "該当するお買い上げの記録は見つかりませんでした。"
        "商品番号をお書きいただくか、担当者にお申し付けください。"
    )


def dispute_opened(title: str, *, count: int, by: str) -> str:
    records = (
        f"当店の撮影記録{count}点を、この時点のまま保全いたしました。"
        if count
        else "当店にこの商品の撮影記録はございませんでした。"
    )
    return (
        f"{title}についてのお申し出を承りました。{records}"
        "お手元の商品の該当箇所のお写真を、こちらへお送りください。"
        f"担当者が記録と照らし合わせ、{by}までにお返事いたします。"
    )


def dispute_open_already(title: str, *, by: str) -> str:
    return (
        f"{title}についてのお申し出は承っております。お写真は引き続きこちらへお送りください。"
        f"{by}までに担当者がお返事いたします。"
    )


def pictures_attached(*, by: str | None) -> str:
    answer = f"{by}までに担当者がお返事いたします。" if by else "担当者が確認しております。"
    return f"お写真をお預かりし、お申し出の記録に添えました。{answer}"


def collect_which(shops: Sequence[str]) -> str:
    return (
        f"オンラインでお買い上げの商品を、{'・'.join(shops)}でお受け取りいただけます。"
        "どの商品をご希望ですか。商品番号をお書きください。"
    )


def collect_not_for_sale(code: str) -> str:
    return f"{code}は、ただいま店頭受取を承れません。ほかの方法を担当者がお調べいたします。"


def confirm_collect(code: str, title: str, shops: Sequence[str]) -> str:
    return (
        f"{code} {title}を{'・'.join(shops)}でお受け取りいただけるよう、担当者が手配いたします。"
        "お支払いはまだ発生しません。よろしいでしょうか。"
    )


def collect_taken(code: str, *, by: str) -> str:
    return (
        f"{code}の店頭受取を承りました。"
        f"お支払いの方法とご用意の日時は、{by}までにこちらでご連絡いたします。"
        "ご用意ができましたら受取番号をお知らせしますので、店頭でご提示ください。"
    )


def no_condition() -> str:
    return (
        "ご覧いただける状態の記録が見つかりませんでした。"
        "お調べいたしますので、担当者へお声がけください。"
    )


def no_findings() -> str:
    return "記録すべき傷みはありません"


def condition_frozen(count: int) -> str:
    return f"ご購入時に保管していた記録 {count}点です。その後の記録は含みません。"


def condition_lost(count: int) -> str:
    return f"このうち{count}点は、原本が現在保管されていません。"


def condition_said(title: str, *, is_frozen: bool) -> str:
    return f"{title} ご購入時の状態" if is_frozen else f"{title} 現在の状態"


def condition_noted(title: str, *, at: str) -> str:
    return (
        f"{title}の状態をご確認いただきましたことを、{at}付けで記録いたしました。"
        "ありがとうございます。"
    )


def condition_corrected() -> str:
    return "この報告書は、その後に訂正版を発行しております。お手数ですが、訂正版もご確認ください。"


def choose_condition(count: int) -> str:
    return f"お買い上げの商品が{count}点ございます。どちらの状態をご覧になりますか。"
