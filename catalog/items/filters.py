"""Wishes in words that narrow a search: price, grade, category, what is there (R-090).

One function for search and chat: `filters_in` takes the phrases out of a folded text and says what
they ask. It decides nothing about names and references.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from catalog.ground.money import Yen
from catalog.items.kinds import Category, UnitState
from catalog.items.lines import GRADES


@dataclass(frozen=True, slots=True)
class Filters:
    """What a piece must be; None and () ask nothing. Prices in yen, both ends included.

    `alone`: an amount that was said with nothing beside it. A search takes it as "about"; whoever
    keeps a wish takes it as the most that may be paid, for a wish is told in yen nobody but the
    person has named.
    """

    price_from: Yen | None = None
    price_to: Yen | None = None
    grade_at_least: str | None = None
    category: Category | None = None
    states: tuple[UnitState, ...] = ()
    alone: Yen | None = None

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades that will do; empty: any, also none."""
        if self.grade_at_least is None:
            return ()
        return GRADES[: GRADES.index(self.grade_at_least) + 1]


NONE = Filters()
_ABOUT = 20  # percent either way of an amount said with "about", or alone
_MOST_YEN = 10**13

_KANJI_NUMBER = "[一二三四五六七八九十百千]{1,15}"
_NUMBER = (
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}|[0-9]{{1,15}}(?:\.[0-9]{{1,3}})?|{_KANJI_NUMBER})"
)
_UNIT = r"(?:億|万|萬|千|만|천|(?:k|mil|million)(?![a-z0-9]))"
_MARK = r"(?:円|日[元圓円]|엔|(?:yen|jpy)(?![a-z]))"
# Won, yuan and dollars are not converted, so they are no wish in yen.
_AMOUNT = (
    rf"(?<![0-9.])¥?\s*{_NUMBER}\s*(?:{_UNIT}(?:{_NUMBER}{_UNIT}?)?)?\s*{_MARK}?"
    r"(?![0-9])(?!\s*(?:원|元|ドル|usd|dollar|\$|€))"
)
_PART = re.compile(rf"({_NUMBER})\s*({_UNIT})?")
# What makes a number an amount of money: its unit, or the mark of a currency.
_IS_MONEY = re.compile(rf"¥|{_UNIT}|{_MARK}|[0-9],[0-9]{{3}}")

_IS_CLEARLY_MONEY = re.compile(rf"¥|万|萬|億|만|{_MARK}")

_RANGE = re.compile(
    rf"(?<![0-9a-z.])({_AMOUNT})\s*(?:~|〜|-|カラ|ヨリ|to|到|至|에서|부터)\s*({_AMOUNT})"
    r"(?:マデ|以内|ノ間|까지)?"
)
_AT_MOST = re.compile(
    r"(?:(?:under|below|less than|up to|max|within|at most|不超過|不超过|低於|低于)\s*"
    rf"|(?<![0-9])[~〜]\s*)({_AMOUNT})"
    rf"|(?:予算|上限)ハ?\s*({_AMOUNT})(?!\s*(?:~|〜|以上))(?:以下|以内|マデ)?"
    rf"|({_AMOUNT})\s*(?:以下|未満|以内|以內|マデ|ヨリ安[イクカ]|ノ予算|予算|이하|까지|or less"
    r"|or under|ヲ?\s*(?:切[ッルリレ]|下回|割[ッルリレ])|ニナッ|보다 ?싸|밑으로|아래)"
)
_AT_LEAST = re.compile(
    rf"(?:over|above|more than|at least|from|min)\s*({_AMOUNT})"
    rf"|({_AMOUNT})\s*(?:以上|カラ|超|ヨリ高イ|[~〜]|이상|or more|or over)"
)
_ABOUT_AMOUNT = re.compile(
    rf"(?:約|ダイタイ|about|around)\s*({_AMOUNT})"
    rf"|({_AMOUNT})\s*(?:前後|位|クライ|グライ|程度|ホド|左右|정도)"
)
_BAND = re.compile(rf"({_AMOUNT})\s*台")
_ALONE = re.compile(rf"(?<![0-9a-z.,/-])({_AMOUNT})(?![0-9a-z.,/-])")

_GRADE = r"(?<![a-z0-9./-])(n|sa|s|ab|a|bc|b|c)(?![a-z0-9./-])"
_AT_LEAST_GRADE = re.compile(
    rf"(?:ランク|グレード|grade|rank|成色|등급)\s*{_GRADE}\s*(?:以上|or better|or above|이상|\+)?"
    rf"|{_GRADE}\s*(?:ランク|グレード|等級|級|级|grade|등급)\s*(?:以上|or better|or above|이상|\+)?"
    rf"|{_GRADE}\s*(?:以上|or better|or above|이상|\+)"
    r"|(?<![a-z0-9./-])(ab|bc)(?![a-z0-9./-])"
)
_GRADE_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"新品未使用|新品|全新|새상품|brand new"), "N"),
    (re.compile(r"未使用品?|新古品|unused|미사용"), "S"),
    (re.compile(r"極美品|mint condition|like new"), "A"),
)
_CATEGORIES: tuple[tuple[re.Pattern[str], Category], ...] = (
    (
        re.compile(
            r"腕時計|時計|ウ[ォオ]ッチ|手[錶表]|腕[錶表]|錶|시계|(?<![a-z])watch(?:es)?(?![a-z])"
        ),
        Category.WATCH,
    ),
    (
        re.compile(r"バッグ|バック(?!ル)|鞄|カバン|包包|包(?![装])|가방|(?<![a-z])bags?(?![a-z])"),
        Category.BAG,
    ),
    (
        re.compile(
            r"ジュエリー|宝飾|アクセサリー|珠[寶宝]|首[飾饰]|주얼리|(?<![a-z])jewell?e?ry(?![a-z])"
        ),
        Category.DIAMOND,
    ),
    (
        re.compile(
            r"アパレル|洋服|古着|衣類|衣服|옷|의류|(?<![a-z])(?:apparel|clothes|clothing)(?![a-z])"
        ),
        Category.APPAREL,
    ),
)
_STATES: tuple[tuple[re.Pattern[str], tuple[UnitState, ...]], ...] = (
    (
        re.compile(
            r"在庫(?:アリ|有リ?|中)?(?:マスカ)?|現貨|现货|有貨|有货|재고(?:있)?"
            r"|(?<![a-z])(?:in stock|available)(?![a-z])"
        ),
        (UnitState.LISTED,),
    ),
    (re.compile(r"商談中|取[リ]?置[キ]?中|(?<![a-z])reserved(?![a-z])"), (UnitState.RESERVED,)),
)


def filters_in(folded: str) -> tuple[Filters, str]:
    """What a folded text asks for in price, grade and stock, and the text with those phrases
    blanked; places stay the same.
    """
    asked, rest = _price(folded)
    asked, rest = _grade(asked, rest)
    for pattern, states in _STATES:
        found = pattern.search(rest)
        if found:
            return replace(asked, states=states), _blank(rest, found)
    return asked, rest


def category_in(folded: str) -> tuple[Category | None, str]:
    """The category a folded text names, and the text without it. Names of pieces must be out of it
    already, for an Apple Watch is no wish for a watch.
    """
    for pattern, category in _CATEGORIES:
        found = pattern.search(folded)
        if found:
            return category, _blank(folded, found)
    return None, folded


def _blank(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " * len(found[0]) + text[found.end() :]


def _price(folded: str) -> tuple[Filters, str]:
    for found in _RANGE.finditer(folded):
        low, high = _pair(found[1], found[2])
        if low and high and low <= high:
            return Filters(price_from=Yen(low), price_to=Yen(high)), _blank(folded, found)
    for pattern, ask in _BOUNDS:
        for found in pattern.finditer(folded):
            told = next(group for group in found.groups() if group)
            amount = _amount(told)
            if amount and (_IS_MONEY.search(told) or amount >= 10_000):
                return ask(amount), _blank(folded, found)
    for found in _ALONE.finditer(folded):
        amount = _amount(found[1])
        if amount and _IS_CLEARLY_MONEY.search(found[1]):
            return replace(_about(amount), alone=Yen(amount)), _blank(folded, found)
    return NONE, folded


def _about(amount: int) -> Filters:
    return Filters(
        price_from=Yen(amount * (100 - _ABOUT) // 100),
        price_to=Yen(amount * (100 + _ABOUT) // 100),
    )


def _band(amount: int) -> Filters:
    """50万円台 is from 500,000 to 599,999."""
    step = 10 ** (len(str(amount)) - 1)
    return Filters(price_from=Yen(amount), price_to=Yen(amount // step * step + step - 1))


_BOUNDS: tuple[tuple[re.Pattern[str], Callable[[int], Filters]], ...] = (
    (_BAND, _band),
    (_ABOUT_AMOUNT, _about),
    (_AT_MOST, lambda amount: Filters(price_to=Yen(amount))),
    (_AT_LEAST, lambda amount: Filters(price_from=Yen(amount))),
)


def _pair(low: str, high: str) -> tuple[int | None, int | None]:
    """Both ends; 50〜80万 means 500,000 to 800,000. None when it is no money."""
    if not (_IS_MONEY.search(low) or _IS_MONEY.search(high)):
        return None, None
    unit = _PART.search(high)
    if unit and unit[2] and not re.search(_UNIT, low):
        low += unit[2]
    return _amount(low), _amount(high)


_TIMES = {
    "億": 10**8, "万": 10**4, "萬": 10**4, "만": 10**4, "千": 10**3, "천": 10**3,
    "k": 10**3, "mil": 10**6, "million": 10**6,
}  # fmt: skip
_KANJI = {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}
_KANJI_TIMES = {"十": 10, "百": 100, "千": 1000}


def _amount(told: str) -> int | None:
    """Whole yen of 1億2000万, 98万, 1.5万, 三十万, ¥1,250,000; None when there is none."""
    total = 0
    for number, unit in _PART.findall(told):
        total += _number(number, _TIMES.get(unit, 1))
    return total if 0 < total < _MOST_YEN else None


def _number(told: str, times: int) -> int:
    if not told[0].isascii():
        return _kanji(told) * times
    whole, _, part = told.replace(",", "").partition(".")
    return int(whole) * times + (int(part) * times // 10 ** len(part) if part else 0)


def _kanji(told: str) -> int:
    total, digit = 0, 0
    for each in told:
        if each in _KANJI:
            digit = _KANJI[each]
        else:
            total += (digit or 1) * _KANJI_TIMES[each]
            digit = 0
    return total + digit


def _grade(asked: Filters, folded: str) -> tuple[Filters, str]:
    found = _AT_LEAST_GRADE.search(folded)
    if found:
        told = next(group for group in found.groups() if group).upper()
        # Shops that know SA put it between S and A.
        return replace(asked, grade_at_least="S" if told == "SA" else told), _blank(folded, found)
    for pattern, grade in _GRADE_WORDS:
        found = pattern.search(folded)
        if found:
            return replace(asked, grade_at_least=grade), _blank(folded, found)
    return asked, folded
