"""One message, two wishes (複文): where a message may be cut so that each part has its own."""

import re

_ENDS = re.compile(
    r"(?<=[\U0001f300-\U0001faff])\s+|(?<=[。!?！？\n;；])|(?<=[a-z)])\.\s+|(?<=[요다])\.\s*"
)
_JOINS = re.compile(
    r"[、,，]?\s*(?:それと|それから|あとは?(?=[、,\s]|[^でもに\d])|ついでに|加えて|および|並びに|ほんで|そんで|せやし|"
    r"(?<![a-z])(?:and also|also|and then|plus|as well as|and)(?![a-z])|另外|還有|还有|順便|顺便|以及|然後|然后|而且|그리고|아울러|또한)[、,，\s]*"
)
_COMMAS = re.compile(
    r"(?<=[てでしりば])[、,]\s*|[，、,]\s*(?=[^\d])|(?<=し)(?=[^てたまいなよゃゅょ、])(?=[\u4e00-\u9fff])|(?<=고)\s|"
    r"(?<=して)(?=[\u4e00-\u9fff])|(?<=んですけど)|(?<=けど)[、,\s]*|(?<=[ァ-ヶー一-鿿a-z])と(?=[ァ-ヶ一-鿿a-z])|(?<=ので)[、,]\s*|또\s"
)
_LEAST = 3
_MOST = 4


def clauses(narrow: str) -> list[str]:
    """The parts of a message that may hold a wish of their own; one when it cannot be cut."""
    parts = [part for part in (each.strip() for each in _ENDS.split(narrow) if each) if part]
    found: list[str] = []
    for part in parts:
        found += [each for each in (piece.strip() for piece in _JOINS.split(part) if piece) if each]
    kept = [each for each in found if _letters(each) >= _LEAST]
    return kept[:_MOST] if len(kept) > 1 else [narrow]


def at_commas(narrow: str) -> list[str]:
    """Cut in two at the comma or joint nearest the middle, when both halves are long enough."""
    middle = len(narrow) / 2
    joints = sorted(_COMMAS.finditer(narrow), key=lambda each: abs(each.start() - middle))
    for joint in joints[:3]:
        left, right = narrow[: joint.start()], narrow[joint.end() :]
        if _letters(left) >= 5 and _letters(right) >= 4:
            return [left.strip(), right.strip()]
    return [narrow]


def _letters(text: str) -> int:
    return sum(each.isalnum() for each in text)
