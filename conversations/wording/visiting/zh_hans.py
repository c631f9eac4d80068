"""到店、门店与回电的用语。"""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_KINDS = {"store": "到店", "video_call": "视频通话", "home_visit": "上门服务", "call_back": "电话"}


def _where(kind: str, store: str | None) -> str:
    return f"{store}{_KINDS[kind]}" if store is not None else _KINDS[kind]


def gap() -> str:
    return ""


def day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


_told = day


def when(starts_at: datetime) -> str:
    local = starts_at.astimezone(TOKYO)
    return f"{day(local.date())} {local:%H:%M}"


def spans(spans: Sequence[tuple[time, time]]) -> str:
    if not spans:
        return "休息日"
    return "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)


def distance(metres: int) -> str:
    return f"约{metres / 1000:.1f}公里" if metres >= 1000 else f"约{max(10, round(metres, -1))}米"


def label_address() -> str:
    return "地址"


def label_today() -> str:
    return "今日营业"


def label_distance() -> str:
    return "距离"


def label_phone() -> str:
    return "电话"


def label_parking() -> str:
    return "停车"


def button_map() -> str:
    return "查看地图"


def button_visit() -> str:
    return "预约到店"


def button_book() -> str:
    return "按此内容预约"


def button_other_time() -> str:
    return "其他时间"


def button_move() -> str:
    return "更改时间"


def button_call_off() -> str:
    return "取消预约"


def button_call() -> str:
    return "请给我打电话"


def nearest_first() -> str:
    return "由近到远为您介绍门店。"


def ask_day(kind: str) -> str:
    asked = {
        "store": "请问您希望哪一天到店？",
        "video_call": "请问您希望哪一天进行视频通话？",
        "home_visit": "请问您希望我们哪一天上门？",
        "call_back": "请问您希望我们哪一天致电？",
    }
    return asked[kind]


def ask_time(day: date, spans: str, *, is_outside: bool) -> str:
    told = "抱歉，请选择营业时间内的时段。" if is_outside else ""
    return f"{told}{_told(day)}的营业时间为{spans}，请问您希望几点？"


def day_is_past() -> str:
    return "抱歉，该时间已过。"


def day_is_far(last: date) -> str:
    return f"抱歉，目前受理至{_told(last)}。"


def day_is_closed(day: date) -> str:
    return f"{_told(day)}为休息日。"


def day_is_over() -> str:
    return "今天的受理时间已结束。"


def confirm_visit(kind: str, *, when: str, store: str | None, minutes: int) -> str:
    return f"已为您保留{when}的{_where(kind, store)}{minutes}分钟。要按此内容预约吗？"


def appointment_booked(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"将由{name}为您服务。" if name is not None else "期待为您服务。"
    return f"已为您预约{when}的{_where(kind, store)}。{who}"


def moved(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"将由{name}为您服务。" if name is not None else "期待为您服务。"
    return f"{_where(kind, store)}已改为{when}。{who}"


def time_is_taken() -> str:
    return "抱歉，该时段无法预约。"


def day_is_full(day: date) -> str:
    return f"抱歉，{_told(day)}已没有空档。"


def ask_new_time(kind: str, *, when: str) -> str:
    return f"请问{when}的{_KINDS[kind]}要改到什么时候？"


def ask_place() -> str:
    return "请问地点是您的住宅吗？"


def button_at_home() -> str:
    return "住宅"


def button_elsewhere() -> str:
    return "其他地点"


def only_at_home() -> str:
    return "依法律规定，我们只能在本店或您的住宅收取物品。请选择上门服务、到店或视频通话。"


def appointment_soon(kind: str, *, when: str, store: str | None, link: str | None) -> str:
    told = f"\n{link}" if link is not None else ""
    return f"提醒您，您已预约{when}的{_where(kind, store)}，期待为您服务。{told}"


def appointment_moved(kind: str, *, when: str, store: str | None) -> str:
    return f"抱歉，您的{_where(kind, store)}预约已由本店改为{when}。若时间不便，请重新选择。"


def appointment_cancelled(kind: str, *, when: str) -> str:
    return f"非常抱歉，因本店原因，{when}的{_KINDS[kind]}预约已取消。欢迎另选时间。"


def appointment_missed(kind: str, *, when: str) -> str:
    return f"很遗憾{when}的{_KINDS[kind]}未能见到您。欢迎另选时间。"


def appointment_link(*, when: str, link: str) -> str:
    return f"{when}的视频通话请由此进入：\n{link}"


def adviser_changed(before: str, after: str) -> str:
    return f"今后由{after}接替{before}为您服务，请多指教。"


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{when} {_KINDS[kind]}" for kind, when in wishes)
    return f"以下是您的预约：\n{told}"


def none_standing() -> str:
    return "目前没有您的预约。"


def which() -> str:
    return "请问是哪一个预约？"


def confirm_call_off(kind: str, *, when: str) -> str:
    return f"要取消{when}的{_KINDS[kind]}吗？"


def called_off(kind: str, *, when: str) -> str:
    return f"已取消{when}的{_KINDS[kind]}。期待再次为您服务。"


def complaint_heard(*, by: str) -> str:
    return f"给您带来不便，非常抱歉。已转告负责人，{by}前回复您。"


def adviser_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，您的专属顾问{name}会在{by}前于此回复您。"
    return f"好的，目前为非营业时间，您的专属顾问{name}会在{by}前回复您。您可以先留下需求。"


def named_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"好的，{name}会在{by}前于此回复您。"
    return f"好的，目前为非营业时间，{name}会在{by}前回复您。您可以先留下需求。"


def ask_phone() -> str:
    return "请留下方便联系的电话号码。"


def confirm_call(number: str, *, by: str) -> str:
    return f"顾问会在{by}前致电{number}。这样可以吗？"


def call_promised(number: str, *, by: str) -> str:
    return f"好的，顾问会在{by}前致电{number}。"


def doubt_handed_over(*, by: str) -> str:
    return f"很抱歉没能顺利回答您。已转告顾问，{by}前回复您。"


def still_waiting(*, by: str) -> str:
    return f"让您久等，非常抱歉。顾问会在{by}前回复您。"


def with_bot_again(*, has_spoken: bool) -> str:
    if not has_spoken:
        return "接下来由系统为您服务。您随时都可以在这里联系顾问。"
    return "顾问的服务到此结束，接下来由系统为您服务。"


def open_step() -> str:
    return "您刚才的手续还没有完成，直接回复即可继续。"


def ask_rating() -> str:
    return "方便的话，请告诉我们您对今天服务的感受。"


def button_rating(stars: int) -> str:
    return ("非常不满意", "不满意", "一般", "满意", "非常满意")[stars - 1]


def thanks_for_rating() -> str:
    return "感谢您的反馈。"
