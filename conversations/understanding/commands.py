"""What a language model may answer: a few commands of a closed list (R-171).

It may choose among our intents, copy spans of the message into slots, ask back, or hand over. It
holds no verb that changes anything, and no fact of the shop is in what it is told. `checked` takes
an answer apart as outside data: what breaks the schema raises ModelTalkedNonsense, what does not
occur in the message is dropped.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.ground.errors import Malformed

MEANINGS: dict[str, str] = {
    "media.request": "see condition films or photos of a piece",
    "media.defect": "know about one defect or part of a piece",
    "media.dispute": "says a piece differs from its record, wants them compared",
    "media.share": "wants a link or viewing right to pass on",
    "catalog.bulk": "asks about several pieces at once, a stock list",
    "item.availability": "is it in stock; find one",
    "item.price": "price, discount or instalments of the shop's piece",
    "item.hold": "keep a piece aside; extend or cancel that",
    "item.detail": "accessories, papers, size, year, service, grade, authenticity",
    "item.story": "the story of a piece, model or brand",
    "sell.quote": "wants to sell; an estimate",
    "sell.method": "choose mail-in, home visit or store drop",
    "sell.kit": "the mail-in kit",
    "sell.arrival": "did my parcel arrive, is the appraisal done",
    "sell.accept": "accepts the offered amount",
    "sell.decline": "refuses, postpones or bargains over the offer",
    "sell.payment": "when and how the seller is paid",
    "sell.route": "choose or compare buyback and consignment",
    "consign.status": "how the consigned piece is doing",
    "consign.price": "a price change of the consigned piece",
    "consign.convert": "switch to buyback at the guaranteed amount",
    "consign.withdraw": "end the consignment, get the piece back",
    "credit.balance": "store credit: how much",
    "credit.expiry": "store credit: until when",
    "credit.history": "store credit: entries",
    "credit.howto": "store credit: where and how to use it",
    "order.status": "where an order is, payment, address",
    "order.return": "return or exchange a purchase",
    "return.condition": "says what state the returned piece is in",
    "store.book": "book, move or cancel a visit or video call",
    "store.nearest": "place, hours, parking, phone of a store",
    "store.collect": "buy online, collect in a store",
    "alert.subscribe": "be told of restock, arrivals, price drops",
    "advice.style": "wardrobe, coordination and gift advice",
    "pref.notify": "messages on or off",
    "pref.language": "another language",
    "human.request": "a person",
    "complaint": "dissatisfied",
    "account.link": "connect the chat with the membership",
    "account.delete": "see or erase own data, leave",
    "faq.policy": "shipping cost, cancellation, identity papers, guarantee, means of payment",
    "bot.capabilities": "what can this bot do",
    "chat.greeting": "a greeting",
    "chat.thanks": "thanks",
    "chat.smalltalk": "small talk",
    "chat.affirm": "yes",
    "chat.deny": "no",
    "oos": "anything else, advertising, noise",
}
SLOTS = (
    "sku", "serial", "ref_no", "order_no", "brand", "model", "part", "grade", "money", "date",
    "time", "email", "phone", "count", "method", "route", "channel", "lang", "visit", "opt",
)  # fmt: skip
LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
FLAGS = ("injection", "third_party", "abuse", "unreadable")
LONGEST_QUESTION = 120
_MOST_INTENTS = 2
_FIELDS = ("intents", "slots", "language", "flags", "needs_human", "question")


class ModelTalkedNonsense(Malformed):
    """The model's answer is not of the shape it was given. `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the model's answer cannot be used: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Commands:
    """A checked answer. `spans`: slot → the words of the message that fill it. `question`: what to
    ask back, free of figures, links and promises.
    """

    intents: tuple[tuple[str, float], ...]
    spans: Mapping[str, str]
    language: str
    flags: tuple[str, ...]
    needs_human: bool
    question: str | None


def schema() -> dict[str, Any]:
    """The strict JSON schema: no other field, every field required, absent slots null."""
    text = {"type": ["string", "null"]}
    intent = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "confidence"],
        "properties": {
            "id": {"type": "string", "enum": list(MEANINGS)},
            "confidence": {"type": "number"},
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(_FIELDS),
        "properties": {
            "intents": {"type": "array", "items": intent},
            "slots": {
                "type": "object",
                "additionalProperties": False,
                "required": list(SLOTS),
                "properties": dict.fromkeys(SLOTS, text),
            },
            "language": {"type": "string", "enum": list(LANGUAGES)},
            "flags": {"type": "array", "items": {"type": "string", "enum": list(FLAGS)}},
            "needs_human": {"type": "boolean"},
            "question": text,
        },
    }


def checked(answer: Any, *, message: str) -> Commands:
    """The answer as commands; `message` is the text the model was shown.

    Raises ModelTalkedNonsense for another shape, an unknown intent or a confidence outside 0–1. A
    slot whose words are not in the message is dropped; so is a question that says more than it may.
    """
    if not isinstance(answer, dict) or set(answer) != set(_FIELDS):
        raise ModelTalkedNonsense("other fields than asked for")
    language = answer["language"]
    if language not in LANGUAGES:
        raise ModelTalkedNonsense("an unknown language")
    flags = answer["flags"]
    if not isinstance(flags, list) or not all(flag in FLAGS for flag in flags):
        raise ModelTalkedNonsense("an unknown flag")
    if not isinstance(answer["needs_human"], bool):
        raise ModelTalkedNonsense("needs_human is no boolean")
    return Commands(
        intents=_intents(answer["intents"]),
        spans=_spans(answer["slots"], message=message),
        language=language,
        flags=tuple(dict.fromkeys(flags)),
        needs_human=answer["needs_human"],
        question=_question(answer["question"], message=message),
    )


def _intents(told: Any) -> tuple[tuple[str, float], ...]:
    if not isinstance(told, list) or not told:
        raise ModelTalkedNonsense("no intent")
    found: dict[str, float] = {}
    for each in told:
        if not isinstance(each, dict) or each.get("id") not in MEANINGS:
            raise ModelTalkedNonsense("an unknown intent")
        confidence = each.get("confidence")
        if isinstance(confidence, bool) or not isinstance(confidence, int | float):
            raise ModelTalkedNonsense("a confidence that is no number")
        if not 0 <= confidence <= 1:
            raise ModelTalkedNonsense("a confidence outside 0 to 1")
        found.setdefault(each["id"], float(confidence))
    return tuple(found.items())[:_MOST_INTENTS]


def _spans(told: Any, *, message: str) -> dict[str, str]:
    if not isinstance(told, dict) or not set(told) <= set(SLOTS):
        raise ModelTalkedNonsense("an unknown slot")
    shown = _plain(message)
    spans: dict[str, str] = {}
    for name, span in told.items():
        if span is None:
            continue
        if not isinstance(span, str):
            raise ModelTalkedNonsense("a slot that is no text")
        if _plain(span) and _plain(span) in shown:
            spans[name] = span
    return spans


_ASKS = re.compile(r"(?:\?|[かね]。?|[吗嗎呢]。?|[요까]\.?)$")
_FIGURE = re.compile(r"[0-9]+|[一二三四五六七八九十百千万億]{2,}")
_LINK = re.compile(
    r"(?:https?:|www\.|[a-z0-9-]+\.(?:com|jp|net|org|io|me|cn|kr|tw)\b)", re.IGNORECASE
)
_PROMISE = re.compile(
    "円|¥|￥|\\$|%|％|割引|値引|無料|返金|保証|約束|本日|明日|今日|までに|元|원|折扣|退款"
    "|(?<![a-z])(?:yen|dollars?|free|refund|discount|guarantee|promise|tomorrow|today)(?![a-z])",
    re.IGNORECASE,
)


def _question(told: Any, *, message: str) -> str | None:
    """Asking back in the model's own words: short, a question, and not one fact in it."""
    if told is None:
        return None
    if not isinstance(told, str):
        raise ModelTalkedNonsense("a question that is no text")
    words = unicodedata.normalize("NFKC", " ".join(told.split()))
    if not words or len(words) > LONGEST_QUESTION or not _ASKS.search(words):
        return None
    if _LINK.search(words) or _PROMISE.search(words) or any(ord(each) < 32 for each in words):
        return None
    said = unicodedata.normalize("NFKC", message)
    if any(figure not in said for figure in _FIGURE.findall(words)):
        return None
    return words


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
