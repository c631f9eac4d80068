"""The calling convention of `akashi understand`: a JSON line in, a JSON line out; never a crash.

Within a `session` the language, the wish before and what was offered are kept from line to line; a
`history` given with a line is read instead.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import orjson

from catalog.ground.calendar import TOKYO
from conversations.ports import Reading, Situation
from conversations.understanding.commands import SLOTS
from conversations.understanding.offline import read

_ALSO = ("category", "media", "deictic", "ordinal", "store", "action")
_PRINTED = frozenset({*SLOTS, *_ALSO})
_NO_SUBJECT = frozenset({"chat.affirm", "chat.deny", "chat.thanks", "chat.greeting", "oos"})
_EPOCH = datetime(2026, 1, 1, tzinfo=TOKYO)
_MOST_TALKS = 1_000
_MOST_HISTORY = 20
_OFFERED = re.compile(r"(?<!\d)([1-9])\s?[)).:、]")


@dataclass(frozen=True, slots=True)
class Talk:
    """What is kept of a session."""

    lang: str | None = None
    last: str | None = None
    offered: int = 0


class Talks:
    """Answers lines; knows the sessions it has seen, the latest ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Talk] = OrderedDict()

    def answer(self, line: bytes) -> str:
        """The answer to one line. A line that is no request is answered with its error."""
        asked: Any = None
        try:
            asked = orjson.loads(line)
            if not isinstance(asked, dict):
                return _error(None, "one JSON object a line is wanted")
            return self._answer(asked)
        except orjson.JSONDecodeError:
            return _error(None, "no JSON")
        except (ValueError, TypeError, OverflowError) as wrong:
            return _error(asked.get("id"), str(wrong))

    def _answer(self, asked: Mapping[str, Any]) -> str:
        text = asked.get("text")
        if not isinstance(text, str):
            return _error(asked.get("id"), "text: a text is wanted")
        now = _moment(asked.get("now"))
        expecting = asked.get("expecting")
        session = asked.get("session")
        history = asked.get("history")
        talk = self._talk(session)
        if isinstance(history, list) and history:
            talk = _of_history(history, now)
        situation = Situation(
            now=now,
            lang=talk.lang,
            expecting=expecting if isinstance(expecting, str) else None,
            last=talk.last,
            offered=talk.offered,
        )
        reading = read(text, situation)
        if isinstance(session, str):
            self._keep(session, _after(talk, reading))
        return orjson.dumps(answer_of(asked.get("id"), reading)).decode()

    def _talk(self, session: Any) -> Talk:
        return self._kept.get(session, Talk()) if isinstance(session, str) else Talk()

    def _keep(self, session: str, talk: Talk) -> None:
        self._kept[session] = talk
        self._kept.move_to_end(session)
        while len(self._kept) > _MOST_TALKS:
            self._kept.popitem(last=False)


def _after(talk: Talk, reading: Reading) -> Talk:
    last = reading.meanings[-1].intent
    return replace(
        talk, lang=reading.lang, last=talk.last if last in _NO_SUBJECT else last, offered=0
    )


def _of_history(history: Sequence[Any], now: datetime) -> Talk:
    """Read what was said before, the oldest first."""
    talk = Talk()
    for each in history[-_MOST_HISTORY:]:
        if not isinstance(each, dict) or not isinstance(each.get("text"), str):
            continue
        if each.get("role") == "bot":
            found = {int(number) for number in _OFFERED.findall(each["text"])}
            talk = replace(talk, offered=max(found, default=0))
            continue
        before = Situation(now=now, lang=talk.lang, last=talk.last, offered=talk.offered)
        talk = _after(talk, read(each["text"], before))
        talk = replace(talk, offered=0)
    return talk


def _moment(told: Any) -> datetime:
    if not isinstance(told, str):
        return _EPOCH
    moment = datetime.fromisoformat(told)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=TOKYO)


def answer_of(name: Any, reading: Reading) -> dict[str, Any]:
    """A reading in the printed form."""
    return {
        "id": name,
        "intents": [
            {"intent": each.intent, "confidence": each.confidence} for each in reading.meanings
        ],
        "slots": {
            slot: printed(slot, value) for slot, value in reading.slots.items() if slot in _PRINTED
        },
        "lang": reading.lang[:2],
        "abstain": reading.abstain,
        "flags": list(reading.flags),
    }


def printed(slot: str, value: Any) -> Any:
    """One slot in the printed form."""
    match value:
        case [one] if slot == "sku":
            return one
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case bool():
            return value
        case int() if slot == "money":
            return f"JPY:{value}"
        case int():
            return str(value)
        case str() if slot == "lang":
            return value[:2]
        case _:
            return value


def _error(name: Any, detail: str) -> str:
    told = {"id": name, "error": {"kind": "Malformed", "detail": detail}}
    nothing = {"intents": [], "slots": {}, "lang": "ja", "abstain": True, "flags": ["unreadable"]}
    return orjson.dumps({**told, **nothing}).decode()
