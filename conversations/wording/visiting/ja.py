"""来店・店舗・折り返しの文言: polite, short, with the promise."""

from collections.abc import Sequence
from datetime import date, datetime, time

from catalog.ground.calendar import TOKYO

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_KINDS = {
    "store": "ご来店",
    "video_call": "ビデオ通話",
    "home_visit": "ご自宅への出張",
    "call_back": "お電話",
}


def _where(kind: str, store: str | None) -> str:
    if store is not None:
        return f"{store}への{_KINDS[kind]}"
    return _KINDS[kind]


def gap() -> str:
    return ""


def day(day: date) -> str:
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


_told = day


def when(starts_at: datetime) -> str:
    local = starts_at.astimezone(TOKYO)
    return f"{day(local.date())} {local:%H:%M}"


def spans(spans: Sequence[tuple[time, time]]) -> str:
    if not spans:
        return "休業日"
    return "、".join(f"{opens:%H:%M}〜{closes:%H:%M}" for opens, closes in spans)


def distance(metres: int) -> str:
    return f"約{metres / 1000:.1f}km" if metres >= 1000 else f"約{max(10, round(metres, -1))}m"


def label_address() -> str:
    return "住所"


def label_today() -> str:
    return "本日の営業"


def label_distance() -> str:
    return "距離"


def label_phone() -> str:
    return "電話"


def label_parking() -> str:
    return "駐車場"


def button_map() -> str:
    return "地図を見る"


def button_visit() -> str:
    return "来店を予約する"


def button_book() -> str:
    return "この内容で予約する"


def button_other_time() -> str:
    return "他の日時"


def button_move() -> str:
    return "日時を変更する"


def button_call_off() -> str:
    return "取りやめる"


def button_call() -> str:
    return "電話を希望する"


def nearest_first() -> str:
    return "お近くの店舗を、近い順にご案内します。"


def ask_day(kind: str) -> str:
    asked = {
        "store": "ご来店のご希望日をお知らせください。",
        "video_call": "ビデオ通話のご希望日をお知らせください。",
        "home_visit": "ご自宅へ伺う日のご希望をお知らせください。",
        "call_back": "お電話を差し上げる日のご希望をお知らせください。",
    }
    return asked[kind]


def ask_time(day: date, spans: str, *, is_outside: bool) -> str:
    told = "恐れ入りますが、営業時間内でお選びください。" if is_outside else ""
    return f"{told}{_told(day)}は{spans}に承ります。ご希望の時刻をお知らせください。"


def day_is_past() -> str:
    return "恐れ入りますが、その日時は過ぎております。"


def day_is_far(last: date) -> str:
    return f"恐れ入りますが、{_told(last)}までの日でお選びください。"


def day_is_closed(day: date) -> str:
    return f"{_told(day)}は休業日でございます。"


def day_is_over() -> str:
    return "本日の受付は終了いたしました。"


def confirm_visit(kind: str, *, when: str, store: str | None, minutes: int) -> str:
    return (
        f"{when}、{_where(kind, store)}の枠を{minutes}分間お取りしております。"
        "この内容で予約してよろしいでしょうか。"
    )


def appointment_booked(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"担当は{name}でございます。" if name is not None else ""
    return (
        f"{when}、{_where(kind, store)}のご予約を承りました。{who}どうぞよろしくお願いいたします。"
    )


def moved(kind: str, *, when: str, store: str | None, name: str | None) -> str:
    who = f"担当は{name}でございます。" if name is not None else ""
    return f"{_where(kind, store)}を{when}に変更いたしました。{who}どうぞよろしくお願いいたします。"


def time_is_taken() -> str:
    return "恐れ入りますが、そのお時間は承れません。"


def day_is_full(day: date) -> str:
    return f"恐れ入りますが、{_told(day)}は空きがございません。"


def ask_new_time(kind: str, *, when: str) -> str:
    return f"{when}の{_KINDS[kind]}を、いつに変更いたしましょうか。"


def ask_place() -> str:
    return "お伺いする場所はご自宅でしょうか。"


def button_at_home() -> str:
    return "自宅"


def button_elsewhere() -> str:
    return "自宅以外"


def only_at_home() -> str:
    return (
        "法令により、お品物をお預かりできる場所は当店かご自宅に限られております。"
        "ご自宅への出張、ご来店、ビデオ通話からお選びください。"
    )


def appointment_soon(kind: str, *, when: str, store: str | None, link: str | None) -> str:
    told = f"\n{link}" if link is not None else ""
    return (
        f"{when}に{_where(kind, store)}のご予約を承っております。"
        f"どうぞよろしくお願いいたします。{told}"
    )


def appointment_moved(kind: str, *, when: str, store: str | None) -> str:
    return (
        f"恐れ入りますが、{_where(kind, store)}のご予約を{when}に変更させていただきました。"
        "ご都合が合わない場合は、日時をお選び直しください。"
    )


def appointment_cancelled(kind: str, *, when: str) -> str:
    return (
        f"申し訳ございません。{when}の{_KINDS[kind]}のご予約は、当店の都合により取り消しとなりました。"
        "よろしければ、他の日時をお選びください。"
    )


def appointment_missed(kind: str, *, when: str) -> str:
    return (
        f"{when}の{_KINDS[kind]}にお目にかかれず、残念でございました。"
        "よろしければ、他の日時をお選びください。"
    )


def appointment_link(*, when: str, link: str) -> str:
    return f"{when}のビデオ通話は、こちらからお入りください。\n{link}"


def adviser_changed(before: str, after: str) -> str:
    return (
        f"これまで担当しておりました{before}に代わり、{after}がお客様を担当いたします。"
        "どうぞよろしくお願いいたします。"
    )


def standing(wishes: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{when} {_KINDS[kind]}" for kind, when in wishes)
    return f"承っているご予約です。\n{told}"


def none_standing() -> str:
    return "これからのご予約は、ただいまございません。"


def which() -> str:
    return "どちらのご予約でしょうか。"


def confirm_call_off(kind: str, *, when: str) -> str:
    return f"{when}の{_KINDS[kind]}を取りやめます。よろしいでしょうか。"


def called_off(kind: str, *, when: str) -> str:
    return f"{when}の{_KINDS[kind]}を取りやめました。またのご予約をお待ちしております。"


def complaint_heard(*, by: str) -> str:
    return f"ご不快な思いをおかけし、申し訳ございません。責任者に伝え、{by}までにお返事いたします。"


def adviser_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return (
            f"承知いたしました。担当の{name}におつなぎします。{by}までに、"
            "こちらでお返事いたします。"
        )
    return (
        f"承知いたしました。ただいま営業時間外のため、{by}までに担当の{name}がお返事いたします。"
        "ご用件を先にお書きいただけます。"
    )


def named_called(name: str, *, by: str, is_open: bool) -> str:
    if is_open:
        return f"承知いたしました。{by}までに、{name}がこちらでお返事いたします。"
    return (
        f"承知いたしました。ただいま営業時間外のため、{by}までに{name}がお返事いたします。"
        "ご用件を先にお書きいただけます。"
    )


def ask_phone() -> str:
    return "お電話を差し上げる番号をお書きください。"


def confirm_call(number: str, *, by: str) -> str:
    return f"{by}までに、{number}の番号へ担当者がお電話いたします。よろしいでしょうか。"


def call_promised(number: str, *, by: str) -> str:
    return f"承りました。{by}までに、{number}の番号へ担当者がお電話いたします。"


def doubt_handed_over(*, by: str) -> str:
    return (
        "うまくお答えできず申し訳ございません。担当者にお伝えしました。"
        f"{by}までにお返事いたします。"
    )


def still_waiting(*, by: str) -> str:
    return f"お待たせしており申し訳ございません。{by}までに担当者がお返事いたします。"


def with_bot_again(*, has_spoken: bool) -> str:
    if not has_spoken:
        return "ここからは自動でご案内いたします。担当者とも、いつでもこちらでお話しいただけます。"
    return "担当者とのお話は以上でございます。ここからは自動でご案内いたします。"


def open_step() -> str:
    return "先ほどのお手続きが途中でございます。このままご返信いただければ、続きを承ります。"


def ask_rating() -> str:
    return "よろしければ、本日の対応をお聞かせください。"


def button_rating(stars: int) -> str:
    return ("とても不満", "不満", "ふつう", "満足", "とても満足")[stars - 1]


def thanks_for_rating() -> str:
    return "お聞かせくださり、ありがとうございます。"
