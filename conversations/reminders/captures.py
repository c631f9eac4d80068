"""Due facts turned into letters (R-002, R-021): a capture somebody waited for is there.

What a person asked for counts as a reply for a day and goes at any hour; later, and for what the
shop starts by itself, quiet hours hold. Partners have no quiet hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import AssetId, CaptureTaskId, ConversationId, PartnerId, UnitId
from catalog.ground.worklist import DueWork
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF, Viewer, can_see
from catalog.items.tables import Unit
from catalog.partners import queries as partners
from conversations.flows import showing
from conversations.flows.flow import PERSON, ConversationTerms, tap
from conversations.flows.moments import clock
from conversations.flows.showing import Recipient, caption, media_letters
from conversations.messages import Button, Choices, Letter, Text
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import LetterState, OutboxLetter
from conversations.ports import Channel
from conversations.reminders.gate import Held, Kind, Occasion, decide
from conversations.wording.pieces.voice import voice as pieces_voice
from conversations.wording.voice import voice
from media.assets import queries as assets
from media.intake import asides, tasks
from media.intake.tables import CaptureTask, CaptureWait, TaskState
from media.intake.tasks import OpenTask
from media.renditions import moments
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.sharing.kinds import MEDIA_KINDS

KINDS = (tasks.SOON, tasks.READY)
_LATELY = timedelta(days=14)
_ARRIVED = frozenset({LetterState.SENT, LetterState.CARRIED})
_MOST_TOLD = 200
SOON_IS_USEFUL = timedelta(hours=1)  # a note that a film follows is of no use long after


def tell_capture(
    db: Session,
    work: DueWork,
    channel: Channel,
    terms: ConversationTerms,
    *,
    worker: str,
    now: datetime,
) -> bool:
    """Write the letter of one waiting conversation and end the due row. False when the row was
    lost.

    The picture or film that closed the task is sent, and once: the letter is keyed by task and
    conversation.
    """
    if not worklist.done(db, work, worker=worker, now=now):
        return False
    conversation = ConversationId(work.subject)
    shown = renditions.of_asset(db, AssetId(work.facts["asset"]))
    unit = items.by_id(db, UnitId(work.facts["unit"]), viewer=STAFF)
    if shown is None or unit is None or not assets.still_of(db, unit.id, [shown.asset_id]):
        return True
    if not _may_still_see(db, work, unit, shown, now=now):
        return True
    words = voice(work.facts["lang"])
    title = unit.named(words.lang)
    told = words.poster_first(title) if shown.is_pending else words.late_delivery(title)
    if shown.is_pending and work.kind == tasks.READY:
        return True
    letters: list[Letter] = [
        Text(told),
        *media_letters(
            db,
            shown,
            Recipient(conversation, terms.public_url, _partner(work)),
            said=showing.told(words, unit, shown),
            now=now,
        ),
    ]
    if not shown.is_pending:
        person = Button(words.button_person(), data=tap(PERSON))
        letters.append(caption(words, unit, shown, buttons=(person,)))
    envelope = Envelope(
        dedupe=f"{work.kind}:{work.key}",
        channel=channel.name,
        conversation=conversation,
        purpose=work.kind,
        not_before=_not_before(db, work, conversation, channel.name, now=now),
        expires_at=now + SOON_IS_USEFUL if work.kind == tasks.SOON else None,
    )
    outbox.put(db, envelope, channel.render(letters), now=now)
    return True


def tell_still(
    db: Session,
    work: DueWork,
    channel: Channel,
    terms: ConversationTerms,
    *,
    worker: str,
    now: datetime,
) -> bool:
    """The still out of a film somebody asked for, or that there will be none, once, and end the due
    row. False when the row was lost.
    """
    if not worklist.done(db, work, worker=worker, now=now):
        return False
    film, at_ms = AssetId(work.facts["asset"]), int(work.facts["at_ms"])
    shown = renditions.of_asset(db, film)
    unit = items.by_id(db, UnitId(work.facts["unit"]), viewer=STAFF)
    if shown is None or unit is None or not assets.still_of(db, unit.id, [film]):
        return True
    if not _may_still_see(db, work, unit, shown, now=now):
        return True
    words, name = pieces_voice(work.facts["lang"]), unit.named(work.facts["lang"])
    person = Button(voice(work.facts["lang"]).button_person(), data=tap(PERSON))
    conversation = ConversationId(work.subject)
    still = moments.one(db, film, at_ms)
    letters: list[Letter] = [Choices(words.no_still(name), (person,))]
    if still is not None:
        said = words.still_of_film(name, clock(at_ms))
        to = Recipient(conversation, terms.public_url, _partner(work))
        told = showing.still_letters(db, still, to, said=said, now=now)
        letters = [*told, Choices(said, (person,))]
    envelope = Envelope(
        dedupe=f"{work.kind}:{work.key}",
        channel=channel.name,
        conversation=conversation,
        purpose=work.kind,
    )
    outbox.put(db, envelope, channel.render(letters), now=now)
    return True


def _may_still_see(
    db: Session, work: DueWork, unit: UnitFacts, shown: Showable, *, now: datetime
) -> bool:
    """A partner whose grant has ended since it asked is not told (R-027)."""
    partner = _partner(work)
    if partner is None:
        return True
    grants = partners.grants_on(db, partner, tokyo_day(now))
    viewer = Viewer(partner=partner, grants=grants)
    return can_see(viewer.able_to(None, MEDIA_KINDS[shown.kind]), unit.standing)


def _partner(work: DueWork) -> PartnerId | None:
    told = work.facts.get("partner")
    return PartnerId(told) if told is not None else None


def _not_before(
    db: Session,
    work: DueWork,
    conversation: ConversationId,
    channel: str,
    *,
    now: datetime,
) -> datetime | None:
    asked_at = db.exec(
        select(CaptureWait.asked_at).where(
            CaptureWait.task_id == work.facts["task"], CaptureWait.conversation == conversation
        )
    ).first()
    address = conversation.removeprefix(f"{channel}:")
    viewer = items.viewer(db, channel, address, today=tokyo_day(now))
    occasion = Occasion(Kind.ANSWER, is_partner=viewer.partner is not None, heard_at=asked_at)
    decided = decide(occasion, policy.current(db).of(NoticeTerms), now=now)
    return decided.until if isinstance(decided, Held) else None


def owed(db: Session) -> Sequence[CaptureTaskId]:
    """Tasks somebody still waits for: what the morning digest lists until it is empty (R-021)."""
    return [task.task_id for task in tasks.awaited_tasks(db)]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A capture that is there and has not reached who waits for it. `letter`: where its letter
    stands; None: none was written (nothing can be shown, or they may not see it any more).
    """

    task_id: CaptureTaskId
    unit_code: str
    unit_title: str
    part: str | None
    kind: str | None
    conversation: ConversationId
    done_at: datetime
    letter: LetterState | None


def undelivered(db: Session, *, now: datetime) -> list[Undelivered]:
    """What was captured these two weeks and has not arrived, the oldest first (R-021)."""
    rows = db.exec(
        select(CaptureTask, CaptureWait.conversation, Unit.code, Unit.title)
        .where(
            CaptureTask.state == TaskState.DONE.value,
            col(CaptureTask.closed_at) >= now - _LATELY,
            CaptureWait.task_id == CaptureTask.id,
            Unit.id == CaptureTask.unit_id,
        )
        .order_by(col(CaptureTask.closed_at), col(CaptureWait.conversation))
    ).all()
    facts = {_fact(task.id, conversation) for task, conversation, _, _ in rows}
    letters = _letters(db, sorted(facts))
    found = [
        Undelivered(
            CaptureTaskId(task.id), code, title, task.part, task.kind,
            ConversationId(conversation), task.closed_at or now,
            letters.get(_fact(task.id, conversation)),
        )
        for task, conversation, code, title in rows
    ]  # fmt: skip
    return [each for each in found if each.letter not in _ARRIVED][:_MOST_TOLD]


def _fact(task_id: str, conversation: str) -> str:
    return f"{tasks.READY}:{task_id}:{conversation}"


def _letters(db: Session, facts: Sequence[str]) -> dict[str, LetterState]:
    """Where the letters of these facts stand; a long one by its first part, the media."""
    found: dict[str, LetterState] = {}
    for first in range(0, len(facts), _MOST_TOLD):
        some = facts[first : first + _MOST_TOLD]
        rows = db.exec(
            select(OutboxLetter.dedupe, OutboxLetter.state).where(
                col(OutboxLetter.dedupe).in_(some)
            )
        )
        found |= {dedupe: LetterState(state) for dedupe, state in rows}
    return found


@dataclass(frozen=True, slots=True)
class Digest:
    """What staff are told each morning until it is empty (R-021). `aside`: files of the stations
    that were not taken in; `tray`: captures of which nobody said what piece they show.
    """

    late: tuple[OpenTask, ...]
    today: tuple[OpenTask, ...]
    later: tuple[OpenTask, ...]
    undelivered: tuple[Undelivered, ...]
    aside: int
    tray: int

    @property
    def is_promised(self) -> bool:
        """Somebody waits for something."""
        return bool(self.late or self.today or self.later or self.undelivered)

    @property
    def is_empty(self) -> bool:
        """Nobody waits for anything, and nothing is left lying."""
        return not (self.is_promised or self.aside or self.tray)


def digest(db: Session, *, now: datetime) -> Digest:
    """Every capture somebody still waits for, by when it was promised."""
    owed_now = tasks.awaited_tasks(db, limit=_MOST_TOLD)
    day = tokyo_day(now)
    late = tuple(task for task in owed_now if task.due_at <= now)
    today = tuple(task for task in owed_now if task.due_at > now and tokyo_day(task.due_at) == day)
    later = tuple(task for task in owed_now if task.due_at > now and tokyo_day(task.due_at) > day)
    missed = tuple(undelivered(db, now=now))
    return Digest(late, today, later, missed, asides.count(db), assets.count_in_tray(db))
