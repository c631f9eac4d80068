"""What leaves the house is stripped of what tells who writes (個人情報の伏せ字): addresses,
numbers, names become marks such as `<EMAIL_1>`, and are put back here, never there.

Order matters: what is longest and surest is taken first. A mark is found again by `restored`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PREFECTURES = (
    "北海道|東京都|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山"
    "|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛"
    "|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県"
)
_DIGITS = r"[0-9０-９]"
_DASH = r"[-‐‑‒–—―−－ー]"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("LINK", re.compile(r"https?://\S+")),
    ("EMAIL", re.compile(r"[\w.+%-]{1,64}[@＠][\w.-]{1,190}\.[a-zA-Z]{2,24}")),
    ("ORDER", re.compile(r"(?i)ORD[-‐−－]?\d{8}[-‐−－]?\d{4}")),
    ("ADDRESS", re.compile(rf"〒?\s?{_DIGITS}{{3}}{_DASH}{_DIGITS}{{4}}(?!{_DIGITS})")),
    ("ADDRESS", re.compile(rf"(?:{_PREFECTURES})[^\s、。,!?]{{2,60}}")),
    ("ADDRESS", re.compile(rf"[^\s、。,]{{1,20}}{_DIGITS}+丁目[^\s、。,]{{0,30}}")),
    (
        "PHONE",
        re.compile(
            rf"(?<![\w-])(?:[+＋]{_DIGITS}{{1,3}}[\s-]?)?[(（]?{_DIGITS}{{2,5}}[)）]?"
            rf"(?:{_DASH}|\s){_DIGITS}{{2,4}}(?:{_DASH}|\s){_DIGITS}{{3,4}}(?!{_DIGITS})"
        ),
    ),
    ("NUMBER", re.compile(rf"(?<![A-Za-z0-9_¥￥-]){_DIGITS}{{7,19}}(?!{_DIGITS}|[円万年,，])")),
    ("SERIAL", re.compile(r"(?<![A-Za-z0-9-])[A-Z]{1,2}\d{5,8}(?![A-Za-z0-9-])")),
    (
        "NAME",
        re.compile(
            r"(?:(?<=名前は)|(?<=氏名は)|(?<=my name is )|(?<=My name is )|(?<=I am )|(?<=I'm ))"
            r"[^\s、。,.!?]{1,20}(?: [A-Z][a-z]+)?"
        ),
    ),
    (
        "NAME",
        re.compile(
            r"[一-鿿々]{1,4}(?:[ 　][一-鿿々]{1,4})?(?=(?:と申します|様|さま|さん|氏)(?![一-鿿]))"
        ),
    ),
    ("NAME", re.compile(r"(?:我叫|我是|제 이름은 )[^\s,，。.]{2,6}")),
)
_MARK = re.compile(r"<[A-Z]+_\d+>")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text that may leave, and what each mark stands for."""

    text: str
    marks: Mapping[str, str]

    def restored(self, span: str) -> str:
        """The span with its marks put back."""
        return _MARK.sub(lambda found: self.marks.get(found[0], found[0]), span)


def redact(text: str) -> Redacted:
    """Replace everything personal by numbered marks; the same thing gets the same mark."""
    marks: dict[str, str] = {}
    known: dict[tuple[str, str], str] = {}
    counted: dict[str, int] = {}
    for kind, pattern in _KINDS:

        def mark(found: re.Match[str], kind: str = kind) -> str:
            told = found[0]
            if (kind, told) not in known:
                counted[kind] = counted.get(kind, 0) + 1
                known[kind, told] = f"<{kind}_{counted[kind]}>"
                marks[known[kind, told]] = told
            return known[kind, told]

        # What is already a mark is left alone.
        parts = _MARK.split(text)
        between = _MARK.findall(text)
        replaced = [pattern.sub(mark, part) for part in parts]
        text = "".join(
            part + (between[n] if n < len(between) else "") for n, part in enumerate(replaced)
        )
    return Redacted(text, marks)
