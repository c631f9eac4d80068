"""Which language a message is in (言語判定): by script; the conversation's own where nothing tells.

Japanese `ja`, English `en`, Korean `ko`, Chinese `zh_hant` or `zh_hans`.
"""

import re
import unicodedata

from conversations.understanding.scripts import (
    SIMPLIFIED,
    SIMPLIFIED_ABROAD,
    TRADITIONAL,
    TRADITIONAL_ABROAD,
)

_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile(r"[㐀-鿿]")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㅣ]")
_LATIN = re.compile(r"[a-z]{2}")
# Characters that only one of the scripts writes, among those people use here.
_HANS = SIMPLIFIED | SIMPLIFIED_ABROAD
_HANT = TRADITIONAL | TRADITIONAL_ABROAD
_LATIN_WORDS = re.compile(r"(?<![a-z])[a-z]{2,}(?![a-z])")
_ZH_WORDS = re.compile(
    r"你|您|嗎|吗|什麼|什么|怎麼|怎么|我想|我要|可以|多少|哪裡|哪里|哪个|哪個|沒有|没有|請問|请问|謝謝|谢谢|有沒有|"
    r"唔該|咗|嘅|係咪|是否|幫我|帮我|的话|的話|一下|了[吗嗎]?$|呢[?？]?$|吧[?？]?$|现在|現在|已经|已經|"
    r"到店|自提|改成|告诉|告訴|要是|转人工|轉人工|推薦|推荐|不是|不用|我的|我们|我們|这|這|那個|那个|能不能|能否|怎样|怎樣|請|请"
)


def language(narrow: str, nameless: str, *, previous: str | None) -> str:
    """`narrow`: the text in one width. `nameless`: the same without codes, addresses and names of
    pieces, for only the words around them tell a Latin language. `previous`: what the conversation
    is in.
    """
    text = unicodedata.normalize("NFKC", narrow)
    hangul, kana = len(_HANGUL.findall(text)), len(_KANA.findall(text))
    if hangul and hangul >= kana:
        return "ko"
    latin = _LATIN_WORDS.findall(nameless)
    native = kana + len(_HAN.findall(text))
    if len(latin) >= 3 and sum(map(len, latin)) > 2 * native:
        return "en"  # 「what does Bランク mean」
    if kana:
        return "ja"
    if native:
        return _of_han(text, previous)
    if _LATIN.search(nameless):
        return "en"
    return previous or "ja"


def _of_han(text: str, previous: str | None) -> str:
    """Words of the shop that Japanese and Chinese write alike stay Japanese, unless the talk is
    Chinese.
    """
    letters = set(text)
    hant, hans = len(letters & _HANT), len(letters & _HANS)
    is_chinese = bool(letters & (SIMPLIFIED_ABROAD | TRADITIONAL_ABROAD)) or bool(
        _ZH_WORDS.search(text)
    )
    if previous in {"zh_hant", "zh_hans"}:
        if hant != hans:
            return "zh_hant" if hant > hans else "zh_hans"
        return previous
    if not is_chinese:
        return "ja"
    return "zh_hant" if hant > hans else "zh_hans"
