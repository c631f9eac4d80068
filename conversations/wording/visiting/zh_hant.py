"""到店、門市與回電的用語。"""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_KINDS = {"store": "到店", "video_call": "視訊通話", "home_visit": "到府服務", "call_back": "電話"}


def _where(kind: str, store: str | None) -> str:
    return f"{store}{_KINDS[kind]}" if store is not None else _KINDS[kind]


def gap() -> str:
    return ""


def day(day: date) -> str:
    return f"{day.month}月{day.day}日（週{_WEEKDAYS[day.weekday()]}）"


_told = day


def when(starts_at: datetime) -> str:
    local = starts_at.astimezone(TOKYO)
    return f"{day(local.date())} {local:%H:%M}"


def spans(spans: Sequence[tuple[time, time]]) -> str:
    if not spans:
        return "公休日"
    return "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)


def distance(metres: int) -> str:
    return f"約{metres / 1000:.1f}公里" if metres >= 1000 else f"約{max(10, round(metres, -1))}公尺"


def label_address() -> str:
    return "地址"


def label_today() -> str:
    return "今日營業"


def label_distance() -> str:
    return "距離"


def label_phone() -> str:
    return "電話"


def label_parking() -> str:
    return "停車"


def button_map() -> str:
    return "查看地圖"


def button_visit() -> str:
    return "預約到店"


def button_book() -> str:
    return "以此內容預約"


def button_other_time() -> str:
    return "其他時間"


def button_move() -> str:
    return "更改時間"


def button_call_off() -> str:
    return "取消預約"


def button_call() -> str:
    return "請致電給我"


def nearest_first() -> str:
    return "由近到遠為您介紹門市。"


def ask_day(kind: str) -> str:
    asked = {
        "store": "請問您希望哪一天到店？",
        "video_call": "請問您希望哪一天進行視訊通話？",
        "home_visit": "請問您希望我們哪一天到府？",
        "call_back": "請問您希望我們哪一天致電？",
    }
    return asked[kind]


def ask_time(day: date, spans: str, *, is_outside: bool) -> str:
    told = "不好意思，請選擇營業時間內的時段。" if is_outside else ""
    return f"{told}{_told(day)}的營業時間為{spans}，請問您希望幾點？"


def day_is_past() -> str:
    return "不好意思，該時間已過。"


def day_is_far(last: date) -> str:
    return f"不好意思，目前受理至{_told(last)}。"


def day_is_closed(day: date) -> str:
    return f"{_told(day)}為公休日。"


def day_is_over() -> str:
    return "今日的受理時間已結束。"


def confirm_visit(kind: str, *, when: str, store: str | None, minutes: int) -> str:
    return f"已為您保留{when}的{_where(kind, store)}{minutes}分鐘。要以此內容預約嗎？"


def appointment_booked(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"將由{name}為您服務。" if name is not None else "期待為您服務。"
    return f"已為您預約{when}的{_where(kind, store)}。{who}"


def moved(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"將由{name}為您服務。" if name is not None else "期待為您服務。"
    return f"{_where(kind, store)}已改為{when}。{who}"


def time_is_taken() -> str:
    return "不好意思，該時段無法預約。"


def day_is_full(day: date) -> str:
    return f"不好意思，{_told(day)}已無空檔。"


def ask_new_time(kind: str, *, when: str) -> str:
    return f"請問{when}的{_KINDS[kind]}要改到什麼時候？"


def ask_place() -> str:
    return "請問地點是您的住家嗎？"


def button_at_home() -> str:
    return "住家"


def button_elsewhere() -> str:
    return "其他地點"


def only_at_home() -> str:
    return "依法令，我們只能在本店或您的住家收取物品。請選擇到府服務、到店或視訊通話。"


def appointment_soon(kind: str, *, when: str, store: str | None, link: str | None) -> str:
    told = f"\n{link}" if link is not None else ""
    return f"提醒您，您已預約{when}的{_where(kind, store)}，期待為您服務。{told}"


def appointment_moved(kind: str, *, when: str, store: str | None) -> str:
    return f"不好意思，您的{_where(kind, store)}預約已由本店改為{when}。若時間不便，請重新選擇。"


def appointment_cancelled(kind: str, *, when: str) -> str:
    return f"非常抱歉，因本店因素，{when}的{_KINDS[kind]}預約已取消。歡迎另選時間。"


def appointment_missed(kind: str, *, when: str) -> str:
    return f"很遺憾{when}的{_KINDS[kind]}未能見到您。歡迎另選時間。"


def appointment_link(*, when: str, link: str) -> str:
    return f"{when}的視訊通話請由此進入：\n{link}"


def adviser_changed(before: str, after: str) -> str:
    return f"今後由{after}接替{before}為您服務，請多指教。"


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{when} {_KINDS[kind]}" for kind, when in wishes)
    return f"以下是您的預約：\n{told}"


def none_standing() -> str:
    return "目前沒有您的預約。"


def which() -> str:
    return "請問是哪一個預約？"


def confirm_call_off(kind: str, *, when: str) -> str:
    return f"要取消{when}的{_KINDS[kind]}嗎？"


def called_off(kind: str, *, when: str) -> str:
    return f"已取消{when}的{_KINDS[kind]}。期待再次為您服務。"


def complaint_heard(*, by: str) -> str:
    return f"造成您的不便，非常抱歉。已轉告負責人，{by}前回覆您。"


def adviser_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，您的專屬顧問{name}會在{by}前於此回覆您。"
    return f"好的，目前為非營業時間，您的專屬顧問{name}會在{by}前回覆您。您可以先留下需求。"


def named_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，{name}會在{by}前於此回覆您。"
    return f"好的，目前為非營業時間，{name}會在{by}前回覆您。您可以先留下需求。"


def ask_phone() -> str:
    return "請留下方便聯絡的電話號碼。"


def confirm_call(number: str, *, by: str) -> str:
    return f"專人會在{by}前致電{number}。這樣可以嗎？"


def call_promised(number: str, *, by: str) -> str:
    return f"好的，專人會在{by}前致電{number}。"


def doubt_handed_over(*, by: str) -> str:
    return f"很抱歉沒能順利回答您。已轉告專人，{by}前回覆您。"


def still_waiting(*, by: str) -> str:
    return f"讓您久等，非常抱歉。專人會在{by}前回覆您。"


def with_bot_again(*, has_spoken: bool) -> str:
    if not has_spoken:
        return "接下來由系統為您服務。您隨時都可以在這裡聯絡專人。"
    return "專人的服務到此結束，接下來由系統為您服務。"


def open_step() -> str:
    return "您剛才的手續尚未完成，直接回覆即可繼續。"


def ask_rating() -> str:
    return "方便的話，請告訴我們您對今天服務的感受。"


def button_rating(stars: int) -> str:
    return ("非常不滿意", "不滿意", "普通", "滿意", "非常滿意")[stars - 1]


def thanks_for_rating() -> str:
    return "感謝您的意見。"
