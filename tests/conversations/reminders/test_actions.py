"""One notice, one letter: where it goes, when it goes elsewhere, and when it is kept back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog.credit import actions as credit
from catalog.credit import redemption, reminders
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.customers import consents
from catalog.customers.consents import Category
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import TOKYO
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import ConversationId, CustomerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work, WorkState
from conversations.outbox import actions as outbox
from conversations.outbox.actions import UNDELIVERED, Envelope
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, Priority
from conversations.reminders import actions as telling
from conversations.reminders.actions import ANSWERED, LETTER_FAILED, TELL_BY_HAND
from conversations.reminders.gate import Reason
from conversations.threads.tables import Thread
from tests.catalog.items.pieces import listed
from tests.conversations.reminders.told import WORKER, Teller, need_sendable

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=TOKYO)
NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=TOKYO)
ORDER = {"order_no": "O-1"}


@pytest.fixture
def teller(database: Database) -> Teller:
    """A worker with LINE and a second channel."""
    return Teller(database, also=("web",))


def customer(teller: Teller, number: str = "C-1", language: str = "ja") -> CustomerId:
    return teller.database.write(
        lambda db: customers.register(
            db, number, "佐藤", given_name=None, language=language, by="t", now=NOW
        )
    )


def notice(teller: Teller, who: str, phase: str = "order_packed", **facts: Any) -> None:
    """A notice that is due."""
    about = facts.pop("about", "order:1")
    version = facts.pop("version", 1)
    now = facts.pop("now", NOW)
    teller.database.write(
        lambda db: worklist.notice(
            db, about, phase, to=who, version=version, now=now, facts={**ORDER, **facts}
        )
    )


def tasks(teller: Teller) -> list[dict[str, Any]]:
    wanted = select(Work).where(Work.kind == worklist.TASK)
    return [row.facts for row in teller.database.read(lambda db: list(db.exec(wanted)))]


def spoke(teller: Teller, conversation: str, at: datetime | None, lang: str | None = None) -> None:
    """A conversation that took place."""
    channel = conversation.partition(":")[0]
    thread = Thread(
        id=conversation, channel=channel, lang=lang, memory={}, opened_at=NOW, heard_at=at
    )
    teller.database.write(lambda db: db.add(thread))


def sent_and_failed(teller: Teller, state: LetterState, now: datetime = NOW) -> None:
    """The next letter is tried and comes to that."""
    (letter,) = teller.database.write(lambda db: outbox.claim(db, lease="l", now=now, limit=1))
    assert teller.database.write(
        lambda db: outbox.note(db, letter, Way.PUSH, Next(state, error="refused"), now=now)
    )


def test_it_goes_to_the_address_last_written_from_in_the_language_spoken_there(
    teller: Teller,
) -> None:
    who = customer(teller, language="ko")
    teller.bind(who, NOW, "Uold")
    teller.bind(who, NOW + timedelta(seconds=1), "Unew")
    spoke(teller, "line:Unew", NOW - timedelta(days=9))
    spoke(teller, "line:Uold", NOW - timedelta(days=2), lang="en")
    notice(teller, f"customer:{who}")
    teller.tell_all(NOW)
    (letter,) = teller.letters()
    assert letter.conversation == "line:Uold"
    assert "Packed" in need_sendable(letter)[0]["text"]


def test_a_price_that_changed_again_or_waited_too_long_is_not_told(teller: Teller) -> None:
    """R-033, R-160: what reaches a watcher is the price of now, and none of a piece that went."""
    who = customer(teller)
    teller.bind(who, NOW)
    [unit_id] = listed(teller.database, "W-1")
    notice(teller, f"customer:{who}", "watched_price", about="watch:1", unit=unit_id)
    teller.tell_all(NOW)
    later = NOW + timedelta(hours=1)
    notice(teller, f"customer:{who}", "watched_price", about="watch:1", unit=unit_id, version=2)
    teller.tell_all(later)
    old, new = teller.letters()
    assert (old.state, new.state) == ("expired", "due")
    assert new.expires_at == later + timedelta(days=1)
    notice(teller, f"customer:{who}", "watched_sold", about="watch:1", unit=unit_id, version=3)
    teller.tell_all(later)
    assert [row.state for row in teller.letters()] == ["expired", "expired", "due"]


def test_the_same_notice_twice_is_one_letter(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW)
    for _ in range(2):
        notice(teller, f"customer:{who}")
        teller.tell_all(NOW)
    assert len(teller.letters()) == 1


def test_a_letter_that_fails_goes_to_the_next_channel_and_then_to_a_person(
    teller: Teller,
) -> None:
    who = customer(teller)
    teller.bind(who, NOW, "Uline")
    teller.bind(who, NOW, "Wweb", channel="web")
    spoke(teller, "line:Uline", NOW)
    notice(teller, f"customer:{who}")
    teller.tell_all(NOW)
    sent_and_failed(teller, LetterState.DEAD)
    teller.tell_all(NOW)
    assert [(row.channel, row.state) for row in teller.letters()] == [
        ("line", "dead"),
        ("web", "due"),
    ]
    assert tasks(teller) == []
    sent_and_failed(teller, LetterState.SUPPRESSED)
    teller.tell_all(NOW)
    teller.tell_all(NOW)
    assert [row.state for row in teller.letters()] == ["dead", "suppressed", "suppressed"]
    (task,) = tasks(teller)
    assert (task["task"], task["to"]) == (TELL_BY_HAND, f"customer:{who}")
    assert teller.undone() == []


def test_what_a_person_blocks_while_it_waits_goes_elsewhere(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW, "Uline")
    teller.bind(who, NOW, "Wweb", channel="web")
    spoke(teller, "line:Uline", NOW)
    notice(teller, f"customer:{who}")
    teller.tell_all(NOW)

    def block(db: Session) -> None:
        customers.block(db, "line", "Uline", now=NOW)
        outbox.suppress(db, ConversationId("line:Uline"), reason="blocked", now=NOW)

    teller.database.write(block)
    teller.tell_all(NOW)
    assert [(row.channel, row.state) for row in teller.letters()] == [
        ("line", "suppressed"),
        ("web", "due"),
    ]


def test_an_answer_that_failed_is_somebodys_task(teller: Teller) -> None:
    envelope = Envelope("event:1", "line", ConversationId("line:U1"), "answer")
    hello = [[{"type": "text", "text": "hello"}]]
    teller.database.write(lambda db: outbox.put(db, envelope, hello, now=NOW))
    sent_and_failed(teller, LetterState.DEAD)
    teller.tell_all(NOW)
    (task,) = tasks(teller)
    assert task["task"] == LETTER_FAILED


def test_what_was_done_in_the_conversation_is_not_told_again(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW, "Uline")
    key = "order.cancel:line:Uline:17"
    teller.database.write(
        lambda db: journal.record(
            db, "order:1", "cancelled", actor=f"customer:{who}", at=NOW, key=key, request={},
            result={},
        )
    )  # fmt: skip
    notice(teller, f"customer:{who}", "order_cancelled")
    teller.tell_all(NOW)
    (kept,) = teller.letters()
    assert (kept.state, kept.last_error) == (LetterState.CARRIED.value, ANSWERED)
    notice(teller, f"customer:{who}", "order_cancelled", version=2, now=NOW + timedelta(minutes=1))
    teller.tell_all(NOW + timedelta(minutes=1))
    assert [row.state for row in teller.letters()] == ["carried", "due"]


def test_a_phase_without_words_is_told_by_a_person(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW)
    notice(teller, f"customer:{who}", "something_new")
    teller.tell_all(NOW)
    assert teller.letters() == []
    (task,) = tasks(teller)
    assert task["phase"] == "something_new"


def test_night_is_for_answers_and_partners_only(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW, "Uline")
    spoke(teller, "line:Uline", NIGHT - timedelta(hours=2))
    notice(teller, f"customer:{who}", "order_packed", now=NIGHT)
    notice(teller, f"customer:{who}", "order_cancelled", now=NIGHT)
    teller.tell_all(NIGHT)
    assert [row.purpose for row in teller.letters()] == ["order_cancelled"]
    (held,) = teller.undone()
    assert (held.state, held.attempts) == (WorkState.DUE.value, 0)
    assert held.due_at == datetime(2026, 11, 23, 9, 0, tzinfo=TOKYO)
    teller.tell_all(held.due_at)
    assert [row.purpose for row in teller.letters()] == ["order_cancelled", "order_packed"]


def test_spent_credit_is_not_reminded_of_though_it_was_written(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW)
    issued = teller.database.write(
        lambda db: credit.issue(
            db, who, Origin.RETURN, Yen(9_000), document="O-1", channel="shop", by="s", now=NOW,
            key="i",
        )
    )  # fmt: skip
    teller.tell_all(NOW)
    assert issued.expires_on is not None
    ten = datetime.combine(issued.expires_on, datetime.min.time(), TOKYO) + timedelta(hours=10)
    due = ten - timedelta(days=7)
    teller.database.write(lambda db: reminders.remind(db, due))
    teller.database.write(
        lambda db: redemption.spend(
            db, who, Yen(9_000), document="O-2", channel="shop", by="s", now=due, key="s"
        )
    )
    teller.tell_all(due)
    kept = [row for row in teller.letters() if row.purpose == reminders.PHASE]
    assert [(row.state, row.last_error) for row in kept] == [("expired", Reason.OVER.value)]


def test_letters_nobody_asked_for_have_a_cap_a_month(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW, "Uline")
    teller.database.write(
        lambda db: policy.amend(
            db, {"ntf.marketing_a_month": 1}, known=[NoticeTerms], by="owner", now=NOW
        )
    )
    envelope = Envelope(
        "sent", "line", ConversationId("line:Uline"), "campaign", priority=Priority.MARKETING
    )
    hello = [[{"type": "text", "text": "hello"}]]
    teller.database.write(lambda db: outbox.put(db, envelope, hello, now=NOW))
    notice(teller, f"customer:{who}", "follow_up_thanks", unit="u1")
    teller.tell_all(NOW)
    assert [row.last_error for row in teller.letters()] == [None, Reason.CAP.value]
    assert tasks(teller) == []


def test_a_no_to_marketing_ends_letters_after_a_purchase(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW)
    teller.database.write(
        lambda db: consents.consent(
            db, who, Category.MARKETING, False, text_version="1", source="line", by="c", now=NOW
        )
    )
    notice(teller, f"customer:{who}", "follow_up_care", unit="u1", category="watch")
    teller.tell_all(NOW)
    (kept,) = teller.letters()
    assert (kept.state, kept.last_error) == ("suppressed", Reason.REFUSED.value)


def test_a_lost_row_writes_nothing(teller: Teller) -> None:
    who = customer(teller)
    teller.bind(who, NOW)
    notice(teller, f"customer:{who}")
    (work,) = teller.database.write(
        lambda db: worklist.claim(
            db, [worklist.NOTICE], worker="other", now=NOW, lease_seconds=5, limit=1
        )
    )
    assert not teller.database.write(
        lambda db: telling.tell(db, work, teller.post, worker=WORKER, now=NOW)
    )
    assert teller.letters() == []
    assert UNDELIVERED != worklist.NOTICE
