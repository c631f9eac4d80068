"""Numbers in words (数詞): kanji, kana, Hangul and English, as people write amounts and counts."""

import re

_KANJI = {"〇": 0, "零": 0, "一": 1, "二": 2, "両": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5}
_KANJI |= {"六": 6, "七": 7, "八": 8, "九": 9, "壱": 1, "弐": 2, "参": 3}
_SMALL = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "십": 10, "백": 100, "천": 1_000}
_LARGE = {"万": 10_000, "萬": 10_000, "만": 10_000, "億": 10**8, "亿": 10**8, "억": 10**8}
_HANGUL = {"영": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_DIGITS = {**_KANJI, **_HANGUL}

KANJI = "[〇零一二三四五六七八九十百千万億萬亿壱弐参拾]"

ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a dozen": 12,
}  # fmt: skip
KOREAN = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9,
    "열": 10, "열한": 11, "열두": 12,
}  # fmt: skip
_KANA_UNITS = (
    ("じゅう", "十"), ("ひゃく", "百"), ("びゃく", "百"), ("ぴゃく", "百"), ("せん", "千"),
    ("ぜん", "千"), ("まん", "万"), ("おく", "億"), ("いち", "一"), ("いっ", "一"), ("に", "二"),
    ("さん", "三"), ("よん", "四"), ("し", "四"), ("よ", "四"), ("ご", "五"), ("ろく", "六"),
    ("ろっ", "六"), ("なな", "七"), ("しち", "七"), ("はち", "八"), ("はっ", "八"), ("きゅう", "九"),
    ("く", "九"), ("じゅっ", "十"), ("じっ", "十"),
)  # fmt: skip
_KANA = sorted(_KANA_UNITS, key=lambda pair: -len(pair[0]))
KANA = f"(?:{'|'.join(kana for kana, _ in _KANA)})"
_KANA_PATTERN = re.compile("|".join(kana for kana, _ in _KANA))
_KANA_KANJI = dict(_KANA)
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)|(.)")
_MOST_DIGITS = 15


def value_of(words: str) -> int | None:
    """The number of digits, kanji and Hangul mixed (1億2000万, 三十五万, 二〇二六); None when it is none
    or longer than any amount.

    `1.5万` is 15,000.
    """
    whole = section = 0
    current: float | None = None
    run = ""
    for digits, sign in _PART.findall(words):
        if len(digits) > _MOST_DIGITS or len(run) > _MOST_DIGITS:
            return None
        if digits:
            current = float(digits)
        elif sign in _DIGITS:
            run = run + str(_DIGITS[sign]) if current is not None and run else str(_DIGITS[sign])
            current = float(run)
            continue
        elif sign in _SMALL:
            section += round((1 if current is None else current) * _SMALL[sign])
            current = None
        elif sign in _LARGE:
            amount = section + (current or 0)
            whole += round((amount or 1) * _LARGE[sign])
            section, current = 0, None
        else:
            return None
        run = ""
    if not words:
        return None
    return whole + section + round(current or 0)


def from_kana(kana: str) -> str:
    """Number words in hiragana as kanji (さんじゅうまん → 三十万)."""
    return _KANA_PATTERN.sub(lambda found: _KANA_KANJI[found[0]], kana)
