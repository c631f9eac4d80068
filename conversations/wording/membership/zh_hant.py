"""關於會員的文言."""

from collections.abc import Sequence

lang = "zh_hant"

_CATEGORIES = {
    "service": "交易相關通知",
    "credit_reminder": "購物金到期提醒",
    "marketing": "新品與優惠訊息",
}
_SHORT = {"credit_reminder": "到期提醒", "marketing": "新品與優惠"}
_DEALS = {
    "order": "訂單",
    "case": "收購案件",
    "consignment": "寄賣中的商品",
    "payment": "待付款項",
    "credit": "購物金餘額",
    "dispute": "狀態不符的申訴",
}


def link_heading() -> str:
    return "連結會員資料"


def link_note() -> str:
    return (
        "請準備您的訂單編號與登記的電子郵件。我們會將 6 位數驗證碼送至您登記的聯絡方式。"
        "連結 24 小時內有效，僅供此對話使用，請勿轉傳他人。"
    )


def button_begin_link() -> str:
    return "前往辦理"


def only_in_private() -> str:
    return "這涉及您個人的資料，煩請在與本店的一對一對話中告訴我們。"


def linked() -> str:
    return (
        "您的會員資料已完成連結，今後可在此為您說明購物金、訂單與寄賣等資訊。"
        "您隨時可以按下方按鈕解除連結。"
    )


def came_along(
    *, cases: Sequence[str], consignments: Sequence[str], orders: Sequence[str], credit: str | None
) -> str:
    told = [
        ("收購案件", cases),
        ("寄賣中的商品", consignments),
        ("訂單", orders),
        ("購物金", [credit] if credit else []),
    ]
    lines = [f"・{name}：{'、'.join(each)}" for name, each in told if each]
    return "\n".join(["您先前在此進行的事項，已一併歸入您的會員資料。", *lines])


def linked_already() -> str:
    return "您的會員資料已連結。請選擇您想查看的內容。"


def button_own_page() -> str:
    return "我的專頁"


def own_page_note(until: str) -> str:
    return f"可查看您的商品、交易、購物金、文件與設定。連結於{until}前有效，請勿轉傳他人。"


def button_open() -> str:
    return "開啟"


def button_unlink() -> str:
    return "解除連結"


def ask_unlink() -> str:
    return (
        "將解除此對話與會員資料的連結，之後無法在此說明購物金或訂單。會員資料本身會保留。"
        "確定要解除嗎？"
    )


def label_unlink() -> str:
    return "解除"


def unlinked() -> str:
    return "已解除連結。您隨時可以再次連結。"


def was_not_linked() -> str:
    return "此對話尚未連結會員資料。"


def code_subject() -> str:
    return "連結會員資料的驗證碼"


def code_mail(code: str, *, minutes: int) -> str:
    return (
        f"驗證碼：{code}\n\n"
        f"這是連結會員資料所需的號碼，請於 {minutes} 分鐘內在辦理頁面輸入。\n"
        "本店人員不會向您詢問此號碼。\n"
        "若非您本人申請，請勿理會並刪除此郵件，您的會員資料不會有任何變更。\n"
    )


def notices_heading() -> str:
    return "訊息設定"


def notices_note() -> str:
    return "交易相關通知為辦理您的委託所必需，無法停止。"


def notices_of_visitor() -> str:
    return "我們在此只回覆您的詢問，不會傳送廣告。連結會員資料後，即可依種類設定。"


def notices_about(category: str) -> str:
    return _CATEGORIES[category]


def notices_always() -> str:
    return "固定傳送"


def notices_state(*, given: bool) -> str:
    return "傳送中" if given else "已停止"


def button_notices(category: str, *, given: bool) -> str:
    return f"{'接收' if given else '停止'}{_SHORT[category]}"


def ask_notices(category: str, *, given: bool) -> str:
    if given:
        return f"將為您傳送{_CATEGORIES[category]}。您隨時寫下「停止通知」即可停止。確定要接收嗎？"
    return f"將停止{_CATEGORIES[category]}。確定嗎？"


def label_stop() -> str:
    return "停止"


def label_start() -> str:
    return "接收"


def notices_set(category: str, *, given: bool) -> str:
    return f"{'今後將為您傳送' if given else '已停止'}{_CATEGORIES[category]}。"


def which_language() -> str:
    return "請選擇您希望使用的語言。"


def language_name() -> str:
    return "繁體中文"


def button_register_language() -> str:
    return "通知也用繁體中文"


def language_registered() -> str:
    return "今後本店的通知也將以繁體中文傳送。"


def data_heading() -> str:
    return "我們保管的資料"


def data_note(*, is_customer: bool) -> str:
    if is_customer:
        return "您可以將您的資料以檔案取回，或要求刪除。內容更正由專人為您處理。"
    return "我們保管此對話的紀錄與您傳送的檔案。您可以以檔案取回，或要求刪除。"


def button_export() -> str:
    return "取回資料"


def export_note(until: str) -> str:
    return f"將您的資料彙整為一個檔案。連結於{until}前有效，限用一次，請勿轉傳他人。"


def button_erase() -> str:
    return "刪除資料"


def ask_erase(*, is_customer: bool, open_deals: Sequence[str]) -> str:
    if not is_customer:
        return "將刪除此對話的紀錄與您傳送的檔案，無法復原。確定要刪除嗎？"
    told = (
        "將刪除對話紀錄、您傳送的檔案、喜好、姓名與聯絡方式，並解除連結，無法復原。\n"
        "古物交易帳冊、身分確認紀錄、訂單與付款帳簿，涉及爭議或警方保全的紀錄，以及作為估價或申訴證據的照片與影片，"
        "將依法令規定的期間封存，期滿後刪除。"
    )
    if open_deals:
        told += (
            f"\n因尚有{_deals(open_deals)}，姓名、聯絡方式與連結將保留至所有交易結束，"
            "結束後自動刪除。"
        )
    return told + "\n確定要刪除嗎？"


def label_erase() -> str:
    return "刪除"


def erased(*, open_deals: Sequence[str]) -> str:
    if open_deals:
        return f"已刪除對話紀錄與您傳送的檔案。{_deals(open_deals)}結束後，姓名與聯絡方式也會刪除。"
    return "已完成刪除。依法令保管的紀錄，將於保存期間屆滿後刪除。感謝您一直以來的惠顧。"


def _deals(open_deals: Sequence[str]) -> str:
    return "、".join(_DEALS[each] for each in open_deals)


def ask_taste(words: str) -> str:
    return f"可以將「{words}」記為您的喜好嗎？我們會用於推薦，您隨時可以查看或刪除。"


def label_keep() -> str:
    return "請記下"


def taste_kept(words: str) -> str:
    return f"已記下「{words}」，推薦時會為您留意。"


def button_tastes() -> str:
    return "查看我的喜好"


def tastes(words: Sequence[str]) -> str:
    if not words:
        return "目前沒有記錄您的喜好。"
    told = "\n".join(f"・{each}" for each in words)
    return f"以下是我們記下的喜好。如需刪除，請從下方選擇。\n{told}"


def button_forget(words: str) -> str:
    return f"刪除：{words if len(words) <= 15 else words[:14] + '…'}"


def taste_forgotten(words: str) -> str:
    return f"已刪除「{words}」。"
