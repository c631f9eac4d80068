"""Our letters in Slack's Block Kit: an answer is one message, or as few as the limits allow.

Pure, plain dicts, and every message has passed `check`. A film is its poster and, under it, a link
that opens the film: Slack plays inside a message only what comes from an address registered with
the app, and refuses the whole message otherwise. Texts are escaped, so that no word of a customer
or of a piece becomes a mention. Sentences come from `conversations/wording`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bot.slack.check import (
    ALL_BLOCKS_MOST,
    ALT_TEXT_MOST,
    BLOCKS_MOST,
    BUTTONS_MOST,
    FIELD_MOST,
    FIELDS_MOST,
    LABEL_MOST,
    SECTION_MOST,
    check,
    units,
    weight,
)
from conversations.messages import (
    Button,
    Card,
    Cards,
    Choices,
    Clip,
    Letter,
    Picture,
    Text,
    Tone,
)
from conversations.ports import Message

Block = dict[str, Any]
Piece = tuple[str, list[Block]]  # what a notice says of it, and how it is drawn; never parted

FILM, STILL = "▶", "▣"  # where nothing says what is shown

_HEADING_MOST = 300
_NOTE_MOST = 1_000
_NOTICE_MOST = 600
_PLAIN_MOST = 2_000  # before escaping and links, which at worst add half again
_BREAKS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "、", ", ", " ", "\u3000")
_URL = re.compile(r"https?://[^\s<>「」（）、。]+")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"
_STYLES = {Tone.MAIN: {"style": "primary"}}


def render(letters: Sequence[Letter]) -> list[list[Message]]:
    """The letters as Slack's messages, each a call of its own.

    Raises SlackWouldRefuse for what cannot be made to fit (an http picture, 2,001 characters behind
    a button).
    """
    calls: list[list[Message]] = []
    for pieces in [each for run in _runs(letters) for each in _fitting(run)]:
        said = "\n".join(dict.fromkeys(said for said, _ in pieces))
        message = {
            "text": _escaped(_cut(said, _NOTICE_MOST)),
            "blocks": _numbered([block for _, blocks in pieces for block in blocks]),
        }
        check([message])
        calls.append([message])
    return calls


def _runs(letters: Sequence[Letter]) -> list[list[Piece]]:
    """What may stand in one message; what wants to be apart in one of its own."""
    runs: list[list[Piece]] = [[]]
    for letter in letters:
        if isinstance(letter, Text) and letter.is_apart:
            runs += [list(_pieces(letter)), []]
        else:
            runs[-1].extend(_pieces(letter))
    return runs


def _fitting(pieces: list[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    count = held = 0
    for piece in pieces:
        more, heavy = len(piece[1]), weight(piece[1])
        if not groups or count + more > BLOCKS_MOST or held + heavy > _ROOM:
            groups.append([])
            count = held = 0
        groups[-1].append(piece)
        count += more
        held += heavy
    return groups


_ROOM = ALL_BLOCKS_MOST - BLOCKS_MOST * BUTTONS_MOST  # the numbers of the buttons come later


def _numbered(blocks: list[Block]) -> list[Block]:
    """Every button of a message needs a name of its own."""
    rows = (block for block in blocks if block["type"] == "actions")
    for number, button in enumerate(each for row in rows for each in row["elements"]):
        button["action_id"] = f"{'link' if 'url' in button else 'tap'}:{number}"
    return blocks


def _pieces(letter: Letter) -> Iterator[Piece]:
    match letter:
        case Text(text=text):
            yield from _texts(text)
        case Choices(text, options):
            *before, (said, blocks) = _texts(text)
            yield from before
            yield said, [*blocks, *_buttons(options)]
        case Card():
            yield _card(letter)
        case Cards(cards, said):
            for card in cards:
                spoken, blocks = _card(card)
                yield said if said.strip() else spoken, [*blocks, {"type": "divider"}]
        case Clip():
            said = letter.said.strip() or FILM
            label = said if said == FILM else f"{FILM} {_line(said, _HEADING_MOST)}"
            yield said, [_image(letter.poster_url, said), _section(_link(letter.url, label))]
        case Picture():
            said = letter.said.strip() or STILL
            yield said, [_image(letter.url, said)]


def _texts(text: str) -> list[Piece]:
    return [(piece, [_section(_mrkdwn(piece))]) for piece in _split(text, _PLAIN_MOST)]


def _card(card: Card) -> Piece:
    said = card.said.strip() or "\n".join(
        [card.heading, *(f"{label} {value}".strip() for label, value in card.lines)]
    )
    head = _section(f"*{_bold(_line(card.heading, _HEADING_MOST))}*")
    if card.picture_url is not None:
        head["accessory"] = _image(card.picture_url, card.heading)
    blocks = [head]
    fields = [_field(label, value) for label, value in card.lines]
    for start in range(0, len(fields), FIELDS_MOST):
        blocks.append({"type": "section", "fields": fields[start : start + FIELDS_MOST]})
    note = (card.note or "").strip()
    if note:
        words = {"type": "mrkdwn", "text": _mrkdwn(_cut(note, _NOTE_MOST)), "verbatim": True}
        blocks.append({"type": "context", "elements": [words]})
    return said, [*blocks, *_buttons(card.buttons)]


def _field(label: str, value: str) -> Block:
    value = _mrkdwn(_line(value.strip(), FIELD_MOST // 3)) or "–"
    label = _bold(_line(label.strip(), LABEL_MOST))
    text = f"*{label}*\n{value}" if label else value
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _buttons(options: Sequence[Button]) -> list[Block]:
    drawn = [_button(option) for option in options]
    return [
        {"type": "actions", "elements": drawn[start : start + BUTTONS_MOST]}
        for start in range(0, len(drawn), BUTTONS_MOST)
    ]


def _button(option: Button) -> Block:
    label = {"type": "plain_text", "text": _line(option.label, LABEL_MOST)}
    behind = {"url": _url(option.url)} if option.url is not None else {"value": option.data}
    return {
        "type": "button",
        "text": label,
        **behind,
        **_STYLES.get(option.tone, {}),
    }


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _image(url: str, said: str) -> Block:
    return {"type": "image", "image_url": _url(url), "alt_text": _line(said, ALT_TEXT_MOST)}


def _mrkdwn(text: str) -> str:
    """Escaped, with addresses as links; nothing else in it means anything to Slack."""
    parts = []
    end = 0
    for found in _URL.finditer(text):
        parts += [_escaped(text[end : found.start()]), _link(found[0])]
        end = found.end()
    return "".join([*parts, _escaped(text[end:])])


def _link(url: str, label: str = "") -> str:
    address = _escaped(_url(url))
    return f"<{address}|{_escaped(label)}>" if label else f"<{address}>"


def _bold(text: str) -> str:
    """Between asterisks no asterisk may stand."""
    return _escaped(text.replace("*", "＊"))


def _escaped(text: str) -> str:
    return _shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _url(url: str) -> str:
    """Percent-encoded where it was not; an encoded address stays as it is."""
    return url if url.isascii() and " " not in url else quote(url, safe=_URL_SAFE)


def _line(text: str, most: int) -> str:
    return _cut(" ".join(_shown(text).split()), most)


def _shown(text: str) -> str:
    """A NUL is no sign to Slack; that something stood there is seen."""
    return text.replace("\x00", "\ufffd")


def _cut(text: str, most: int) -> str:
    return text if units(text) <= most else text[: _end(text, most - 1)].rstrip() + "…"


def _split(text: str, most: int) -> list[str]:
    """In pieces, cut at paragraphs, lines, sentences or words; each fits when escaped, too."""
    pieces = []
    rest = text
    while units(rest) > most or not _fits(rest):
        room = most
        cut = _break(rest, room)
        while not _fits(rest[:cut]):
            room //= 2
            cut = _break(rest, room)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece.strip()] or [text]


def _fits(text: str) -> bool:
    return units(_mrkdwn(text)) <= SECTION_MOST


def _break(text: str, most: int) -> int:
    end = _end(text, most)
    for mark in _BREAKS:
        found = text.rfind(mark, end // 2, end)
        if found > 0:
            return found + len(mark)
    return end


def _end(text: str, most: int) -> int:
    """How many signs have at most that many UTF-16 units; at least 1."""
    head = text[:most].encode("utf-16-le", "surrogatepass")[: most * 2]
    return max(len(head.decode("utf-16-le", "ignore")), 1)
