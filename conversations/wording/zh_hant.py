"""繁體中文的文言: what the bot says in Traditional Chinese, as a shop in Taipei writes."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, tokyo_day

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_PARTS = {
    "case_back": "底蓋",
    "case": "錶殼",
    "bezel": "錶圈",
    "dial": "面盤",
    "hands": "指針",
    "crystal": "錶鏡",
    "bracelet": "錶鍊",
    "clasp": "錶扣",
    "crown": "錶冠",
    "girdle": "腰圍",
    "prong": "爪鑲",
    "stone": "寶石",
    "corner": "邊角",
    "handle": "提把",
    "lining": "內裡",
    "zipper": "拉鍊",
    "hardware": "五金",
    "strap": "背帶/錶帶",
    "sleeve": "袖口",
    "sole": "鞋底",
}
_KINDS = {"film": "影片", "still": "照片"}
_STATES = {"listed": "銷售中", "reserved": "洽談中", "sold": "已售出"}


def moment(at: datetime, *, now: datetime) -> str:
    """今天 17:00(日本時間)/ 明天 10:30 / 11月24日(週二) 10:30."""
    local = at.astimezone(TOKYO)
    days = local.date() - tokyo_day(now)
    clock = f"{local:%H:%M}（日本時間）"
    if days == timedelta(0):
        return f"今天 {clock}"
    if days == timedelta(days=1):
        return f"明天 {clock}"
    year = "" if local.year == tokyo_day(now).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日（週{_WEEKDAYS[local.weekday()]}） {clock}"


def captured(at: datetime) -> str:
    """2026年11月22日(週日) 14:05."""
    local = at.astimezone(TOKYO)
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（週{weekday}） {local:%H:%M}"


def yen(amount: int) -> str:
    return f"¥{amount:,}（含稅）"


def part(part: str) -> str:
    return _PARTS.get(part, part)


def kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def kind_of_part(kind: str, part: str) -> str:
    return f"{_PARTS.get(part, part)}的{_KINDS.get(kind, kind)}"


def grade(grade: str | None) -> str:
    return grade or "鑑定中"


def state(state: str) -> str:
    return _STATES.get(state, "歡迎洽詢")


def label_captured() -> str:
    return "拍攝時間"


def label_grade() -> str:
    return "等級"


def label_code() -> str:
    return "商品編號"


def label_price() -> str:
    return "價格"


def label_state() -> str:
    return "狀態"


def label_part() -> str:
    return "部位"


def button_film() -> str:
    return "觀看影片"


def button_part(part: str) -> str:
    return f"看{_PARTS.get(part, part)}"


def button_other_part() -> str:
    return "看其他部位"


def button_person() -> str:
    return "聯絡專人"


def button_confirm() -> str:
    return "確認"


def button_not_now() -> str:
    return "先不要"


def button_collect() -> str:
    return "接收回覆"


def button_search() -> str:
    return "尋找商品"


def button_ask_film() -> str:
    return "想看影片"


def button_link() -> str:
    return "連結會員資料"


def film_card_note() -> str:
    return "若有想看的部位，請直接在此告訴我們。"


def film_said(title: str, captured: str, grade: str) -> str:
    return f"{title}（等級 {grade}）的現況，拍攝於 {captured}"


def late_delivery(title: str) -> str:
    return f"讓您久等了，為您送上 {title}。"


def capture_arranged(title: str, what: str, promised: str) -> str:
    return f"{title} 目前尚無{what}，我們已立即安排拍攝，預計於{promised}前在此傳送給您。"


def capture_already_arranged(title: str, what: str, promised: str) -> str:
    return f"{title} 的{what}已安排拍攝，預計於{promised}前在此傳送給您。"


def being_prepared(title: str) -> str:
    return f"{title} 已拍攝完成，正在為您準備，備妥後立即傳送給您。"


def poster_first(title: str) -> str:
    return f"{title} 已拍攝完成，先為您送上靜態照片，影片完成後隨即傳送。"


def choose_part(title: str) -> str:
    return f"請問您想看 {title} 的哪個部位？"


def which_piece() -> str:
    return "請問您想看哪一件商品？請告訴我們商品編號（例：W-10234），或品牌與型號。"


def choose_one(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return "符合的商品較多，先為您列出最新的幾件。請選擇一件，或補充型號等資訊。"
    return f"為您找到 {count} 件商品，請問您想看哪一件？"


def not_found(asked: Sequence[str]) -> str:
    return (
        f"在可為您介紹的商品中，找不到 {'、'.join(asked)}。請再次確認編號，或告訴我們品牌與型號。"
    )


def nothing_found() -> str:
    return "很抱歉，找不到您要的商品。請告訴我們商品編號，或品牌與型號。"


def piece_said(title: str, grade: str, price: str, state: str) -> str:
    return f"{title} 等級 {grade} {price} {state}"


def greeting() -> str:
    return "您好。請告訴我們您感興趣的商品編號或名稱，我們將為您送上商品現況影片。"


def welcome() -> str:
    return (
        "感謝您加入好友。只要告訴我們商品編號或名稱，隨時為您送上商品現況影片。"
        "您也可以隨時與專人對話。"
    )


def welcome_back() -> str:
    return "歡迎您再度光臨，感謝您的聯繫。請問有什麼可以為您服務？"


def group_welcome() -> str:
    return "感謝您的邀請。在此群組中，我們只在被提及（@）時回覆。"


def help() -> str:
    return (
        "我們為您送上商品現況的影片與照片。您可以這樣寫：「W-10234 的影片」「看底蓋」"
        "「Rolex Daytona」。夜間也為您服務。"
    )


def thanks() -> str:
    return "謝謝您。若還有任何需要，歡迎隨時告訴我們。"


def person_called(*, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，我們為您轉接專人，將於{by}前在此回覆您。"
    return f"好的。目前為非營業時間，專人將於{by}前回覆您。您可以先將需求寫在這裡。"


def person_already_called(*, by: str) -> str:
    return f"我們已為您通知專人，將於{by}前回覆您。"


def files_received(count: int) -> str:
    told = "您的照片或檔案" if count == 1 else f"您的 {count} 個照片或檔案"
    return f"已確實收到並妥善保存{told}。請問需要什麼服務？"


def file_outside() -> str:
    return "我們無法接收存放在外部的檔案，煩請直接傳送給我們。"


def sticker() -> str:
    return "謝謝您的貼圖。若有任何需要，請告訴我們。"


def place() -> str:
    return "謝謝您提供位置。若是來店或到府服務的諮詢，將由專人為您安排。"


def not_sure() -> str:
    return "很抱歉，沒能明白您的意思。請告訴我們商品編號或名稱，或從下方選擇。"


def by_a_person() -> str:
    return "這項需求將由專人為您服務，要為您轉接嗎？"


def language_set() -> str:
    return "我們將以繁體中文為您服務。"


def link_first() -> str:
    return (
        "這屬於您的個人資訊，完成會員資料連結後即可在此為您說明。按下方按鈕，只需幾分鐘即可完成。"
    )


def account_linked() -> str:
    return "您的會員資料已完成連結。"


def account_not_linked() -> str:
    return "未能連結您的會員資料。煩請再試一次，或聯絡專人。"


def edited() -> str:
    return "我們已確認您修改後的內容。"


def resent() -> str:
    return "剛才的回覆可能未送達，再次為您傳送。"


def waited() -> str:
    return "這則通知稍遲送達，敬請見諒。"


def still_looking() -> str:
    return "正在為您查詢，請稍候。完成後，按下方按鈕即可立即接收回覆。"


def already_sent() -> str:
    return "我們已經回覆您，請查看上方訊息。"


def went_wrong() -> str:
    return "很抱歉，目前無法回覆您。專人確認後將與您聯繫。"


def still_waiting(waiting: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code}：{promised}前" for code, promised in waiting)
    return f"以下是正在為您安排的拍攝，完成後立即傳送給您。\n{told}"


def nothing_waiting() -> str:
    return "目前沒有等待中的委託。"


def opening_hours(day: date, spans: Sequence[tuple[time, time]], *, is_today: bool) -> str:
    told = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)
    if is_today:
        return f"今天的營業時間為 {told}（日本時間）。影片服務在此全天候為您提供。"
    weekday = _WEEKDAYS[day.weekday()]
    return (
        f"今天公休。下一個營業日為 {day.month}月{day.day}日（週{weekday}）{told}（日本時間）。"
        "影片服務在此全天候為您提供。"
    )


def press_to_confirm() -> str:
    return "謝謝您。請按下方按鈕完成確認。"


def nothing_changed() -> str:
    return "好的，沒有做任何變更。若還有其他需要，請告訴我們。"


def noted() -> str:
    return "好的。若還有其他需要，請告訴我們。"


def refused() -> str:
    return "很抱歉，這項內容無法在此受理，沒有做任何變更。將由專人為您確認。"
