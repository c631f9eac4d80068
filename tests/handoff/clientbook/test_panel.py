"""All of a customer in one look, and their sums to the yen, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.app import READERS
from catalog.customers import actions as customers
from catalog.customers.actions import Particulars
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.record import CustomerId, StaffId
from catalog.ground.session.database import Database
from conversations.threads import actions as threads
from handoff.clientbook import advising, next_steps, panel, totals
from handoff.clientbook.advising import AdviserMissing
from handoff.clientbook.next_steps import StepMissing
from handoff.clientbook.panel import NobodyThere, Panel
from handoff.desk import actions as desk
from handoff.desk import figures, handover, lists
from handoff.desk.lists import DeskList
from handoff.desk.tables import TicketReason
from handoff.staff.permissions import NotAllowed
from tests.catalog.buyback.deals import Deals
from tests.catalog.duties.law import house
from tests.catalog.orders.counter import Counter
from tests.handoff.desk.talk import hire, says, talk_of

USER = "U" + "5" * 32
TALK = talk_of(USER)
SATO = Actor("sato", Role.ADVISER)
HOURS = ShopHours()


@pytest.fixture
def counter(database: Database) -> Counter:
    return Counter(database)


def look(counter: Counter, who: CustomerId) -> Panel:
    return counter.read(lambda db: panel.of_customer(db, who, now=counter.now))


def test_what_was_bought_and_came_back_is_in_the_sums_and_the_wardrobe(counter: Counter) -> None:
    who = counter.customer()
    kept, back = counter.owned("W-1", 120_000), counter.owned("W-2", 80_000)
    counter.delivered(who, kept)
    returned = counter.delivered(who, back)
    counter.refund(counter.came_back(who, returned.order_id, back))
    told = look(counter, who)
    prices = {piece.code: piece.price for piece in told.wardrobe}
    assert prices == {"W-1": 120_000}
    assert (told.totals.bought, told.totals.returned) == (120_000, 80_000)
    assert (told.totals.orders, told.totals.pieces) == (1, 1)
    assert [each.unit_code for each in told.returns] == ["W-2"]
    assert len(told.orders) == 2


def test_credit_and_chats_and_the_piece_discussed_stand_beside_the_talk(counter: Counter) -> None:
    who = counter.customer()
    counter.credit(who, 30_000)

    def unit(db: Session) -> None:
        more = Particulars(family_kana="サトウ", adviser="田中")
        customers.amend(db, who, more, by="test", now=counter.now)
        customers.bind(db, who, "line", USER, by="test", now=counter.now)
        threads.open_in(db, TALK, "line", lang="ja", now=counter.now)
        customers.block(db, "line", USER, now=counter.now)

    counter.database.write(unit)
    told = counter.read(lambda db: panel.of_conversation(db, TALK, now=counter.now))
    assert told.person is not None
    assert (told.person.customer, told.person.kana, told.person.adviser) == (who, "サトウ", "田中")
    assert told.credit.spendable == 30_000
    [address] = told.addresses
    assert (address.conversation, address.is_blocked) == (TALK, True)
    assert told.agreed == {"service": True, "credit_reminder": True, "marketing": False}


def test_a_visitor_is_nobody_of_the_register(counter: Counter) -> None:
    says(counter.database, USER, "こんにちは", now=counter.now)
    told = counter.read(lambda db: panel.of_conversation(db, TALK, now=counter.now))
    assert told.person is None and told.totals == totals.NOTHING
    assert [each.conversation for each in told.addresses] == [TALK]
    with pytest.raises(NobodyThere):
        look(counter, CustomerId("nobody"))


def test_next_steps_are_planned_moved_done_and_forgotten(counter: Counter) -> None:
    who, day = counter.customer(), counter.now.date()

    def plan(key: str) -> str:
        return counter.database.write(
            lambda db: next_steps.plan(
                db, who, "お電話", due_on=day, staff=SATO.id, actor=SATO, key=key,  # type: ignore[arg-type]  # an id
                now=counter.now,
            )
        )  # fmt: skip

    first = plan("k")
    assert plan("k") == first
    due = counter.read(lambda db: next_steps.due(db, by=day))
    assert [each.id for each in due] == [first]
    assert counter.read(lambda db: next_steps.due(db, by=day - timedelta(days=1))) == []
    assert counter.database.write(lambda db: next_steps.finish(db, first, SATO, now=counter.now))
    assert not counter.database.write(
        lambda db: next_steps.finish(db, first, SATO, now=counter.now)
    )
    with pytest.raises(StepMissing):
        counter.database.write(lambda db: next_steps.finish(db, "x", SATO, now=counter.now))
    with pytest.raises(NotAllowed):
        auditor = Actor("a", Role.AUDITOR)
        counter.database.write(lambda db: next_steps.finish(db, first, auditor, now=counter.now))
    counter.database.write(lambda db: next_steps.forget(db, who, now=counter.now))
    assert [each.words for each in look(counter, who).steps] == [""]


def test_a_book_counts_its_clients_and_what_they_bought(counter: Counter) -> None:
    """R-136."""
    clients = [counter.customer(), counter.customer()]
    counter.delivered(clients[0], counter.owned("W-1", 120_000))

    def unit(db: Session) -> StaffId:
        tanaka = hire(db, "田中 一郎", "adviser", now=counter.now)
        for name, each in zip(("田中", "田中 一郎"), clients, strict=True):
            customers.amend(db, each, Particulars(adviser=name), by="test", now=counter.now)
        return tanaka

    tanaka = counter.database.write(unit)
    books = counter.read(advising.books)
    assert [(each.adviser, each.clients, each.buyers) for each in books] == [
        ("田中", 1, 1), ("田中 一郎", 1, 0),
    ]  # fmt: skip
    assert books[0].bought == books[0].mean_basket == 120_000
    # However the register writes the name, it is one person's book.
    assert counter.read(lambda db: advising.counts(db, now=counter.now)) == {tanaka: 2}
    mine = counter.read(lambda db: advising.advised_by(db, tanaka, now=counter.now))
    assert sorted(mine) == sorted(clients)


def test_a_client_is_entrusted_to_who_talks_with_customers(counter: Counter) -> None:
    """R-119."""
    who = counter.customer()

    def unit(db: Session) -> tuple[StaffId, StaffId]:
        return (
            hire(db, "田中", "adviser", now=counter.now),
            hire(db, "経理", "accounting", now=counter.now),
        )

    tanaka, accounting = counter.database.write(unit)

    def entrust(to: StaffId | None, actor: Actor = SATO) -> bool:
        return counter.database.write(
            lambda db: advising.entrust(db, who, to, actor, now=counter.now)
        )

    assert entrust(tanaka) and not entrust(tanaka)
    person = look(counter, who).person
    assert person is not None and person.adviser == "田中"
    with pytest.raises(AdviserMissing):
        entrust(accounting)
    with pytest.raises(NotAllowed):
        entrust(tanaka, Actor("r", Role.REMOTE))
    assert entrust(None)
    person = look(counter, who).person
    assert person is not None and person.adviser is None


def test_every_list_has_as_many_rows_as_its_count(database: Database) -> None:
    database.write(
        lambda db: house(
            db, dealer__name="あかし商会", dealer__address="銀座", dealer__licence_no="3010",
            dealer__authority="東京都公安委員会", dealer__phone="03-1234-5678",
        )
    )  # fmt: skip
    deals = Deals(database)
    offered, waiting = deals.seller(), deals.seller(account=False)
    deals.offered(deals.here(offered))
    deals.here(waiting)
    now = deals.now
    counted = database.read(lambda db: lists.counts(db, hours=HOURS, now=now))
    assert counted[DeskList.APPRAISE] == 1
    for which in DeskList:
        rows = database.read(lambda db, which=which: lists.rows(db, which, hours=HOURS, now=now))  # type: ignore[misc]  # bound at once
        assert len(rows) == counted[which], which
    told = database.read(lambda db: figures.of(db, now.date(), now.date(), hours=HOURS, now=now))
    assert (told.quotes_sent, told.quotes_accepted, told.accepted_bp) == (1, 0, 0)
    seller = CustomerId(offered.name.removeprefix("customer:"))
    says(database, USER, "担当者と話したい", now=now)

    def call(db: Session) -> desk.Called:
        customers.bind(db, seller, "line", USER, by="test", now=now)
        return desk.call(
            db, TALK, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=now + timedelta(minutes=10), now=now,
        )  # fmt: skip

    ticket = database.write(call).ticket
    note = database.read(lambda db: handover.note(db, READERS, ticket, now=now))
    assert note.who.customer == seller
    assert [each.amount for each in note.offers] == [400_000]
    assert len(note.lines) == 2 and note.doing.task is None
