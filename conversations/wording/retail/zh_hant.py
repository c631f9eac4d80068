"""保留、連結、通知與合作店家的繁體中文。"""

from collections.abc import Sequence

lang = "zh_hant"


def one_to_one() -> str:
    return "不好意思，這件事請在一對一的聊天中告訴我們。"


def hold_question(title: str, code: str, until: str) -> str:
    return f"為您保留{title}（{code}）至{until}，可以嗎？"


def hold_placed(title: str, code: str, until: str) -> str:
    return f"好的，{title}（{code}）已為您保留至{until}，逾時將自動解除。"


def hold_standing(title: str, code: str, until: str) -> str:
    return f"{title}（{code}）已為您保留至{until}。"


def hold_taken(title: str) -> str:
    return f"很抱歉，{title}目前正與其他顧客洽談中，無法為您保留。空出時可通知您。"


def hold_not_now(title: str) -> str:
    return f"很抱歉，{title}目前無法受理保留，將由專人為您確認。"


def hold_too_long(until: str) -> str:
    return f"保留最長至{until}。若可接受，請按下方按鈕。"


def hold_release_question(title: str, code: str, until: str) -> str:
    return f"將解除{title}（{code}）至{until}的保留，可以嗎？"


def hold_released(title: str) -> str:
    return f"已解除{title}的保留。"


def hold_over() -> str:
    return "該保留已經結束。"


def holds(told: Sequence[tuple[str, str, str]]) -> str:
    rows = [f"・{code} {title}：至{until}" for code, title, until in told]
    return "\n".join(["為您保留中的商品如下。", *rows])


def no_holds() -> str:
    return "目前沒有為您保留的商品。"


def button_hold() -> str:
    return "保留"


def button_extend() -> str:
    return "延長"


def button_release() -> str:
    return "解除"


def button_holds() -> str:
    return "保留清單"


def link_question(title: str, code: str, until: str) -> str:
    return f"將建立{title}（{code}）的顧客專用頁面，不顯示價格，並於{until}自動關閉，可以嗎？"


def link_made(title: str, url: str, until: str, count: int) -> str:
    return (
        f"這是{title}的顧客專用頁面，開放至{until}（紀錄 {count} 件），可直接轉寄給您的顧客"
        f"。\n{url}"
    )


def link_locked(title: str, url: str, until: str, count: int) -> str:
    return (
        f"{title}的顧客專用頁面已改為需輸入 PIN 碼，先前的連結已關閉。"
        f"開放至{until}（紀錄 {count} 件）。請以連結以外的方式將 PIN 碼告知您的顧客。\n{url}"
    )


def link_pin(pin: str) -> str:
    return f"PIN 碼：{pin}"


def link_told_before() -> str:
    return "該頁面先前已建立並傳送，可於清單中確認。"


def link_nothing(title: str) -> str:
    return f"{title}目前還沒有可提供的影片或照片，拍攝後即可建立頁面。"


def link_too_long(until: str) -> str:
    return f"頁面最長開放至{until}。若可接受，請按下方按鈕。"


def link_by_a_person() -> str:
    return "此商品的顧客專用頁面由專人為您準備，要為您轉接嗎？"


def links(told: Sequence[tuple[str, str, str, int]], more: int) -> str:
    rows = [
        f"・{code} {title}：至{until}（瀏覽 {opened} 次）" for code, title, until, opened in told
    ]
    rest = [f"另有 {more} 個。"] if more else []
    return "\n".join(["目前公開中的頁面如下。", *rows, *rest])


def links_looked(told: Sequence[tuple[str, str, int, str | None, bool]], more: int) -> str:
    rows = []
    for code, title, opened, last, is_open in told:
        when = f"（最近 {last}）" if last else ""
        rows.append(f"・{code} {title}：{opened} 次{when}{'' if is_open else '・已關閉'}")
    rest = [f"另有 {more} 個。"] if more else []
    return "\n".join(["您分享的頁面的瀏覽次數如下。", *rows, *rest])


def no_links_made() -> str:
    return "您還沒有分享過頁面。"


def no_links() -> str:
    return "目前沒有公開中的頁面。"


def link_closed() -> str:
    return "頁面已關閉，此後任何人都無法觀看。"


def link_over() -> str:
    return "該頁面已經關閉。"


def button_link() -> str:
    return "顧客專用頁面"


def button_make_link() -> str:
    return "建立"


def button_open_link() -> str:
    return "開啟頁面"


def button_close_link(code: str) -> str:
    return f"關閉 {code}"


def button_add_pin() -> str:
    return "加上 PIN 碼"


def button_links() -> str:
    return "頁面清單"


def joined(firm: str) -> str:
    return f"您現在可代表{firm}使用。請輸入「W-10234 的影片」或「保留 W-10234」等，夜間也會回覆。"


def code_wrong() -> str:
    return "此邀請碼無法使用。請確認後於一對一聊天中傳送，或洽詢專人。"


def loans(told: Sequence[tuple[str, str, str, str | None]]) -> str:
    rows = [
        f"・{code} {title} 自{since}起" + (f"，預定{due}歸還" if due else "")
        for code, title, since, due in told
    ]
    return "\n".join(["寄放於貴店的商品如下。", *rows])


def no_loans() -> str:
    return "目前沒有寄放於貴店的商品。"


def watching(title: str) -> str:
    return f"好的，{title}的價格變動、新影片或售出消息，將在此通知您。"


def not_watching(title: str) -> str:
    return f"已停止{title}的通知。"


def watches(told: Sequence[tuple[str, str]]) -> str:
    rows = [f"・{code} {title}" for code, title in told]
    return "\n".join(["為您通知中的商品如下。", *rows])


def no_watches() -> str:
    return "目前沒有通知中的商品。"


def button_watch() -> str:
    return "接收通知"


def button_unwatch(code: str) -> str:
    return f"停止 {code}"


def button_watches() -> str:
    return "通知清單"


def wish_what() -> str:
    return "您在尋找什麼樣的商品呢？請告知品牌、型號或預算。"


def wish_question(what: str) -> str:
    return f"{what}到貨，或降至您希望的價格時，在此通知您，可以嗎？"


def wish_kept(what: str) -> str:
    return f"好的，找到{what}時將在此通知您。"


def wish_there(count: int) -> str:
    return f"另外，目前有{count}件符合您的需求。"


def wishes(told: Sequence[str]) -> str:
    rows = [f"{n}. {what}" for n, what in enumerate(told, 1)]
    return "\n".join(["為您尋找中的內容如下。", *rows])


def no_wishes() -> str:
    return "目前沒有為您尋找的商品。"


def wish_forgotten() -> str:
    return "好的，已停止此項尋找的通知。"


def wish_over() -> str:
    return "該項尋找已經結束。"


def wishes_full() -> str:
    return "最多可登記 20 項，請先從清單中結束不需要的項目。"


def budget(amount: str) -> str:
    return f"{amount}以下"


def grade_or_better(grade: str) -> str:
    return f"{grade} 級以上"


def button_wish() -> str:
    return "到貨通知我"


def button_keep_wish() -> str:
    return "登記"


def button_forget(number: int) -> str:
    return f"結束第{number}項"


def button_wishes() -> str:
    return "尋找清單"
