"""Days and hours as people write them (日付と時刻), in Tokyo, from the moment of the message.

A weekday is the next one; that of next week (来週の) is of the week after this one, weeks beginning on
Monday. A day without a year is the next such day. An hour of one to seven without morning or
afternoon is in the afternoon: shops are open then.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import add_months, tokyo_day
from conversations.understanding import numerals

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_N = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAYS = {"月": 0, "火": 1, "水": 2, "木": 3, "金": 4, "土": 5, "日": 6}
_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KO_DAYS = dict(zip("월화수목금토일", range(7), strict=True))
_ZH_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEKS = {
    "再来週": 2, "さ来週": 2, "来週": 1, "らいしゅう": 1, "今週": 0, "こんしゅう": 0,
    "下下": 2, "下": 1, "這": 0, "这": 0, "本": 0,
    "다다음 주": 2, "다다음주": 2, "다음 주": 1, "다음주": 1, "담주": 1, "이번 주": 0, "이번주": 0,
    "next": 1, "this": 0, "coming": None, "来週の": 1, "今週の": 0,
}  # fmt: skip
_RELATIVE: tuple[tuple[str, int], ...] = (
    (r"明々後日|しあさって|大後天|大后天|글피", 3),
    (r"明後日|あさって|アサッテ|day after tomorrow|後天|后天|모레", 2),
    (
        r"明日|あした|アシタ|みょうにち|(?<![a-z])tomorrow|(?<![a-z])tmrw?(?![a-z])|明天|聽日|听日|내일",
        1,
    ),
    (r"一昨日|おととい|前天|그저께", -2),
    (r"昨日|きのう|(?<![a-z])yesterday|昨天|어제", -1),
    (r"今日|きょう|本日|今夜|今晩|(?<![a-z])today|tonight|今天|今晚|오늘", 0),
)
_RELATIVES = [(re.compile(pattern), days) for pattern, days in _RELATIVE]
_DATES: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]]] = []


def _dated(
    pattern: str,
) -> Callable[
    [Callable[[re.Match[str], date], date | None]],
    Callable[[re.Match[str], date], date | None],
]:
    def kept(
        read: Callable[[re.Match[str], date], date | None],
    ) -> Callable[[re.Match[str], date], date | None]:
        _DATES.append((re.compile(pattern), read))
        return read

    return kept


def _number(told: str) -> int:
    return int(told) if told.isdigit() else numerals.value_of(told) or 0


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(month: int, day: int, today: date) -> date | None:
    """That day of this year, or of the next when it is past."""
    found = _on(today.year, month, day)
    if found is not None and found < today:
        found = _on(today.year + 1, month, day)
    return found


@_dated(r"(?<!\d)(20\d\d)[-/.年년]\s?(\d{1,2})[-/.月월]\s?(\d{1,2})(?!\d)")
def _iso(found: re.Match[str], today: date) -> date | None:
    return _on(int(found[1]), int(found[2]), int(found[3]))


@_dated(
    r"(?:令和|れいわ|(?<![a-z0-9])r)\s?(\d{1,2}|元)[年./]\s?(\d{1,2})[月./]\s?(\d{1,2})日?(?!\d)"
)
def _reiwa(found: re.Match[str], today: date) -> date | None:
    year = 1 if found[1] == "元" else int(found[1])
    return _on(2018 + year, int(found[2]), int(found[3]))


@_dated(
    rf"(来月|らいげつ|下個月|下个月|다음 ?달|今月|こんげつ|這個月|这个月|本月|이번 ?달)の?\s?{_N}\s?[日号號일]"
)
def _of_month(found: re.Match[str], today: date) -> date | None:
    is_next = found[1][0] in "来ら下다"
    first = add_months(today.replace(day=1), 1) if is_next else today.replace(day=1)
    return _on(first.year, first.month, _number(found[2]))


@_dated(
    r"(来月|らいげつ|下個月|下个月|다음 ?달|今月|こんげつ|本月|이번 ?달)?の?(?:月末|末日|げつまつ|月底|말일)"
)
def _month_end(found: re.Match[str], today: date) -> date | None:
    is_next = found[1] is not None and found[1][0] in "来ら下다"
    month = add_months(today.replace(day=1), 1) if is_next else today
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


@_dated(rf"{_N}\s?(?:月|월|がつ)\s?{_N}\s?(?:日|号|號|일|にち)?(?!\d|個|点)")
def _month_day(found: re.Match[str], today: date) -> date | None:
    return _next(_number(found[1]), _number(found[2]), today)


@_dated(r"(?<![\d/.\-a-z])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/]|\s?(?:1a|st\.))")
def _slashed(found: re.Match[str], today: date) -> date | None:
    return _next(int(found[1]), int(found[2]), today)


@_dated(rf"(?<![a-z]){_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(20\d\d))?")
def _english(found: re.Match[str], today: date) -> date | None:
    month = _MONTHS.index(found[1][:3]) + 1
    if found[3]:
        return _on(int(found[3]), month, int(found[2]))
    return _next(month, int(found[2]), today)


@_dated(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?![a-z])(?:,?\s+(20\d\d))?")
def _british(found: re.Match[str], today: date) -> date | None:
    month = _MONTHS.index(found[2][:3]) + 1
    if found[3]:
        return _on(int(found[3]), month, int(found[1]))
    return _next(month, int(found[1]), today)


def _weekday(weekday: int, week: int | None, today: date) -> date:
    if week is None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * week + weekday)


@_dated(
    r"(再来週|さ来週|来週|らいしゅう|今週|こんしゅう)?の?\s?([月火水木金土日])(?:曜日?|ようび?)"
)
def _japanese_weekday(found: re.Match[str], today: date) -> date | None:
    return _weekday(_DAYS[found[2]], _WEEKS[found[1]] if found[1] else None, today)


_KANA_DAYS = {"げつ": 0, "か": 1, "すい": 2, "もく": 3, "きん": 4, "ど": 5, "にち": 6}


@_dated(r"(らいしゅう|こんしゅう)?の?\s?(げつ|か|すい|もく|きん|ど|にち)よう(?:び)?")
def _kana_weekday(found: re.Match[str], today: date) -> date | None:
    return _weekday(_KANA_DAYS[found[2]], _WEEKS[found[1]] if found[1] else None, today)


@_dated(r"(再来週|来週|今週)の([月火水木金土日])(?![曜本間])")
def _short_weekday(found: re.Match[str], today: date) -> date | None:
    return _weekday(_DAYS[found[2]], _WEEKS[found[1]], today)


@_dated(r"(下下|下|這|这|本)?個?个?(?:週|周|星期|禮拜|礼拜)([一二三四五六日天])")
def _chinese_weekday(found: re.Match[str], today: date) -> date | None:
    return _weekday(_ZH_DAYS[found[2]], _WEEKS[found[1]] if found[1] else None, today)


@_dated(r"(다다음 ?주|다음 ?주|담주|이번 ?주)?\s?([월화수목금토일])요일")
def _korean_weekday(found: re.Match[str], today: date) -> date | None:
    return _weekday(_KO_DAYS[found[2]], _WEEKS[found[1]] if found[1] else None, today)


@_dated(
    r"(?<![a-z])(next|this|coming|来週の|今週の)?\s?(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|"
    r"thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)(?![a-z])"
)
def _english_weekday(found: re.Match[str], today: date) -> date | None:
    weekday = next(n for n, name in enumerate(_EN_DAYS) if name.startswith(found[2][:3]))
    return _weekday(weekday, _WEEKS[found[1]] if found[1] else None, today)


@_dated(rf"{_N}\s?(?:日後|にちご|天後|天后|일 ?후|일 ?뒤)|in (\d{{1,2}}) days")
def _days_ahead(found: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=_number(found[1] or found[2]))


@_dated(rf"{_N}\s?(?:週間後|周後|週後|周后|주 ?후|주 ?뒤)|in (\d{{1,2}}) weeks?")
def _weeks_ahead(found: re.Match[str], today: date) -> date | None:
    return today + timedelta(weeks=_number(found[1] or found[2]))


@_dated(
    r"(?<![\d月월/.-])(3[01]|[12]\d|[1-9])\s?(?:日(?!本|間|前|以|後)|號(?!碼)|号(?!码|室)|일(?!간|전|이|후|뒤))"
)
def _day(found: re.Match[str], today: date) -> date | None:
    """A day of this month, or of the next one that has it."""
    for months in range(13):
        month = add_months(today.replace(day=1), months)
        day = _on(month.year, month.month, int(found[1]))
        if day is not None and day >= today:
            return day
    return None


@_dated(r"(?<![a-z])(?:on |by |until |the )+(\d{1,2})(?:st|nd|rd|th)(?![a-z])")
def _english_day(found: re.Match[str], today: date) -> date | None:
    return _next_day(int(found[1]), today)


def _next_day(number: int, today: date) -> date | None:
    for months in range(13):
        month = add_months(today.replace(day=1), months)
        day = _on(month.year, month.month, number)
        if day is not None and day >= today:
            return day
    return None


def date_in(narrow: str, *, now: datetime) -> date | None:
    """The first Tokyo day the text names, None when it names none that exists."""
    today = tokyo_day(now)
    best: tuple[int, date] | None = None
    for pattern, read in _DATES:
        found = pattern.search(narrow)
        if found is None or (best is not None and found.start() >= best[0]):
            continue
        day = read(found, today)
        if day is not None:
            best = (found.start(), day)
    for pattern, days in _RELATIVES:
        found = pattern.search(narrow)
        if found is not None:
            if best is None or found.start() < best[0]:
                best = (found.start(), today + timedelta(days=days))
            break
    return best[1] if best else None


_AM = r"午前|ごぜん|朝(?:の)?|あさ(?:の)?|上午|早上|오전|아침"
_PM = r"午後|ごご|夕方(?:の)?|夜(?:の)?|よる(?:の)?|晩(?:の)?|昼(?:の)?|下午|晚上|中午|오후|저녁|밤|ゆうがた(?:の)?"
_CLOCK = re.compile(
    rf"(?P<half>{_AM}|{_PM})?\s?(?P<hour>[01]?\d|2[0-3])[::](?P<minute>[0-5]\d)(?!\d|:)"
    r"\s?(?P<suffix>[ap]\.?m\.?)?"
)
_HOUR = re.compile(
    rf"(?P<half>{_AM}|{_PM})?\s?(?P<hour>[01]?\d|2[0-4]|[一二三四五六七八九十]{{1,3}})\s?"
    r"(?:時(?!間|計|期|代|点|給)|시(?!간|계|세))\s?"
    r"(?:(?P<half_past>半|반)|(?P<minute>[0-5]?\d)\s?[分분])?"
)
_ZH_HOUR = re.compile(
    r"(?P<half>上午|早上|下午|晚上|中午)?\s?(?P<hour>[01]?\d|2[0-3]|[一二三四五六七八九十两兩]{1,3})\s?"
    r"[點点](?!數|数|鐘錶)鐘?钟?\s?(?:(?P<half_past>半)|(?P<minute>[0-5]?\d)\s?分)?"
)
_EN_HOUR = re.compile(
    r"(?<![\d.])(?P<hour>1[0-2]|0?[1-9])(?:[.:](?P<minute>[0-5]\d))?\s?(?P<suffix>[ap]\.?m\.?)(?![a-z])"
)
_EN_PLAIN = re.compile(
    r"(?<![a-z])(?:at|around|about|by|from)\s+(?P<hour>1[0-2]|[1-9])(?:\s?o'?clock)?"
    r"(?![\d:%,./]|\s?(?:days?|weeks?|pieces?|yen|million|k(?![a-z])|st|nd|rd|th|pcs))"
)
_KANA_HOUR = re.compile(
    rf"(?P<half>{_AM}|{_PM})?\s?(?P<hour>{numerals.KANA}{{1,3}})じ(?P<half_past>はん)?(?!ゅ|ょ|ゃ|ぶん|か)"
)
_NOON = re.compile(r"正午|(?<![a-z])noon(?![a-z])|정오")


def time_in(narrow: str, *, is_chinese: bool = False) -> time | None:
    """The first time of day the text names."""
    if _NOON.search(narrow):
        return time(12)
    patterns = [_CLOCK, _HOUR, _EN_HOUR, _EN_PLAIN, _KANA_HOUR]
    if is_chinese:
        patterns.insert(1, _ZH_HOUR)
    best: tuple[int, time] | None = None
    for pattern in patterns:
        for found in pattern.finditer(narrow):
            told = _time_of(found)
            if told is not None:
                if best is None or found.start() < best[0]:
                    best = (found.start(), told)
                break
    return best[1] if best else None


def _time_of(found: re.Match[str]) -> time | None:
    parts = found.groupdict()
    told = parts["hour"]
    hour = int(told) if told.isdigit() else numerals.value_of(numerals.from_kana(told)) or 0
    minute = int(parts.get("minute") or 0)
    if parts.get("half_past"):
        minute = 30
    half, suffix = parts.get("half"), parts.get("suffix")
    is_am = bool(half and re.fullmatch(_AM, half)) or bool(suffix and suffix[0] == "a")
    is_pm = bool(half and re.fullmatch(_PM, half)) or bool(suffix and suffix[0] == "p")
    if is_pm and hour < 12:
        hour += 12
    elif is_am and hour == 12:
        hour = 0
    elif not is_am and not is_pm and 1 <= hour <= 7 and len(told) < 3 and told[:1] != "0":
        hour += 12
    if hour == 24:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
