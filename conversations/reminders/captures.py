"""Due facts turned into letters (R-002, R-021): a capture somebody waited for is there.

What a person asked for counts as a reply for a day and goes at any hour; later, and for what the
shop starts by itself, quiet hours hold. Partners have no quiet hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, select

from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import AssetId, CaptureTaskId, ConversationId, PartnerId, UnitId
from catalog.ground.worklist import DueWork
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF, Viewer, can_see
from catalog.partners import queries as partners
from conversations.flows import showing
from conversations.flows.flow import PERSON, ConversationTerms, tap
from conversations.flows.showing import Recipient, caption, media_letters
from conversations.messages import Button, Letter, Text
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import Channel
from conversations.reminders.gate import Held, Kind, Occasion, decide
from conversations.wording.voice import voice
from media.intake import tasks
from media.intake.tables import CaptureWait
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.sharing.shares import MEDIA_KINDS

KINDS = (tasks.SOON, tasks.READY)
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
    if shown is None or unit is None or not _may_still_see(db, work, unit, shown, now=now):
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
            Recipient(conversation, terms.public_url),
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


def _may_still_see(
    db: Session, work: DueWork, unit: UnitFacts, shown: Showable, *, now: datetime
) -> bool:
    """A partner whose grant has ended since it asked is not told (R-027)."""
    partner = work.facts.get("partner")
    if partner is None:
        return True
    grants = partners.grants_on(db, PartnerId(partner), tokyo_day(now))
    viewer = Viewer(partner=PartnerId(partner), grants=grants)
    return can_see(viewer.able_to(None, MEDIA_KINDS[shown.kind]), unit.standing)


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
    return [task.task_id for task in tasks.open_tasks(db) if task.waiting]
