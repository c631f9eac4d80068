"""「3万下げて」: a price named by how far it moves, not by where to (値下げ幅).

「75万に下げて」 names where to, and is not read here. The amount itself is the slot `money`.
"""

import re

_AMOUNT = (
    r"[¥￥]?\s?[\d.,〇一二三四五六七八九十百千万億萬兩两만]+\s?(?:k(?![a-z])|m(?![a-z])|まん|만)?\s?"
    r"(?:円|えん|yen|日圓|日元|元|엔|원)?"
)
_DOWN = re.compile(
    rf"{_AMOUNT}(?:ほど|くらい|ぐらい|だけ|分)?を?\s?(?:値?下げ|ねさげ|さげ|値?引|ねびき|安く|やすく|落と|ダウン)|"
    rf"(?:lower|drop|reduce|cut|bring)[^.?!]{{0,24}} by {_AMOUNT}|{_AMOUNT} (?:off|less|cheaper|lower)(?![a-z])|"
    rf"(?:降|減|减|便宜|低)(?:個|个)?{_AMOUNT}|{_AMOUNT}\s?(?:정도|쯤|만큼)?\s?(?:더 )?(?:깎|내려|내리|낮[춰추]|인하|싸게)"
)
_UP = re.compile(
    rf"{_AMOUNT}(?:ほど|くらい|ぐらい|だけ|分)?を?\s?(?:値?上げ|ねあげ|あげ|高く|たかく|アップ)|"
    rf"(?:raise|increase|put up)[^.?!]{{0,24}} by {_AMOUNT}|{_AMOUNT} (?:more|higher)(?![a-z])|"
    rf"(?:漲|涨|加|升|高)(?:個|个)?{_AMOUNT}|{_AMOUNT}\s?(?:정도|쯤|만큼)?\s?(?:더 )?(?:올려|올리|인상)"
)


def direction(text: str) -> int:
    """-1: down by the amount named, 1: up by it, 0: the amount is where to. Of `Normal.narrow`."""
    if _DOWN.search(text):
        return -1
    return 1 if _UP.search(text) else 0
