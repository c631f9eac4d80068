"""Amounts of yen as people write them (金額): 3万円, ¥30,000, 三十五万, 30k, 1.2M yen, 90만엔, さんじゅうまん.

Only yen: a number with another currency is none. Karats (18k) and counts are none.
"""

import re

from catalog.ground.money import Yen
from conversations.understanding import numerals

_MOST = 10**11
_NUM = r"\d{1,15}(?:\.\d{1,15})?"
_YEN = r"(?:円|圓|元|엔|yen(?![a-z])|jpy(?![a-z])|日圓|日元|日币|日幣|えん)"
_LARGE = re.compile(
    rf"(?<![\d.a-z-])((?:{_NUM}\s?[億亿억]\s?)?(?:{_NUM}\s?[千천]?\s?[万萬만]|{_NUM}\s?[億亿억])"
    rf"\s?(?:\d{{1,4}}(?=\s?{_YEN})|\d[千천])?)\s?(?:{_YEN})?(?!\s?(?:キロ|km|画素|人|回転|振動|歩|ドル|美元|달러|usd))"
)
_KANJI = re.compile(
    rf"(?<![年月第])([一二三四五六七八九十百千〇]+[万萬億亿][一二三四五六七八九十百千〇]*(?:\d+)?)\s?(?:{_YEN})?"
    rf"|([一二三四五六七八九十百千〇]{{2,}})\s?(?:円|圓|えん)"
)
_KANA = re.compile(
    rf"((?:{numerals.KANA})+まん(?:(?:{numerals.KANA})+)?)(?:えん|円)?|((?:{numerals.KANA}){{2,}})えん"
)
_HANGUL = re.compile(r"([일이삼사오육칠팔구십백천]+[만억][일이삼사오육칠팔구십백천]*)\s?(?:엔)?")
_SIGNED = re.compile(r"(?:¥|￥|jpy\s?)\s?(\d[\d,]{0,19}(?:\.\d{1,15})?)\s?(k|m|万|萬|億)?(?![a-z])")
_PLAIN = re.compile(rf"(?<![\d.a-z-])(\d[\d,]{{0,19}})\s?(?:千)?\s?{_YEN}")
_THOUSANDS = re.compile(rf"(?<![\d.a-z-])(\d{{1,15}})\s?千\s?{_YEN}")
_K = re.compile(rf"(?<![\d.a-z-])({_NUM})\s?k(?![a-z0-9])(\s?{_YEN})?")
_MILLION = re.compile(
    rf"(?<![\d.a-z-])({_NUM})\s?(?:million|mil(?![a-z])|m(?=\s?{_YEN}))\s?(?:{_YEN})?"
)
_GROUPED = re.compile(r"(?<![\d.a-z#-])([1-9]\d{0,2}(?:,\d{3}){1,5})(?![\d.])")
_KARATS = frozenset({"9", "10", "14", "18", "20", "22", "24"})


def money_in(narrow: str) -> Yen | None:
    """The first amount the text names, in yen."""
    text = narrow
    found: list[tuple[int, int]] = []

    def add(start: int, amount: float | None) -> None:
        if amount is not None and 0 < amount < _MOST:
            found.append((start, round(amount)))

    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    for each in _LARGE.finditer(plain):
        add(each.start(), numerals.value_of(re.sub(r"\s", "", each[1])))
    for each in _KANJI.finditer(plain):
        add(each.start(), numerals.value_of(each[1] or each[2]))
    for each in _KANA.finditer(plain):
        add(each.start(), numerals.value_of(numerals.from_kana(each[1] or each[2])))
    for each in _HANGUL.finditer(plain):
        add(each.start(), numerals.value_of(each[1]))
    for each in _SIGNED.finditer(plain):
        times = {"k": 1_000, "m": 10**6, "万": 10**4, "萬": 10**4, "億": 10**8}.get(
            each[2] or "", 1
        )
        add(each.start(), float(each[1].replace(",", "")) * times)
    for each in _THOUSANDS.finditer(plain):
        add(each.start(), int(each[1]) * 1_000)
    for each in _PLAIN.finditer(plain):
        add(each.start(), int(each[1].replace(",", "")))
    for each in _K.finditer(plain):
        if each[2] or each[1] not in _KARATS:
            add(each.start(), float(each[1]) * 1_000)
    for each in _MILLION.finditer(plain):
        add(each.start(), float(each[1]) * 10**6)
    if not found:
        for each in _GROUPED.finditer(text):
            add(each.start(), int(each[1].replace(",", "")))
    return Yen(min(found, key=lambda pair: (pair[0], -pair[1]))[1]) if found else None
