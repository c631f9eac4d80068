"""会員についての文言."""

from collections.abc import Sequence

lang = "ja"

_CATEGORIES = {
    "service": "お取引のご連絡",
    "credit_reminder": "ストアクレジットの期限のご案内",
    "marketing": "新着・キャンペーンのお知らせ",
}
_SHORT = {"credit_reminder": "期限のご案内", "marketing": "お知らせ"}
_DEALS = {
    "order": "ご注文",
    "case": "買取のご依頼",
    "consignment": "委託中のお品物",
    "payment": "お支払い",
    "credit": "ストアクレジットの残高",
    "dispute": "現状相違のお申し出",
}


def link_heading() -> str:
    return "会員情報との連携"


def link_note() -> str:
    return (
        "ご注文番号とご登録のメールアドレスをご用意ください。ご登録の連絡先へ6桁の確認番号を"
        "お届けします。リンクは24時間有効で、このトーク専用です。ほかの方へは送らないでください。"
    )


def button_begin_link() -> str:
    return "お手続きへ進む"


def only_in_private() -> str:
    return "お客様ご自身の情報に関わるため、当店との1対1のトークでお申し付けください。"


def linked() -> str:
    return (
        "会員情報との連携が完了しました。残高、ご注文、委託などを、こちらでご案内いたします。"
        "連携は、いつでも下のボタンから解除いただけます。"
    )


def came_along(
    *, cases: Sequence[str], consignments: Sequence[str], orders: Sequence[str], credit: str | None
) -> str:
    told = [
        ("買取のご依頼", cases),
        ("委託中のお品物", consignments),
        ("ご注文", orders),
        ("ストアクレジット", [credit] if credit else []),
    ]
    lines = [f"・{name}：{'、'.join(each)}" for name, each in told if each]
    return "\n".join(["これまでにこちらで承ったものも、会員情報にまとめました。", *lines])


def linked_already() -> str:
    return "会員情報との連携はお済みです。ご覧になりたい内容をお選びください。"


def button_own_page() -> str:
    return "マイページ"


def own_page_note(until: str) -> str:
    return (
        f"お品物、お取引、残高、書類、設定をご覧いただけます。リンクは{until}まで有効です。"
        "ほかの方へは送らないでください。"
    )


def button_open() -> str:
    return "開く"


def button_unlink() -> str:
    return "連携を解除する"


def ask_unlink() -> str:
    return (
        "このトークと会員情報の連携を解除します。"
        "残高やご注文のご案内は、こちらではできなくなります。"
        "会員情報そのものは残ります。よろしいでしょうか。"
    )


def label_unlink() -> str:
    return "解除する"


def unlinked() -> str:
    return "連携を解除いたしました。いつでも、もう一度連携いただけます。"


def was_not_linked() -> str:
    return "このトークは会員情報と連携しておりません。"


def code_subject() -> str:
    return "会員情報連携の確認番号"


def code_mail(code: str, *, minutes: int) -> str:
    return (
        f"確認番号: {code}\n\n"
        f"会員情報との連携のための番号です。{minutes}分以内に、お手続きの画面へご入力ください。\n"
        "当店の担当者がこの番号をお尋ねすることはございません。\n"
        "お心当たりのない場合は、何もなさらず、このメールを破棄してください。"
        "会員情報は変わりません。\n"
    )


def notices_heading() -> str:
    return "配信の設定"


def notices_note() -> str:
    return "お取引のご連絡は、ご依頼中のお手続きに必要なため停止できません。"


def notices_of_visitor() -> str:
    return (
        "このトークへは、ご依頼へのお返事だけをお送りしており、"
        "宣伝のお知らせはお送りしておりません。"
        "会員情報と連携いただくと、種類ごとに設定いただけます。"
    )


def notices_about(category: str) -> str:
    return _CATEGORIES[category]


def notices_always() -> str:
    return "常にお送りしています"


def notices_state(*, given: bool) -> str:
    return "お送りしています" if given else "停止中"


def button_notices(category: str, *, given: bool) -> str:
    return f"{_SHORT[category]}を{'受け取る' if given else '停止'}"


def ask_notices(category: str, *, given: bool) -> str:
    if given:
        return (
            f"{_CATEGORIES[category]}をお送りします。いつでも「配信停止」とお書きいただければ"
            "停止いたします。よろしいでしょうか。"
        )
    return f"{_CATEGORIES[category]}を停止します。よろしいでしょうか。"


def label_stop() -> str:
    return "停止する"


def label_start() -> str:
    return "受け取る"


def notices_set(category: str, *, given: bool) -> str:
    done = "お送りいたします" if given else "停止いたしました"
    return f"{_CATEGORIES[category]}を{done}。"


def which_language() -> str:
    return "ご希望の言語をお選びください。"


def language_name() -> str:
    return "日本語"


def button_register_language() -> str:
    return "お知らせも日本語にする"


def language_registered() -> str:
    return "今後は、当店からのお知らせも日本語でお送りします。"


def data_heading() -> str:
    return "お預かりしている情報"


def data_note(*, is_customer: bool) -> str:
    if is_customer:
        return (
            "お客様の情報を、ファイルでお受け取りいただくか、削除いただけます。"
            "内容の訂正は担当者が承ります。"
        )
    return (
        "このトークの記録と、お送りいただいたファイルをお預かりしています。"
        "ファイルでお受け取りいただくか、削除いただけます。"
    )


def button_export() -> str:
    return "データを受け取る"


def export_note(until: str) -> str:
    return (
        f"お預かりしている情報をまとめてお渡しします。リンクは{until}まで、1回限り有効です。"
        "ほかの方へは送らないでください。"
    )


def button_erase() -> str:
    return "データを削除する"


def ask_erase(*, is_customer: bool, open_deals: Sequence[str]) -> str:
    if not is_customer:
        return (
            "このトークの記録と、お送りいただいたファイルを削除します。元には戻せません。"
            "よろしいでしょうか。"
        )
    told = (
        "トークの記録、お送りいただいたファイル、お好み、"
        "お名前・ご連絡先を削除し、連携を解除します。"
        "元には戻せません。\n"
        "古物台帳、ご本人確認の記録、ご注文とお支払いの帳簿、係争や警察の保全に関わる記録、査定やお申し出の証拠とした写真・動画は、"
        "法令で定められた期間、封をして保管し、その後に削除します。"
    )
    if open_deals:
        told += (
            f"\n{_deals(open_deals)}があるため、"
            "お名前・ご連絡先と連携はお取引がすべて終わるまで残し、"
            "終わりしだい自動で削除します。"
        )
    return told + "\nよろしいでしょうか。"


def label_erase() -> str:
    return "削除する"


def erased(*, open_deals: Sequence[str]) -> str:
    if open_deals:
        return (
            "トークの記録とお送りいただいたファイルを削除いたしました。"
            f"{_deals(open_deals)}が終わりしだい、お名前・ご連絡先も自動で削除します。"
        )
    return (
        "削除いたしました。法令により保管する記録は、保存期間が終わりしだい削除します。"
        "これまでのご利用、ありがとうございました。"
    )


def _deals(open_deals: Sequence[str]) -> str:
    return "、".join(_DEALS[each] for each in open_deals)


def ask_taste(words: str) -> str:
    return (
        f"「{words}」を、お客様のお好みとして控えておいてもよろしいでしょうか。"
        "ご提案に役立て、いつでもご覧・削除いただけます。"
    )


def label_keep() -> str:
    return "控えてもらう"


def taste_kept(words: str) -> str:
    return f"「{words}」をお好みとして控えました。ご提案の際に役立ててまいります。"


def button_tastes() -> str:
    return "お好みを見る"


def tastes(words: Sequence[str]) -> str:
    if not words:
        return "控えているお好みはございません。"
    told = "\n".join(f"・{each}" for each in words)
    return f"控えているお好みです。削除なさる場合は、下からお選びください。\n{told}"


def button_forget(words: str) -> str:
    return f"削除: {words if len(words) <= 15 else words[:14] + '…'}"


def taste_forgotten(words: str) -> str:
    return f"「{words}」を削除いたしました。"
