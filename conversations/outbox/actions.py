"""Verbs on letters: put, claim, note the outcome, carry, suppress, retry. Hot statements.

Order holds per conversation: a letter is not claimed while an earlier one of the same conversation
is due or under way. One that waits for its own hour (`not_before`) holds up nobody.

While a person of the shop speaks in a conversation, only letters written by staff leave it; what
the bot has to tell is held, and goes out when the bot speaks there again (R-152).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import ConversationId, LetterId, StaffId, begins, to_millis
from catalog.ground.session.database import insert_once, ring
from catalog.ground.session.hot import Hot, HotList, moment
from catalog.ground.worklist import WorkState
from conversations.outbox import resuming
from conversations.outbox.rules import Next, Standing, Way, is_low_for
from conversations.outbox.tables import ChannelQuota, LetterState, OutboxLetter, Priority
from conversations.ports import Message, Quota
from conversations.threads import feed, speaker

TOPIC = "outbox"
UNDELIVERED = "undelivered"  # work: a letter that will not reach the address it was written to
WAITS_FOR_QUOTA = "letters_wait_for_quota"  # task: the month's paid messages are used up
LEASE_SECONDS = 6
LATE = timedelta(minutes=5)  # after its hour: whether that hour was by day says nothing any more
OVER = "not useful any more"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What makes a batch of messages a letter. `dedupe` names the fact it tells; `written_by`: the
    member of staff whose words these are.
    """

    dedupe: str
    channel: str
    conversation: ConversationId
    purpose: str
    priority: Priority = Priority.ASKED
    reply_token: str | None = None
    reply_until: datetime | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    written_by: StaffId | None = None


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """A leased letter with all its next step depends on."""

    id: LetterId
    channel: str
    conversation: ConversationId
    messages: str  # JSON array, as it will go out
    retry_key: str
    lease: str
    sure_until: datetime  # nobody else has claimed it before then
    standing: Standing


_PUT = Hot(
    "INSERT INTO outbox (dedupe, channel, conversation, purpose, priority, messages, reply_token,"
    " reply_until, retry_key, expires_at, state, due_at, attempts, is_unclear, written_at,"
    " leased_by, first_tried_at, written_by)"
    " VALUES (:dedupe, :channel, :conversation, :purpose, :priority, :messages, :reply_token,"
    " :reply_until, :retry_key, :expires_at, :state, :due_at, :attempts, :no, :now,"
    " :lease, :first_tried_at, :written_by) ON CONFLICT DO NOTHING RETURNING id"
)
_OPEN_LETTER = (
    "SELECT 1 FROM outbox {hint} WHERE conversation = :conversation"
    " AND state IN ('due', 'sending') AND (attempts > 0 OR due_at <= :now) LIMIT 1"
)
# SQLite would look through all the letters of a long talk by the index of its time line.
_IS_OPEN = Hot(_OPEN_LETTER.format(hint="INDEXED BY outbox_lane"), _OPEN_LETTER.format(hint=""))


@dataclass(frozen=True, slots=True)
class Written:
    """What `put` wrote: nothing when the fact was told before. `claimed`: the letter already leased
    to whoever wrote it.
    """

    ids: tuple[LetterId, ...]
    claimed: ClaimedLetter | None = None


def put(
    db: Session,
    envelope: Envelope,
    calls: Sequence[Sequence[Message]],
    *,
    now: datetime,
    lease: str | None = None,
) -> Written:
    """Write the letters of one fact, one per call; the first may use the reply token.

    With a `lease` a free reply is claimed as it is written, unless an earlier letter of the
    conversation is open: that spares a claim, and its commit, on the way of nearly every answer.
    """
    is_held = envelope.written_by is None and speaker.of(db, envelope.conversation) is not None
    takes = (
        lease is not None
        and not is_held
        and envelope.reply_token is not None
        # Fresh for the whole lease: what is pushed instead must know of blocks and of the month.
        and envelope.reply_until is not None
        and now + timedelta(seconds=LEASE_SECONDS) < envelope.reply_until
        and not _IS_OPEN(db, conversation=envelope.conversation, now=now)
    )
    ids: list[LetterId] = []
    claimed: ClaimedLetter | None = None
    for n, messages in enumerate(calls):
        is_claimed = takes and n == 0
        due_at = max(now, envelope.not_before) if envelope.not_before else now
        body = orjson.dumps(messages).decode()
        retry_key = str(uuid.uuid4())
        rows = _PUT(
            db,
            dedupe=_named(envelope.dedupe, n),
            channel=envelope.channel,
            conversation=envelope.conversation,
            purpose=envelope.purpose,
            priority=int(envelope.priority),
            messages=body,
            reply_token=envelope.reply_token if n == 0 else None,
            reply_until=envelope.reply_until if n == 0 else None,
            retry_key=retry_key,
            expires_at=envelope.expires_at,
            state="held" if is_held else "sending" if is_claimed else "due",
            due_at=now + timedelta(seconds=LEASE_SECONDS) if is_claimed else due_at,
            attempts=1 if is_claimed else 0,
            no=False,
            now=now,
            lease=lease if is_claimed else None,
            first_tried_at=now if is_claimed else None,
            written_by=envelope.written_by,
        )
        if not rows:
            break
        ids.append(LetterId(rows[0][0]))
        if is_claimed:
            claimed = _born_claimed(ids[0], envelope, body, retry_key, lease or "", now)
    if len(ids) > (claimed is not None) and not is_held:
        ring(db, TOPIC)
    if ids:
        feed.tell(db, envelope.conversation, now=now)
    return Written(tuple(ids), claimed)


def _born_claimed(
    letter_id: LetterId, envelope: Envelope, body: str, retry_key: str, lease: str, now: datetime
) -> ClaimedLetter:
    standing = Standing(
        reply_token=envelope.reply_token,
        reply_until=envelope.reply_until,
        is_unclear=False,
        first_tried_at=now,
        attempts=1,
        expires_at=envelope.expires_at,
        priority=envelope.priority,
        is_blocked=False,
        is_quota_low_for=False,
    )
    return ClaimedLetter(
        letter_id,
        envelope.channel,
        envelope.conversation,
        body,
        retry_key,
        lease,
        now + timedelta(seconds=LEASE_SECONDS),
        standing,
    )


_MOST_CALLS = 12  # one answer is never cut into more


def _named(dedupe: str, call: int) -> str:
    return f"{dedupe}#{call}" if call else dedupe


_CANDIDATES = (
    "SELECT o.id, o.channel, o.conversation, o.messages, o.retry_key, o.reply_token, o.reply_until,"
    " o.is_unclear, o.first_tried_at, o.attempts, o.expires_at, o.priority, o.state,"
    " (SELECT c.is_blocked FROM contact c WHERE c.channel = o.channel"
    "  AND c.address = substr(o.conversation, length(o.channel) + 2)),"
    " q.limited, q.used, q.is_spent, o.written_by, o.due_at"
    " FROM outbox o LEFT JOIN channel_quota q ON q.channel = o.channel"
    " WHERE o.state IN ('due', 'sending') AND o.due_at <= :now"
    " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation = o.conversation AND e.id < o.id"
    "  AND e.state IN ('due', 'sending') AND (e.attempts > 0 OR e.due_at <= :now))"
    " ORDER BY o.due_at, o.id LIMIT :limit"
)
_CLAIM = Hot(_CANDIDATES, _CANDIDATES + " FOR UPDATE OF o SKIP LOCKED")
_LEASE = HotList(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, leased_by = :lease,"
    " due_at = :until, first_tried_at = COALESCE(first_tried_at, :now),"
    " is_unclear = CASE WHEN state = 'sending' THEN :yes ELSE is_unclear END WHERE id IN ({})"
)


_HOLD_LATE = HotList(
    "UPDATE outbox SET state = 'held', is_unclear = :yes, leased_by = NULL WHERE id IN ({})"
)


def claim(db: Session, *, lease: str, now: datetime, limit: int) -> list[ClaimedLetter]:
    """Lease due letters, at most one of a conversation. `lease` must be a new name each time."""
    rows = _CLAIM(db, now=now, limit=limit)
    # Left by a worker that died; who speaks may have changed since.
    late = [row for row in rows if row[12] == LetterState.SENDING and row[17] is None]
    held = [row[0] for row in late if speaker.of(db, row[2]) is not None]
    if held:
        _HOLD_LATE(db, held, yes=True)
        rows = [row for row in rows if row[0] not in held]
    overdue = [row[0] for row in rows if row[11] and now - moment(row[18]) >= LATE]
    if overdue:
        waits = resuming.until_morning(db, overdue, now=now)
        rows = [row for row in rows if row[0] not in waits]
    if not rows:
        return []
    until = now + timedelta(seconds=LEASE_SECONDS)
    _LEASE(db, [row[0] for row in rows], lease=lease, now=now, until=until, yes=True)
    return [_claimed(row, lease=lease, now=now) for row in rows]


def _claimed(row: Any, *, lease: str, now: datetime) -> ClaimedLetter:
    limited, used, is_spent = row[14], row[15], row[16]
    priority = Priority(row[11])
    quota = None if used is None else Quota(limited, used)
    standing = Standing(
        reply_token=row[5],
        reply_until=None if row[6] is None else moment(row[6]),
        is_unclear=bool(row[7]) or row[12] == LetterState.SENDING,
        first_tried_at=now if row[8] is None else moment(row[8]),
        attempts=row[9] + 1,
        expires_at=None if row[10] is None else moment(row[10]),
        priority=priority,
        is_blocked=bool(row[13]),
        is_quota_low_for=bool(is_spent) or is_low_for(priority, quota),
    )
    sure_until = now + timedelta(seconds=LEASE_SECONDS)
    return ClaimedLetter(
        LetterId(row[0]),
        row[1],
        ConversationId(row[2]),
        row[3],
        row[4],
        lease,
        sure_until,
        standing,
    )


# A try of the bot's that ended open while a person took over is not repeated before they end.
_STATE_OR_HELD = (
    "CASE WHEN :is_open = :yes AND written_by IS NULL AND EXISTS (SELECT 1 FROM thread t"
    " WHERE t.id = outbox.conversation AND t.speaker IS NOT NULL) THEN 'held' ELSE :state END"
)
_NOTE = Hot(
    f"UPDATE outbox SET state = {_STATE_OR_HELD}, due_at = :due_at, is_unclear = :is_unclear,"
    " reply_token = CASE WHEN :drops_token THEN NULL ELSE reply_token END,"
    " sent_as = COALESCE(:sent_as, sent_as), request_id = COALESCE(:request_id, request_id),"
    " last_error = :error, ended_at = :ended_at, leased_by = NULL"
    " WHERE id = :id AND leased_by = :lease RETURNING id",
    f"UPDATE outbox SET state = {_STATE_OR_HELD.replace(':state', ':state::text')},"
    " due_at = :due_at, is_unclear = :is_unclear,"
    " reply_token = CASE WHEN :drops_token THEN NULL ELSE reply_token END,"
    " sent_as = COALESCE(:sent_as::text, sent_as),"
    " request_id = COALESCE(:request_id::text, request_id),"
    " last_error = :error, ended_at = :ended_at, leased_by = NULL"
    " WHERE id = :id AND leased_by = :lease RETURNING id",
)
_OPEN_STATES = frozenset({LetterState.DUE, LetterState.SENDING})
_LOST = frozenset({LetterState.DEAD, LetterState.SUPPRESSED})


def _tell_lost(db: Session, letters: Sequence[int], *, now: datetime) -> None:
    """Whoever sees more looks for another address, or tells staff (`reminders`)."""
    for letter in letters:
        worklist.add(
            db, UNDELIVERED, str(letter), f"{letter}@{to_millis(now)}", due_at=now, now=now
        )


def note(db: Session, letter: ClaimedLetter, tried: Way, outcome: Next, *, now: datetime) -> bool:
    """Write down what became of a try. False when the lease was lost: the other holder will
    tell.
    """
    is_open = outcome.state in _OPEN_STATES
    noted = _NOTE(
        db,
        id=letter.id,
        lease=letter.lease,
        state=outcome.state.value,
        is_open=is_open,
        yes=True,
        due_at=outcome.due_at or now,
        is_unclear=outcome.is_unclear,
        drops_token=outcome.drops_token,
        sent_as=tried.value if outcome.state is LetterState.SENT else None,
        request_id=outcome.request_id,
        error=outcome.error,
        ended_at=None if is_open else now,
    )
    if outcome.state is LetterState.WAITING:
        if tried is Way.PUSH:
            # Only the platform says that nothing is left; what we keep back stops nobody else.
            spend_quota(db, letter.channel, now=now)
        _tell_waiting(db, letter.channel, now=now)
    if noted and outcome.state in _LOST:
        _tell_lost(db, [letter.id], now=now)
    if noted:
        feed.tell(db, letter.conversation, now=now)
    if _IS_OPEN(db, conversation=letter.conversation, now=now):
        ring(db, TOPIC)  # the conversation's next letter may go, or this one by another way
    return bool(noted)


def _tell_waiting(db: Session, channel: str, *, now: datetime) -> None:
    """Staff know that letters wait: one task while it is open, and at most one a day."""
    about = f"channel:{channel}"
    is_open = any(row.state == WorkState.DUE.value for row in worklist.tasks_of(db, about))
    if not is_open:
        once = tokyo_day(now).isoformat()
        worklist.task(db, WAITS_FOR_QUOTA, about, due_at=now, now=now, once=once)


_RENEW = Hot("UPDATE outbox SET due_at = :until WHERE leased_by = :lease AND state = 'sending'")


def renew(db: Session, leases: Sequence[str], *, now: datetime) -> None:
    """Keep letters whose sending takes long."""
    for lease in leases:
        _RENEW(db, lease=lease, until=now + timedelta(seconds=LEASE_SECONDS))


@dataclass(frozen=True, slots=True)
class Rider:
    """A letter whose words still have to reach the person. `is_unclear`: maybe they have."""

    id: LetterId
    messages: tuple[Message, ...]
    state: LetterState
    is_unclear: bool


_RIDERS = Hot(
    "SELECT id, messages, state, is_unclear FROM outbox WHERE conversation = :conversation"
    " AND state IN ('due', 'ambiguous', 'waiting') AND (state <> 'due' OR purpose = 'slow answer')"
    " AND (expires_at IS NULL OR expires_at > :now)"
    " ORDER BY id DESC LIMIT 3"
)
SLOW_ANSWER = "slow answer"  # waits for the person's tap on "get the answer", then is pushed
SLOW_ANSWER_WAITS = timedelta(minutes=2)


def riders(db: Session, conversation: ConversationId, *, now: datetime) -> list[Rider]:
    """The latest up to three of them that are still of use, oldest first."""
    rows = reversed(_RIDERS(db, conversation=conversation, now=now))
    return [
        Rider(LetterId(row[0]), tuple(orjson.loads(row[1])), LetterState(row[2]), bool(row[3]))
        for row in rows
        if row[1] != "[]"
    ]


def carry(db: Session, rider: Rider, *, now: datetime) -> bool:
    """Its words go out with another letter of this unit of work; False when it just left by
    itself.
    """
    carried = db.connection().execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.id) == rider.id, col(OutboxLetter.state) == rider.state.value)
        .values(state=LetterState.CARRIED.value, ended_at=now)
    )
    return bool(carried.rowcount)


_OF_THE_BOT = "conversation = :conversation AND written_by IS NULL AND state IN ('due', 'waiting')"
# What was tried without an outcome may have arrived.
_DROP_ANSWERS = Hot(
    "UPDATE outbox SET state = CASE WHEN is_unclear = :yes THEN 'ambiguous' ELSE 'suppressed' END,"
    f" last_error = :reason, ended_at = :now WHERE {_OF_THE_BOT} AND {resuming.ANSWERS}"
)
_HOLD_NEWS = Hot(f"UPDATE outbox SET state = 'held' WHERE {_OF_THE_BOT}")
_UNDER_WAY = Hot(
    "SELECT count(*) FROM outbox WHERE conversation = :conversation AND written_by IS NULL"
    " AND state = 'sending'"
)


def hold(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    """A person speaks from here on: the bot's answers that have not left are dropped, its news are
    kept back. How many of its letters are under way this moment; call again until none is.
    """
    reason = "a person took over"
    _DROP_ANSWERS(db, conversation=conversation, reason=reason, now=now, yes=True)
    _HOLD_NEWS(db, conversation=conversation)
    under_way: int = _UNDER_WAY(db, conversation=conversation)[0][0]
    return under_way


def release(db: Session, conversation: ConversationId, *, now: datetime) -> int:
    """The bot speaks again: what was held goes out, if it is still useful and once the hour allows
    it. How many letters.
    """
    released = resuming.after_talk(db, conversation, now=now)
    if released:
        ring(db, TOPIC)
    return released


def suppress(db: Session, conversation: ConversationId, *, reason: str, now: datetime) -> None:
    """The person blocked the shop: nothing that is not under way goes out."""
    lost = db.connection().execute(
        update(OutboxLetter)
        .where(
            col(OutboxLetter.conversation) == conversation,
            col(OutboxLetter.state).in_(
                [LetterState.DUE.value, LetterState.WAITING.value, LetterState.HELD.value]
            ),
        )
        .values(state=LetterState.SUPPRESSED.value, last_error=reason, ended_at=now)
        .returning(col(OutboxLetter.id))
    )
    _tell_lost(db, [row[0] for row in lost if row[0] is not None], now=now)
    feed.tell(db, conversation, now=now)


def keep(
    db: Session,
    envelope: Envelope,
    *,
    state: LetterState,
    reason: str,
    now: datetime,
) -> bool:
    """Note a letter that is not sent, and why: staff see it. False when the fact was told or noted
    before.
    """
    row = OutboxLetter(
        dedupe=envelope.dedupe,
        channel=envelope.channel,
        conversation=envelope.conversation,
        purpose=envelope.purpose,
        priority=int(envelope.priority),
        messages="[]",
        retry_key=str(uuid.uuid4()),
        state=state.value,
        due_at=now,
        last_error=reason,
        written_at=now,
        ended_at=now,
        scrubbed_at=now,
    )
    return insert_once(db, OutboxLetter, row.model_dump(exclude={"id"}))


def withdraw(db: Session, dedupe: Sequence[str], *, reason: str, now: datetime) -> None:
    """What these facts were told with is hidden, and not sent where it was not yet (unsend).

    One that is under way keeps its state: emptied, it is not tried again.
    """
    names = [_named(fact, n) for fact in dedupe for n in range(_MOST_CALLS)]
    hit = col(OutboxLetter.dedupe).in_(names)
    db.connection().execute(
        update(OutboxLetter)
        .where(hit, col(OutboxLetter.state).in_([LetterState.DUE.value, LetterState.HELD.value]))
        .values(state=LetterState.SUPPRESSED.value, last_error=reason, ended_at=now)
    )
    hidden = db.connection().execute(
        update(OutboxLetter)
        .where(hit)
        .values(messages="[]", scrubbed_at=now)
        .returning(col(OutboxLetter.conversation))
    )
    for conversation in {row[0] for row in hidden}:
        feed.tell(db, ConversationId(conversation), now=now)


def expire(db: Session, beginning: str, *, now: datetime) -> None:
    """What facts that begin so tell is over: of what has not left, nothing does. One that is under
    way is not tried again but to learn its outcome.
    """
    waits = [LetterState.DUE.value, LetterState.WAITING.value, LetterState.HELD.value]
    left = [LetterState.SENT.value, LetterState.CARRIED.value]
    hit = begins(col(OutboxLetter.dedupe), beginning)
    over = db.connection().execute(
        update(OutboxLetter)
        .where(hit, col(OutboxLetter.state).in_(waits))
        .values(state=LetterState.EXPIRED.value, last_error=OVER, expires_at=now, ended_at=now)
        .returning(col(OutboxLetter.conversation))
    )
    conversations = {row[0] for row in over}
    db.connection().execute(
        update(OutboxLetter).where(hit, col(OutboxLetter.state).not_in(left)).values(expires_at=now)
    )
    for conversation in conversations:
        feed.tell(db, ConversationId(conversation), now=now)


def call_off(db: Session, fact: str, *, now: datetime) -> bool:
    """Whoever wrote it takes it back before any part of it left. False when one has, or nothing
    waits.
    """
    hit = col(OutboxLetter.dedupe).in_([_named(fact, n) for n in range(_MOST_CALLS)])
    rows = db.exec(
        select(OutboxLetter.state, OutboxLetter.attempts).where(hit).with_for_update()
    ).all()
    if not rows or any(state != LetterState.DUE or attempts for state, attempts in rows):
        return False
    called_off = db.connection().execute(
        update(OutboxLetter)
        .where(hit, col(OutboxLetter.state) == LetterState.DUE.value)
        .values(state=LetterState.SUPPRESSED.value, last_error="called off", ended_at=now)
    )
    return bool(called_off.rowcount)


def scrub_conversation(
    db: Session, conversation: ConversationId, *, reason: str, now: datetime
) -> None:
    """Empty every letter to this conversation; what was not sent yet never is (R-137)."""
    hit = col(OutboxLetter.conversation) == conversation
    still = [
        LetterState.DUE.value, LetterState.WAITING.value, LetterState.AMBIGUOUS.value,
        LetterState.HELD.value,
    ]  # fmt: skip
    db.connection().execute(
        update(OutboxLetter)
        .where(hit, col(OutboxLetter.state).in_(still))
        .values(state=LetterState.SUPPRESSED.value, last_error=reason, ended_at=now)
    )
    db.connection().execute(
        update(OutboxLetter)
        .where(hit, col(OutboxLetter.scrubbed_at).is_(None))
        .values(messages="[]", scrubbed_at=now)
    )
    feed.tell(db, conversation, now=now)


def set_quota(db: Session, channel: str, quota: Quota, *, now: datetime) -> None:
    """What the platform says of this month, as of now. Letters that waited for it, and for which it
    has room, may go again once the hour allows it; when none waits any more, nobody has to see to
    it.
    """
    is_spent = quota.limit is not None and quota.used >= quota.limit
    db.merge(
        ChannelQuota(
            channel=channel,
            limited=quota.limit,
            used=quota.used,
            looked_at=now,
            is_spent=is_spent,
        )
    )
    db.flush()
    has_room = [] if is_spent else [each for each in Priority if not is_low_for(each, quota)]
    if has_room and resuming.within_month(db, channel, has_room, now=now):
        ring(db, TOPIC)
    waits = select(OutboxLetter.id).where(
        OutboxLetter.channel == channel, OutboxLetter.state == LetterState.WAITING.value
    )
    if db.exec(waits.limit(1)).first() is None:
        worklist.close_tasks(db, f"channel:{channel}", WAITS_FOR_QUOTA, now=now)


def spend_quota(db: Session, channel: str, *, now: datetime) -> None:
    """The platform refused a push for the month's limit."""
    known = db.get(ChannelQuota, channel)
    if known is None:
        known = ChannelQuota(channel=channel, used=0, looked_at=now)
    known.is_spent = True
    known.looked_at = now
    db.add(known)
    db.flush()


def quota(db: Session, channel: str) -> ChannelQuota | None:
    """The last look at the month."""
    return db.get(ChannelQuota, channel)


def retry(
    db: Session,
    letter_id: LetterId,
    *,
    by: str,
    now: datetime,
    of: ConversationId | None = None,
) -> bool:
    """Staff wish another try of a dead, waiting or ambiguous letter: as a push with a fresh key; it
    is journaled. `of`: only if it is one of that conversation.

    For an ambiguous one staff take the risk that it arrives twice. False when there is no such
    letter.
    """
    its_own = [col(OutboxLetter.conversation) == of] if of is not None else []
    tried_again = (
        db.connection()
        .execute(
            update(OutboxLetter)
            .where(
                col(OutboxLetter.id) == letter_id,
                col(OutboxLetter.messages) != "[]",
                col(OutboxLetter.state).in_(
                    [LetterState.DEAD.value, LetterState.WAITING.value, LetterState.AMBIGUOUS.value]
                ),
                *its_own,
            )
            .values(
                state=LetterState.DUE.value,
                due_at=now,
                attempts=0,
                is_unclear=False,
                reply_token=None,
                retry_key=str(uuid.uuid4()),
                first_tried_at=None,
                ended_at=None,
                expires_at=None,
            )
            .returning(col(OutboxLetter.conversation))
        )
        .first()
    )
    if tried_again is not None:
        ring(db, TOPIC)
        feed.tell(db, ConversationId(tried_again[0]), now=now)
        journal.record(db, f"letter:{letter_id}", "retried", actor=by, at=now)
    return tried_again is not None


def scrub_old(db: Session, *, before: datetime, now: datetime, limit: int = 5_000) -> int:
    """Empty ended letters written before that moment. Answers how many; again while it is the
    limit. One that still waits for the month's messages is given up aloud, and emptied next time.
    """
    given_up = db.connection().execute(
        update(OutboxLetter)
        .where(
            col(OutboxLetter.written_at) < before,
            col(OutboxLetter.scrubbed_at).is_(None),
            col(OutboxLetter.state) == LetterState.WAITING.value,
        )
        .values(state=LetterState.DEAD.value, last_error="waited for a month", ended_at=now)
        .returning(col(OutboxLetter.id))
    )
    lost = [row[0] for row in given_up if row[0] is not None]
    _tell_lost(db, lost, now=now)
    old = list(
        db.exec(
            select(OutboxLetter.id)
            .where(
                col(OutboxLetter.written_at) < before,
                col(OutboxLetter.scrubbed_at).is_(None),
                col(OutboxLetter.id).not_in(lost),
                col(OutboxLetter.state).not_in(
                    [LetterState.DUE.value, LetterState.SENDING.value, LetterState.HELD.value]
                ),
            )
            .limit(limit)
        )
    )
    if old:
        db.connection().execute(
            update(OutboxLetter)
            .where(col(OutboxLetter.id).in_(old))
            .values(messages="[]", scrubbed_at=now)
        )
    return len(old)
