"""One message, two wishes (複文): where a message may be cut so that each part has its own."""

import re

_ENDS = re.compile(
    r"(?<=[\U0001f300-\U0001faff])\s+|(?<=[。!?！？\n;；])|(?<=[a-z)])\.\s+|(?<=[요다])\.\s*"
)
_JOINS = re.compile(
    r"[、,，]?\s*(?:それと|それから|あとは?(?=[、,\s]|[^でもに\d])|ついでに|加えて|(?<=[のた])うえで?|(?<=[のた])上で|および|並びに|ほんで|そんで|せやし|"
    r"(?<![a-z])(?:and also|also|and then|plus|as well as|and)(?![a-z])|另外|還有(?![嗎吗沒没])|还有(?![嗎吗沒没])|順便|顺便|以及|然後|然后|而且|그리고|아울러|또한)[、,，\s]*"
)
_COMMAS = re.compile(
    r"(?<=[てでしりば])[、,]\s*|[，、,]\s*(?=[^\d])|(?<=し)(?=[^てたまいなよゃゅょ、])(?=[\u4e00-\u9fff])|(?<=고)\s|"
    r"(?<=して)(?=[\u4e00-\u9fff])|(?<=んですけど)|(?<=けど)[、,\s]*|(?<=[ァ-ヶー一-鿿a-z])と(?=[ァ-ヶ一-鿿a-z])|(?<=ので)[、,]\s*|또\s"
)
_AND = re.compile(
    r"(?<=[ァ-ヶー一-鿿a-z])[とや、](?=[ァ-ヶ一-鿿a-zお])|(?:이랑|랑|하고|[와과])\s|[和跟与與、]"
)
# What is asked of both: 「在庫と値段を教えて」.
_ASKED_OF_BOTH = re.compile(
    r"(?:を|も|について|に関して)?(?:教えて|おしえて|お?知らせ|知りたい|聞きたい|お願い|おねがい|"
    r"頂戴|ちょうだい|くれ|もらえ|ください|下さい|見たい|見せて|送って|欲しい|ほしい|確認).*"
    r"|(?:도|를|을)?\s?(?:좀\s)?(?:알려|보여|보내|부탁|궁금|알고).*"
)
_LEAST = 3
_MOST = 4
_MOST_CUTS = 3


def clauses(narrow: str) -> list[str]:
    """The parts of a message that may hold a wish of their own; one when it cannot be cut."""
    parts = [part for part in (each.strip() for each in _ENDS.split(narrow) if each) if part]
    found: list[str] = []
    for part in parts:
        found += [each for each in (piece.strip() for piece in _JOINS.split(part) if piece) if each]
    kept = [each for each in found if _letters(each) >= _LEAST]
    return kept[:_MOST] if len(kept) > 1 else [narrow]


def asked_of_both(narrow: str) -> list[tuple[str, str]]:
    """「在庫と値段を教えて」 at its "and", each with what is asked of both; the likeliest first."""
    asked = _ASKED_OF_BOTH.search(narrow)
    if asked is None:
        return []
    things, of_both = narrow[: asked.start()], asked[0]
    return [(left + of_both, right + of_both) for left, right in _cut(_AND, things, least=2)]


def halves(narrow: str) -> list[tuple[str, str]]:
    """Where a single sentence may be cut in two: the comma or joint nearest the middle first."""
    return _cut(_COMMAS, narrow, least=4)


def _cut(joints: "re.Pattern[str]", text: str, *, least: int) -> list[tuple[str, str]]:
    by_distance = sorted(joints.finditer(text), key=lambda each: abs(each.start() - len(text) / 2))
    cuts = [(text[: each.start()].strip(), text[each.end() :].strip()) for each in by_distance]
    return [each for each in cuts if min(map(_letters, each)) >= least][:_MOST_CUTS]


def _letters(text: str) -> int:
    return sum(each.isalnum() for each in text)
