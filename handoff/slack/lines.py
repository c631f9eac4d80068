"""What was said in a conversation, as lines of a thread (やりとりの写し): read from the inbox, the
outbox, the notes and the shop's own remarks, by the rows that stand on Slack and those that do not.

Read anew each time: what was taken back or forgotten meanwhile is gone here too.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.ground.record import ConversationId, StaffId, from_millis, to_millis
from conversations.flows.flow import read_tap
from conversations.inbox.tables import Heard, HeardState
from conversations.messages import (
    Edited,
    Event,
    Place,
    Said,
    SentFile,
    Sticker,
    Tapped,
    Unsent,
)
from conversations.outbox.tables import LetterState, OutboxLetter
from handoff.desk.notes import Note, called_in
from handoff.slack.blocks import unescaped
from handoff.slack.cards import Called, Line, Spoken, Waits
from handoff.slack.rules import COPIED
from handoff.slack.tables import Remark, SlackRemark, SlackThread
from handoff.slack.wording.voice import StaffVoice
from handoff.staff.tables import Staff

IN, OUT, NOTE, REMARK = "in", "out", "note", "remark"
BACK = 200  # rows that may be written down out of order
FROM_SLACK = "slack"  # a note that was written here stands here already
_NOTES_BACK = timedelta(minutes=10)
_LOOKED_BACK = 5_000
_MOST = 400

# A letter that has come to its end, and those that will never be said.
_SAID = frozenset(
    {
        LetterState.SENT, LetterState.AMBIGUOUS, LetterState.DEAD, LetterState.EXPIRED,
        LetterState.SUPPRESSED,
    }
)  # fmt: skip
_LOST = frozenset({LetterState.DEAD, LetterState.EXPIRED, LetterState.SUPPRESSED})
SETTLED = _SAID | {LetterState.CARRIED}

Reader = Callable[..., Event]


@dataclass(frozen=True, slots=True)
class Told:
    """One row and what it says; `line` None: nothing. `takes_back`: the message it takes back;
    `file`: the message whose bytes are a picture or film.
    """

    ref: str
    at: datetime
    line: Spoken | None
    takes_back: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What does not stand on Slack yet, in order, and the floors once it does. `is_open`: something
    has not come to its end.
    """

    rows: tuple[Told, ...]
    floors: Mapping[str, int]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read: a parser for each channel, the words, who is who among staff, and who of
    them is who on Slack.
    """

    parsers: Mapping[str, Reader]
    words: StaffVoice
    staff: Mapping[str, str]
    on_slack: Mapping[str, str]


def reading(db: Session, parsers: Mapping[str, Reader], words: StaffVoice) -> Reading:
    """With the names of everybody who ever worked here."""
    staff = db.exec(select(Staff.id, Staff.name, Staff.slack_id, Staff.left_at)).all()
    on_slack = {who: slack for who, _, slack, left_at in staff if slack and left_at is None}
    return Reading(parsers, words, {who: name for who, name, _, _ in staff}, on_slack)


def tops(db: Session, *, now: datetime) -> dict[str, int]:
    """The newest row of each source: what came before a thread is not told in it."""
    return {
        IN: db.exec(select(func.max(Heard.id))).one() or 0,
        OUT: db.exec(select(func.max(OutboxLetter.id))).one() or 0,
        NOTE: to_millis(now),
        REMARK: 0,
    }


def gather(db: Session, thread: SlackThread, read: Reading, *, now: datetime) -> Gathered:
    """All that was said since and does not stand in the thread."""
    there = {ref for post in thread.posts for ref in post["rows"]}
    floors, top = dict(thread.floors), thread.ceiling or tops(db, now=now)
    conversation = ConversationId(thread.conversation)
    heard, left_in = _heard(db, conversation, (floors[IN], top[IN]), there, read)
    said, left_out = _said(db, conversation, (floors[OUT], top[OUT]), there, read)
    found = [*heard, *said, *_notes(db, conversation, floors[NOTE], there, read)]
    found += _remarks(db, conversation, floors[REMARK], there, read)
    if thread.ceiling is not None:
        found += _taken_back(db, conversation, thread.ceiling[IN], there, read)
    floors[NOTE] = max(floors[NOTE], to_millis(now - _NOTES_BACK))
    floors[IN] = max(floors[IN], min(left_in or top[IN], top[IN]) - BACK)
    floors[OUT] = max(floors[OUT], min(left_out or top[OUT], top[OUT]) - BACK)
    found.sort(key=lambda each: (each.at, each.ref))
    return Gathered(tuple(found), floors, is_open=left_in is not None or left_out is not None)


def _taken_back(
    db: Session, conversation: ConversationId, ceiling: int, there: set[str], read: Reading
) -> list[Told]:
    """What was emptied of what is not shown: it may take back what is."""
    rows = db.exec(
        select(Heard)
        .where(
            col(Heard.id) > ceiling,
            Heard.conversation == conversation,
            col(Heard.scrubbed_at).is_not(None),
        )
        .order_by(col(Heard.id))
        .limit(_MOST)
    )
    return [_fresh(_heard_row(each, read), each) for each in rows if f"{IN}:{each.id}" not in there]


def floors_at(db: Session, conversation: ConversationId, at: datetime) -> dict[str, int]:
    """Below these rows is what was said before that moment; what came with it or since is told."""
    top = tops(db, now=at)
    heard = db.exec(
        select(func.min(Heard.id)).where(
            col(Heard.id) > top[IN] - _LOOKED_BACK,
            Heard.conversation == conversation,
            col(Heard.received_at) > at,
        )
    ).one()
    said = db.exec(
        select(func.min(OutboxLetter.id)).where(
            col(OutboxLetter.id) > top[OUT] - _LOOKED_BACK,
            OutboxLetter.conversation == conversation,
            col(OutboxLetter.written_at) >= at,
        )
    ).one()
    return {
        **top,
        IN: heard - 1 if heard is not None else top[IN],
        OUT: said - 1 if said is not None else top[OUT],
    }


def between(
    db: Session, thread: SlackThread, since: Mapping[str, int], *, before: datetime
) -> list[str]:
    """The rows of a conversation after these, up to that moment."""
    heard = select(Heard.id).where(
        col(Heard.id) > since[IN],
        Heard.conversation == thread.conversation,
        col(Heard.received_at) <= before,
    )
    said = select(OutboxLetter.id).where(
        col(OutboxLetter.id) > since[OUT],
        OutboxLetter.conversation == thread.conversation,
        col(OutboxLetter.written_at) < before,
    )
    found = [f"{IN}:{each}" for each in db.exec(heard)]
    return found + [f"{OUT}:{each}" for each in db.exec(said)]


def is_remark(db: Session, ref: str, what: Remark) -> bool:
    """Whether that row is such a remark."""
    source, _, key = ref.partition(":")
    return source == REMARK and db.get_one(SlackRemark, int(key)).what == what.value


def is_above(ref: str, floors: Mapping[str, int]) -> bool:
    """Whether that row is looked at again when a thread is read."""
    source, _, key = ref.partition(":")
    return source in {NOTE, REMARK} or int(key) > floors[source]


def again(db: Session, refs: Sequence[str], read: Reading) -> list[Told]:
    """The same rows as they are now, for a post that is drawn anew; what is gone says so."""
    wanted: dict[str, list[str]] = {}
    for ref in refs:
        source, _, key = ref.partition(":")
        wanted.setdefault(source, []).append(key)
    heard = select(Heard).where(col(Heard.id).in_([int(each) for each in wanted.get(IN, [])]))
    said = select(OutboxLetter).where(
        col(OutboxLetter.id).in_([int(each) for each in wanted.get(OUT, [])])
    )
    noted = select(Note).where(col(Note.id).in_(wanted.get(NOTE, [])))
    remarked = select(SlackRemark).where(
        col(SlackRemark.id).in_([int(each) for each in wanted.get(REMARK, [])])
    )
    found = [_heard_row(each, read) for each in db.exec(heard)]
    found += [_said_row(each, read) for each in db.exec(said)]
    found += _noted_rows(db, db.exec(noted).all(), read)
    found += [_remark_row(each, read) for each in db.exec(remarked)]
    found.sort(key=lambda each: (each.at, each.ref))
    return found


def before(
    db: Session, conversation: ConversationId, read: Reading, *, at: datetime, limit: int
) -> tuple[Line, ...]:
    """The last lines up to that moment: what a person has to know who comes in (R-155)."""
    top = tops(db, now=at)
    heard = db.exec(
        select(Heard)
        .where(
            col(Heard.id) > top[IN] - _LOOKED_BACK,
            Heard.conversation == conversation,
            col(Heard.received_at) <= at,
        )
        .order_by(col(Heard.id).desc())
        .limit(limit)
    )
    said = db.exec(
        select(OutboxLetter)
        .where(
            col(OutboxLetter.id) > top[OUT] - _LOOKED_BACK,
            OutboxLetter.conversation == conversation,
            col(OutboxLetter.written_at) < at,
        )
        .order_by(col(OutboxLetter.id).desc())
        .limit(limit)
    )
    found = [_heard_row(each, read) for each in heard]
    found += [_said_row(each, read) for each in said if LetterState(each.state) in _SAID]
    found.sort(key=lambda each: (each.at, each.ref))
    return tuple(each.line for each in found if isinstance(each.line, Line))[-limit:]


def rows_of_message(db: Session, conversation: ConversationId, message_id: str) -> list[str]:
    """The rows that carried a message which was taken back."""
    found = select(Heard.id).where(
        Heard.conversation == conversation, Heard.message_id == message_id
    )
    return [f"{IN}:{each}" for each in db.exec(found)]


def _heard(
    db: Session,
    conversation: ConversationId,
    within: tuple[int, int],
    there: set[str],
    read: Reading,
) -> tuple[list[Told], int | None]:
    """What was heard, and the first row that is still being answered."""
    rows = db.exec(
        select(Heard)
        .where(
            col(Heard.id) > within[0],
            col(Heard.id) <= within[1],
            Heard.conversation == conversation,
        )
        .order_by(col(Heard.id))
        .limit(_MOST)
    ).all()
    open_ids = [each.id for each in rows if each.state == HeardState.DUE.value]
    found = [
        _fresh(_heard_row(each, read), each)
        for each in rows
        if each.state != HeardState.DUE.value and f"{IN}:{each.id}" not in there
    ]
    stops = open_ids[0] if open_ids else _last_when_full([each.id for each in rows])
    return found, stops


def _fresh(told: Told, row: Heard) -> Told:
    """What was emptied before it was shown is not shown; with it goes the message it was about
    (the event that takes a message back is emptied like the message).
    """
    if row.scrubbed_at is None:
        return told
    return replace(told, line=None, takes_back=row.message_id)


def _heard_row(row: Heard, read: Reading) -> Told:
    ref = f"{IN}:{row.id}"
    if row.scrubbed_at is not None:
        return Told(ref, row.event_at, Line(row.event_at, "customer", read.words.taken_back()))
    event = _event(row, read)
    if event is not None and isinstance(event.body, Unsent):
        return Told(ref, row.event_at, None, takes_back=event.body.message_id)
    text = _words(event, read.words) if event is not None else None
    file = row.message_id if event is not None and _is_copied(event) else None
    line = Line(row.event_at, "customer", text) if text else None
    return Told(ref, row.event_at, line, file=file)


def _is_copied(event: Event) -> bool:
    return isinstance(event.body, SentFile) and event.body.kind in COPIED


def _event(row: Heard, read: Reading) -> Event | None:
    parser = read.parsers.get(row.channel)
    if parser is None:
        return None
    return parser(row.body, inbox_id=row.id or 0, received_at=row.received_at)


def _words(event: Event, words: StaffVoice) -> str | None:
    match event.body:
        case Said(text=text) | Edited(text=text):
            return text
        case SentFile(kind=kind):
            return words.sent_file(kind.value)
        case Sticker(keywords=keywords):
            return " ".join([words.sent_other("sticker"), *keywords[:3]])
        case Place():
            return words.sent_other("place")  # where is for the console
        case Tapped(data=data):
            return f"{words.sent_other('tap')} {read_tap(data)[0]}"
        case _:
            return None


def _said(
    db: Session,
    conversation: ConversationId,
    within: tuple[int, int],
    there: set[str],
    read: Reading,
) -> tuple[list[Told], int | None]:
    rows = db.exec(
        select(OutboxLetter)
        .where(
            col(OutboxLetter.id) > within[0],
            col(OutboxLetter.id) <= within[1],
            OutboxLetter.conversation == conversation,
        )
        .order_by(col(OutboxLetter.id))
        .limit(_MOST)
    ).all()
    open_ids = [each.id for each in rows if LetterState(each.state) not in SETTLED]
    found = [
        _said_row(each, read)
        for each in rows
        if LetterState(each.state) in SETTLED and f"{OUT}:{each.id}" not in there
    ]
    stops = open_ids[0] if open_ids else _last_when_full([each.id for each in rows])
    return found, stops


def _said_row(row: OutboxLetter, read: Reading) -> Told:
    ref, at = f"{OUT}:{row.id}", row.ended_at or row.written_at
    if row.state == LetterState.CARRIED.value:
        return Told(ref, at, None)
    text = spoken(json.loads(row.messages), read.words)
    if row.scrubbed_at is not None:
        text = read.words.taken_back()
    if not text:
        return Told(ref, at, None)
    who = "bot" if row.written_by is None else "staff"
    name = read.staff.get(row.written_by) if row.written_by is not None else None
    is_lost = LetterState(row.state) in _LOST and row.scrubbed_at is None
    return Told(ref, at, Line(at, who, text, name, is_lost=is_lost))


def _notes(
    db: Session, conversation: ConversationId, floor: int, there: set[str], read: Reading
) -> list[Told]:
    rows = db.exec(
        select(Note).where(
            Note.conversation == conversation,
            col(Note.written_at) >= from_millis(floor),
            Note.source != FROM_SLACK,
        )
    )
    return _noted_rows(db, [each for each in rows if f"{NOTE}:{each.id}" not in there], read)


def _noted_rows(db: Session, rows: Sequence[Note], read: Reading) -> list[Told]:
    called = called_in(db, [each.id for each in rows])
    return [_noted_row(each, called.get(each.id, ()), read) for each in rows]


def _noted_row(row: Note, called: Sequence[StaffId], read: Reading) -> Told:
    text = row.body or read.words.taken_back()
    calls = tuple(read.on_slack[each] for each in called if each in read.on_slack)
    line = Line(row.written_at, "note", text, read.staff.get(row.author), calls=calls)
    return Told(f"{NOTE}:{row.id}", row.written_at, line)


def _remarks(
    db: Session, conversation: ConversationId, floor: int, there: set[str], read: Reading
) -> list[Told]:
    rows = db.exec(
        select(SlackRemark).where(
            SlackRemark.conversation == conversation, col(SlackRemark.id) > floor
        )
    )
    return [_remark_row(each, read) for each in rows if f"{REMARK}:{each.id}" not in there]


def _remark_row(row: SlackRemark, read: Reading) -> Told:
    at, words, facts = row.written_at, read.words, row.facts
    line: Spoken
    match Remark(row.what):
        case Remark.WAITS:
            line = Waits(at, from_millis(int(facts["promised_at"])))
        case Remark.ALERT:
            ids = tuple(str(each) for each in facts["slack_ids"])
            promised_at = from_millis(int(facts["promised_at"]))
            line = Called(at, str(facts["alarm"]), int(facts["level"]), ids, promised_at)
        case Remark.UNCHANGED:
            line = Line(at, "note", words.reply_unchanged())
        case Remark.REPLY_NOT_SENT:
            wrote, owner = read.staff.get(facts["staff"]), read.staff.get(facts.get("owner", ""))
            told = words.reply_not_sent(wrote, str(facts["why"]), owner or "–")
            line = Line(at, "note", told)
        case Remark.FILE_SENT:
            line = Line(at, "note", words.file_sent())
        case Remark.FILE_NOT_SENT:
            line = Line(at, "note", words.file_not_sent(str(facts["why"])))
        case Remark.FILE_NOT_SHOWN:
            line = Line(at, "note", words.file_not_shown(str(facts.get("why", "too_large"))))
        case Remark.NOT_SHOWN:
            line = Line(at, "note", words.not_shown())
    return Told(f"{REMARK}:{row.id}", at, line)


def _last_when_full(ids: Sequence[int | None]) -> int | None:
    """Where there are more rows than are looked at, the next look begins at the last of them."""
    return ids[-1] if len(ids) >= _MOST else None


def spoken(messages: Iterable[Mapping[str, Any]], words: StaffVoice) -> str:
    """The words of a letter in whichever channel's JSON, as far as it has any."""
    return "\n".join(filter(None, (_spoken(each, words) for each in messages)))


_KINDS = {"image": "image", "picture": "image", "video": "video", "clip": "video"}


def _spoken(message: Mapping[str, Any], words: StaffVoice) -> str:
    kind = str(message.get("type", ""))
    if kind in _KINDS:
        return words.sent_file(_KINDS[kind])
    if "blocks" in message:  # Slack's, escaped
        return unescaped(str(message.get("text", "")))
    for name in ("text", "altText", "said", "heading"):
        if isinstance(message.get(name), str) and message[name].strip():
            return str(message[name])
    return ""
