"""Which Chinese is written (繁體・简体): told by characters that only one script has (R-130).

The script is kept with the conversation; words that both write alike leave it as it was.
"""

_PAIRS = (
    "这這个個们們说說请請谢謝买買卖賣视視频頻价價钱錢币幣东東车車门門问問间間时時会會对對"
    "没沒还還进進过過动動样樣开開关關见見觉覺让讓给給发發现現实實应應变變电電话話语語"
    "单單订訂货貨质質费費账賬号號码碼图圖换換听聽读讀写寫认認识識错錯几幾点點后後来來国國"
    "长長头頭边邊处處经經从從与與为為种種块塊坏壞欢歡观觀规規丝絲两兩层層产產业業气氣汉漢"
    "简簡体體"
)
_SIMPLE = frozenset(_PAIRS[0::2]) - frozenset(_PAIRS[1::2])
_FULL = frozenset(_PAIRS[1::2]) - frozenset(_PAIRS[0::2])


def spoken(lang: str, text: str, *, previous: str | None) -> str:
    """The conversation's language: `zh` as `zh_hant` or `zh_hans`, every other as it is."""
    if lang != "zh":
        return lang
    simple = sum(each in _SIMPLE for each in text)
    full = sum(each in _FULL for each in text)
    if simple != full:
        return "zh_hans" if simple > full else "zh_hant"
    return previous if previous in {"zh_hant", "zh_hans"} else "zh_hant"
