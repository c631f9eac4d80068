"""A newcomer becomes who they are (R-116, R-118, decision 0037): what is running comes along once
and whole, what was recorded stays recorded, and nobody else sees any of it.
"""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, select

from catalog.buyback import queries as buyback
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts import queries as payouts
from catalog.buyback.stages import Stage
from catalog.credit import actions as credit
from catalog.credit import queries, redemption
from catalog.credit.posting import AccountMoved
from catalog.credit.tables import CreditLot
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.customers import consents, linking, newcomers, passes, tastes
from catalog.customers.consents import Category, CustomerMissing
from catalog.customers.newcomers import BecameAnother
from catalog.customers.passes import PageKind
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor, Role
from catalog.duties.identity import queries as identity
from catalog.duties.identity.methods import Method
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.tables import LedgerRow
from catalog.duties.visits import actions as visits
from catalog.ground import journal
from catalog.ground.errors import ShopError
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items import watchers
from catalog.items.kinds import Category as Kind
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.queries import wishes_of
from catalog.items.wishes.rules import Sought
from catalog.orders import dealings
from catalog.orders.dealings import Open
from conversations.flows import forgetting
from conversations.flows import newcomers as becoming
from conversations.flows.newcomers import NOTHING, ApartMissing, Linked
from conversations.reminders import addresses
from tests.catalog.buyback.deals import ACCOUNT, DAYTONA, KEYS, Deals
from tests.catalog.consignment.shelf import Shelf
from tests.catalog.duties import law
from tests.databases import ENGINES, fresh
from tests.house.test_newcomers import left_behind

_POST = Method.ID_COPY_MAIL_AND_ACCOUNT


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


def newcomer(deals: Deals, address: str = "Unew") -> Actor:
    def unit(db: Session) -> CustomerId:
        who = newcomers.enter(db, "お客様", language="ja", by="bot", now=deals.now)
        customers.bind(db, who, "line", address, by="bot", now=deals.now)
        return who

    return Actor(deals.database.write(unit), Role.CUSTOMER)


def linked(deals: Deals, known: Actor, address: str = "Unew") -> Linked:
    return deals.database.write(
        lambda db: becoming.link(
            db, CustomerId(known.id), "line", address, by="staff:1", now=deals.now
        )
    )


def owner(deals: Deals, address: str) -> str | None:
    return deals.database.read(lambda db: linking.owner(db, "line", address))


def cases_of(deals: Deals, who: Actor) -> list[str]:
    return sorted(deals.database.read(lambda db: list(buyback.of_customer(db, who.id))))


def numbers(deals: Deals, *cases: str) -> tuple[str, ...]:
    return tuple(deals.case(each).case_no for each in sorted(cases))


def issued(deals: Deals, who: Actor, yen: int, origin: Origin = Origin.TRADE_IN) -> str:
    return deals.do(
        credit.issue, CustomerId(who.id), origin, Yen(yen), document=None,
        channel="online", by="staff:1",
    ).lot_id  # fmt: skip


def spendable(deals: Deals, who: Actor) -> int:
    return deals.database.read(
        lambda db: queries.balance(db, CustomerId(who.id), deals.now)
    ).spendable


def whole_books(deals: Deals) -> None:
    deals.adds_up()
    assert deals.database.read(lambda db: journal.differences(db, journal.journaled())) == []
    assert deals.database.read(journal.broken) == []


def test_the_open_case_and_its_offer_come_along_and_are_paid_to_the_known_account(
    deals: Deals,
) -> None:
    known, new = deals.seller(), newcomer(deals)
    own = deals.inquiry(known, DAYTONA)
    brought = deals.here(new)
    quote = deals.offered(brought)
    told = linked(deals, known)
    assert told.came.cases == numbers(deals, brought)
    assert cases_of(deals, known) == sorted([own, brought])
    assert cases_of(deals, new) == []
    deals.accept(known, quote)
    assert deals.stage(brought) is Stage.PAY_SCHEDULED
    [payout] = deals.payouts(brought)

    def paid_to(db: Session) -> tuple[str | None, str | None]:
        payee = payouts.payee_of(db, payout)
        return (payee.customer_id if payee else None), payouts.block(db, payout)

    assert deals.database.read(paid_to) == (known.id, None)
    assert payout.customer_id == known.id
    whole_books(deals)


def test_what_was_sold_before_is_paid_to_the_account_the_newcomer_named(deals: Deals) -> None:
    """The check, the ledger and the payout keep telling whom they were made of."""
    known, new = deals.seller(), newcomer(deals)

    def checked(db: Session) -> None:
        law.checked(db, CustomerId(new.id), method=_POST, now=deals.now)
        accounts.name_account(
            db, KEYS, CustomerId(new.id), ACCOUNT, by=new.name, now=deals.now, key="acc:new"
        )

    deals.database.write(checked)
    case_id = deals.here(new)
    deals.accept(new, deals.offered(case_id))
    [payout] = deals.payouts(case_id)
    before = deals.database.read(_recorded)
    linked(deals, known)
    assert deals.database.read(_recorded) == before
    assert deals.database.read(lambda db: payouts.payee_of(db, payout)).customer_id == new.id
    assert deals.database.read(lambda db: payouts.block(db, payout)) is None
    assert Open.PAYMENT in deals.database.read(
        lambda db: dealings.open_with(db, CustomerId(known.id), now=deals.now)
    )
    deals.originator()
    batch = deals.batch()
    assert batch.count == 1
    assert deals.file(batch.id)
    whole_books(deals)


def _recorded(db: Session) -> list[object]:
    rows: list[object] = [
        (row.id, row.customer_id, row.price) for row in db.exec(select(LedgerRow))
    ]
    return [*rows, *((row.id, row.customer_id) for row in db.exec(select(IdentityCheck)))]


def test_without_a_check_of_their_own_the_newcomers_counts_and_an_own_one_before_it(
    deals: Deals,
) -> None:
    known, new = deals.seller(checked=False, account=False), newcomer(deals)
    check = deals.database.write(
        lambda db: law.checked(db, CustomerId(new.id), method=_POST, now=deals.now)
    )
    linked(deals, known)

    def serving(db: Session) -> str | None:
        found = identity.serving(db, CustomerId(known.id), on=deals.now.date())
        return found.id if found is not None else None

    assert deals.database.read(serving) == check
    own = deals.database.write(
        lambda db: law.checked(db, CustomerId(known.id), method=_POST, now=deals.now)
    )
    assert deals.database.read(serving) == own


def test_credit_goes_over_to_the_yen_with_its_last_day_and_what_is_held(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    issued(deals, known, 30_000)
    lots = [issued(deals, new, 50_000), issued(deals, new, 7_000)]
    held = deals.do(
        redemption.hold, CustomerId(new.id), Yen(20_000), document="order:1", channel="online",
        by="staff:1",
    )  # fmt: skip

    def picture(db: Session) -> list[tuple[object, ...]]:
        rows = db.exec(select(CreditLot).order_by(CreditLot.id))
        return [
            (row.id, row.amount, row.remaining, row.held, row.expires_on, row.issued_at)
            for row in rows
        ]

    before = deals.database.read(picture)
    told = linked(deals, known)
    assert told.came.credit == 57_000
    assert deals.database.read(picture) == before
    assert spendable(deals, known) == 30_000 + 57_000 - 20_000
    assert spendable(deals, new) == 0
    deals.do(redemption.capture, held.hold_id, by="staff:1")
    assert deals.database.read(lambda db: db.get_one(CreditLot, lots[0]).captured) > 0
    whole_books(deals)


def test_a_newcomers_credit_is_an_account_of_a_customer_who_had_none(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    issued(deals, new, 12_345)
    assert linked(deals, known).came.credit == 12_345
    assert spendable(deals, known) == 12_345
    whole_books(deals)


def test_credit_that_is_over_comes_along_as_it_is_and_is_not_told_as_if_it_could_be_spent(
    deals: Deals,
) -> None:
    known, new = deals.seller(), newcomer(deals)
    lot = issued(deals, new, 9_000, Origin.GOODWILL)
    deals.now += timedelta(days=4_000)
    assert linked(deals, known).came == NOTHING
    moved = deals.database.read(lambda db: db.get_one(CreditLot, lot))
    assert (moved.remaining, moved.amount) == (9_000, 9_000)
    assert spendable(deals, known) == 0
    whole_books(deals)


def test_the_same_command_again_has_no_second_effect(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    issued(deals, new, 1_000)
    assert linked(deals, known).came
    entries = len(deals.database.read(lambda db: journal.of(db, f"customer:{known.id}")))
    assert linked(deals, known).came == NOTHING
    assert linked(deals, known).came == NOTHING
    assert len(deals.database.read(lambda db: journal.of(db, f"customer:{known.id}"))) == entries
    assert cases_of(deals, known) == [case_id]
    assert spendable(deals, known) == 1_000


def test_the_journals_of_both_tell_it(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    linked(deals, known)

    def told(who: Actor) -> dict[str, object]:
        acts = deals.database.read(lambda db: journal.of(db, f"customer:{who.id}"))
        return {each.verb: each.facts for each in acts}

    assert told(new)["became"] == {"customer": known.id}
    assert told(known)["newcomer_was"] == {"newcomer": new.id}


def test_two_known_customers_never_become_one(deals: Deals) -> None:
    known, other = deals.seller(), deals.seller()
    case_id = deals.inquiry(other, DAYTONA)
    deals.database.write(
        lambda db: customers.bind(db, CustomerId(other.id), "line", "Uother", by="t", now=deals.now)
    )
    assert linked(deals, known, "Uother").came == NOTHING
    assert owner(deals, "Uother") == known.id  # the chat alone, as staff said
    assert cases_of(deals, other) == [case_id]
    assert deals.database.read(lambda db: newcomers.surviving(db, other.id)) == other.id


def test_a_chain_ends_at_the_last_and_a_ring_cannot_be(deals: Deals) -> None:
    first, second, known = newcomer(deals, "U1"), newcomer(deals, "U2"), deals.seller()
    case_id = deals.inquiry(first, DAYTONA)
    issued(deals, first, 500)
    linked(deals, second, "U1")
    linked(deals, known, "U2")
    assert owner(deals, "U1") == owner(deals, "U2") == known.id
    assert cases_of(deals, known) == [case_id]
    assert spendable(deals, known) == 500
    assert deals.database.read(lambda db: newcomers.surviving(db, first.id)) == known.id
    assert set(deals.database.read(lambda db: newcomers.whole(db, known.id))) == {
        known.id, first.id, second.id,
    }  # fmt: skip
    assert linked(deals, first, "U1").customer == known.id  # whoever names the first means the last

    def ring(db: Session) -> object:
        return newcomers.become(
            db, CustomerId(second.id), CustomerId(first.id), by="t", now=deals.now
        )

    assert deals.database.write(ring) is None
    whole_books(deals)


def test_every_chat_of_the_newcomer_is_the_customers_and_unlinking_one_undoes_nothing(
    deals: Deals,
) -> None:
    known, new = deals.seller(), newcomer(deals)
    deals.database.write(
        lambda db: customers.bind(db, CustomerId(new.id), "web", "V1", by="t", now=deals.now)
    )
    case_id = deals.inquiry(new, DAYTONA)
    linked(deals, known)
    assert deals.database.read(lambda db: linking.owner(db, "web", "V1")) == known.id
    deals.database.write(lambda db: customers.unbind(db, "line", "Unew", by="t", now=deals.now))
    assert owner(deals, "Unew") is None
    assert cases_of(deals, known) == [case_id]


def test_an_open_link_page_about_a_newcomer_leads_to_who_they_are(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)

    def asked(db: Session) -> str:
        customers.amend(
            db, CustomerId(new.id), customers.Particulars(email="new@example.com"), by="t",
            now=deals.now,
        )  # fmt: skip
        token = linking.begin(db, "line", "Uthird", lang="ja", now=deals.now)
        linking.ask(db, token, "ORD-1", CustomerId(new.id), lang="ja", now=deals.now)
        link = linking.find(db, token, now=deals.now).id
        code = linking.issue(db, link, b"s" * 32, by="t", now=deals.now).code
        proven = linking.prove(db, token, code, b"s" * 32, now=deals.now)
        assert proven is not None
        return proven.nonce

    nonce = deals.database.write(asked)
    linked(deals, known)
    told = deals.database.write(
        lambda db: becoming.settle(db, nonce, "line", "Uthird", by="customer", now=deals.now)
    )
    assert told.customer == known.id
    assert owner(deals, "Uthird") == known.id


def test_what_was_given_out_to_the_newcomer_opens_nothing_and_nothing_new_is_opened_for_them(
    deals: Deals,
) -> None:
    known, new = deals.seller(), newcomer(deals)
    token = deals.database.write(
        lambda db: passes.issue(
            db, PageKind.OWN, CustomerId(new.id), "line", "Unew", lang="ja", now=deals.now
        )
    )
    linked(deals, known)
    with pytest.raises(passes.PageMissing):
        deals.database.read(lambda db: passes.find(db, token, PageKind.OWN, now=deals.now))
    with pytest.raises(BecameAnother) as refused:
        deals.inquiry(new, DAYTONA)
    assert refused.value.customer == known.id
    with pytest.raises(AccountMoved):
        deals.do(
            credit.issue, CustomerId(new.id), Origin.GOODWILL, Yen(10), document=None,
            channel="online", by="staff:1",
        )  # fmt: skip


def test_notices_written_before_reach_who_they_are(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    linked(deals, known)
    who = deals.database.read(lambda db: addresses.today(db, f"customer:{new.id}"))
    assert who == f"customer:{known.id}"
    assert deals.database.read(lambda db: addresses.today(db, "partner:1")) == "partner:1"


def test_tastes_wishes_and_watched_pieces_are_kept_once(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)

    def prepare(db: Session) -> UnitId:
        unit = law.piece(db, now=deals.now)
        for who in (known, new):
            customer = CustomerId(who.id)
            for words in ("金無垢", f"{who.role} {who.id[-4:]}"):
                heard = tastes.hear(db, customer, words, now=deals.now)
                tastes.keep(db, customer, heard or "", by="t", now=deals.now)
            watchers.watch(db, unit, f"customer:{who.id}", now=deals.now)
        wishes.seek(
            db, f"customer:{new.id}", Sought("rolex", None, Kind.WATCH, None, None), now=deals.now
        )
        return unit

    unit = deals.database.write(prepare)
    linked(deals, known)

    def held(db: Session) -> tuple[int, int, list[UnitId]]:
        who = f"customer:{known.id}"
        return (
            len(tastes.of(db, CustomerId(known.id))),
            len(wishes_of(db, who)),
            watchers.watched_by(db, who),
        )

    assert deals.database.read(held) == (3, 1, [unit])


def test_the_persons_latest_answer_holds_and_a_no_to_visits_too(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)

    def said(who: Actor, given: bool, minutes: int) -> None:
        deals.database.write(
            lambda db: consents.consent(
                db, CustomerId(who.id), Category.MARKETING, given, text_version="1", source="chat",
                by="t", now=deals.now + timedelta(minutes=minutes),
            )
        )  # fmt: skip

    said(known, True, 1)
    said(new, False, 2)
    deals.database.write(
        lambda db: visits.refuse(
            db, CustomerId(new.id), visit_id=None, by="t", now=deals.now, key="refused"
        )
    )
    linked(deals, known)

    def holds(db: Session) -> tuple[bool, bool, bool]:
        customer = CustomerId(known.id)
        return (
            consents.allows(db, customer, Category.MARKETING),
            db.get_one(Customer, customer).marketing_opt_in,
            visits.last_refusal(db, customer) is not None,
        )

    assert deals.database.read(holds) == (False, False, True)


def test_an_older_answer_of_the_newcomer_changes_nothing(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    for who, given, minutes in ((new, True, 1), (known, False, 2)):
        deals.database.write(
            lambda db, who=who, given=given, minutes=minutes: consents.consent(  # type: ignore[misc]  # bound at once
                db, CustomerId(who.id), Category.MARKETING, given, text_version="1", source="chat",
                by="t", now=deals.now + timedelta(minutes=minutes),
            )
        )  # fmt: skip
    linked(deals, known)
    assert not deals.database.read(
        lambda db: consents.allows(db, CustomerId(known.id), Category.MARKETING)
    )


def test_consigned_pieces_come_along_and_are_seen_as_ones_own(database: Database) -> None:
    shelf, deals = Shelf(database), Deals(database)
    new = newcomer(deals)
    shelf.now = deals.now
    shelf.identify(CustomerId(new.id))
    contract_id, _ = shelf.consigned(CustomerId(new.id))
    known = deals.seller()
    told = linked(deals, known)
    contract = shelf.contract(contract_id)
    assert told.came.consignments == (contract.contract_no,)
    assert contract.customer_id == known.id
    assert shelf.unit(contract.unit_id).owner_id == known.id
    assert deals.database.read(lambda db: left_behind(db, new.id)) == []
    whole_books(deals)


def test_a_newcomer_who_asked_to_be_erased_stays_apart_and_staff_look(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(new.id), by="customer", now=deals.now, key="forget"
        )
    )
    assert linked(deals, known).came == NOTHING
    assert cases_of(deals, new) == [case_id]
    assert [task.facts["customer"] for task in deals.tasks("newcomer_apart")] == [known.id]


def test_staff_join_one_who_wants_to_stay_and_the_wish_to_be_erased_is_withdrawn(
    deals: Deals,
) -> None:
    known, new = deals.seller(), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(new.id), by="customer", now=deals.now, key="forget"
        )
    )
    linked(deals, known)
    (waiting,) = deals.database.read(becoming.apart)
    assert (waiting.newcomer, waiting.customer) == (new.id, known.id)
    told = deals.database.write(
        lambda db: becoming.join(db, waiting.task, by="staff:1", now=deals.now)
    )
    assert (told.customer, told.came.cases) == (known.id, numbers(deals, case_id))
    assert cases_of(deals, known) == [case_id]
    for decide in (becoming.join, becoming.keep_apart):
        with pytest.raises(ApartMissing):
            deals.database.write(
                lambda db, decide=decide: decide(db, waiting.task, by="staff:2", now=deals.now)  # type: ignore[misc]  # bound at once
            )
    # The night's sweep finds nobody who asked to be forgotten.
    deals.database.write(lambda db: forgetting.run(db, deals.now + timedelta(days=1)))
    row = deals.database.read(lambda db: db.get_one(Customer, new.id))
    assert (row.merged_into, row.erase_asked_at, row.erased_at) == (known.id, None, None)
    assert deals.database.read(lambda db: left_behind(db, new.id)) == []
    whole_books(deals)


def test_staff_keep_two_people_apart(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(new.id), by="customer", now=deals.now, key="forget"
        )
    )
    linked(deals, known)
    (waiting,) = deals.database.read(becoming.apart)
    deals.database.write(
        lambda db: becoming.keep_apart(db, waiting.task, by="staff:1", now=deals.now)
    )
    assert deals.database.read(becoming.apart) == []
    assert cases_of(deals, new) == [case_id]
    verbs = deals.database.read(
        lambda db: [each.verb for each in journal.of(db, f"customer:{new.id}")]
    )
    assert verbs[-1] == "kept_apart"
    row = deals.database.read(lambda db: db.get_one(Customer, new.id))
    assert row.merged_into is None and row.erase_asked_at is not None


def test_erasing_the_customer_erases_the_newcomer_they_were(deals: Deals) -> None:
    known, new = deals.seller(), newcomer(deals)
    deals.database.write(
        lambda db: accounts.name_account(
            db, KEYS, CustomerId(new.id), ACCOUNT, by=new.name, now=deals.now, key="acc:new"
        )
    )
    linked(deals, known)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(known.id), by="customer", now=deals.now, key="forget"
        )
    )

    def gone(db: Session) -> list[bool]:
        return [
            db.get_one(Customer, who.id).erased_at is not None
            and accounts.current(db, who.id) is None
            for who in (known, new)
        ]

    assert deals.database.read(gone) == [True, True]


def test_nobody_becomes_an_erased_customer(deals: Deals) -> None:
    known, new = deals.seller(account=False), newcomer(deals)
    case_id = deals.inquiry(new, DAYTONA)
    deals.database.write(
        lambda db: forgetting.forget_customer(
            db, CustomerId(known.id), by="customer", now=deals.now, key="forget"
        )
    )
    with pytest.raises(CustomerMissing):
        linked(deals, known)
    assert owner(deals, "Unew") == new.id
    assert cases_of(deals, new) == [case_id]


def _at_once(*units: Callable[[], object]) -> list[object]:
    """Each in a thread of its own; what came of it, an answer of the shop included."""

    def tried(unit: Callable[[], object]) -> object:
        try:
            return unit()
        except ShopError as refused:
            return refused

    with ThreadPoolExecutor(len(units)) as pool:
        return list(pool.map(tried, units))


@pytest.mark.parametrize("turn", range(6))
def test_of_two_who_claim_one_newcomer_at_once_one_is_it(deals: Deals, turn: int) -> None:
    first, second, new = deals.seller(), deals.seller(), newcomer(deals)
    deals.database.write(
        lambda db: customers.bind(db, CustomerId(new.id), "web", "V1", by="t", now=deals.now)
    )
    case_id = deals.inquiry(new, DAYTONA)
    issued(deals, new, 700)

    def web() -> Linked:
        return deals.database.write(
            lambda db: becoming.link(
                db, CustomerId(second.id), "web", "V1", by="staff:2", now=deals.now
            )
        )

    _at_once(lambda: linked(deals, first), web)
    is_it = deals.database.read(lambda db: newcomers.surviving(db, new.id))
    assert is_it in {first.id, second.id}
    [it, other] = sorted((first, second), key=lambda each: each.id != is_it)
    assert cases_of(deals, it) == [case_id]
    assert (spendable(deals, it), spendable(deals, other)) == (700, 0)
    assert cases_of(deals, other) == []
    whole_books(deals)


@pytest.mark.parametrize("turn", range(6))
def test_what_is_begun_while_somebody_becomes_somebody_is_not_left_behind(
    deals: Deals, turn: int
) -> None:
    known, new = deals.seller(), newcomer(deals)
    lot = issued(deals, new, 900)
    _at_once(
        lambda: linked(deals, known),
        lambda: deals.inquiry(new, DAYTONA),
        lambda: issued(deals, new, 50),
        lambda: deals.do(
            redemption.spend, CustomerId(new.id), Yen(100), document="o:1", channel="store",
            by="till:1",
        ),
    )  # fmt: skip
    assert deals.database.read(lambda db: left_behind(db, new.id)) == []
    assert deals.database.read(lambda db: db.get_one(CreditLot, lot).remaining) in {800, 850, 900}
    whole_books(deals)


class Walk(RuleBasedStateMachine):
    """People who come, deal, are linked in any order, unlink and are forgotten: no yen and no case
    is lost, nothing is left where nobody sees it, nobody sees another's.
    """

    engine = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.opening = fresh(self.engine, Path(self.folder.name))
        self.deals = Deals(self.opening.__enter__())
        self.people: list[Actor] = []
        self.meant: dict[str, str] = {}  # who they are by now, as this test reckons
        self.shelf = Shelf(self.deals.database, now=self.deals.now)
        self.cases: dict[str, str] = {}
        self.contracts: dict[str, str] = {}
        self.given: dict[str, int] = {}
        self.forgotten: set[str] = set()

    def teardown(self) -> None:
        try:
            whole_books(self.deals)  # and at its end the journal alone tells the same
        finally:
            self.opening.__exit__(None, None, None)
            self.folder.cleanup()

    def now_is(self, who: str) -> str:
        while who in self.meant:
            who = self.meant[who]
        return who

    def one(self, number: int) -> Actor:
        return self.people[number % len(self.people)]

    @initialize()
    def a_known_customer(self) -> None:
        self.people.append(self.deals.seller(account=False, checked=False))

    @rule()
    def comes_known(self) -> None:
        self.people.append(self.deals.seller(account=False, checked=False))

    @rule(yen=st.integers(0, 100_000), deals=st.booleans())
    def comes_new(self, yen: int, deals: bool) -> None:
        self.people.append(newcomer(self.deals, f"U{len(self.people)}"))
        if deals:
            self.opens_a_case(len(self.people) - 1)
        if yen:
            self.is_given_credit(len(self.people) - 1, yen)

    @rule(number=st.integers(0, 50))
    def opens_a_case(self, number: int) -> None:
        who = self.now_is(self.one(number).id)
        if who not in self.forgotten:
            self.cases[self.deals.inquiry(Actor(who, Role.CUSTOMER), DAYTONA)] = who

    @rule(number=st.integers(0, 50))
    def consigns(self, number: int) -> None:
        who = self.now_is(self.one(number).id)
        if who not in self.forgotten:
            self.shelf.identify(CustomerId(who))
            self.contracts[self.shelf.consigned(CustomerId(who))[0]] = who

    @rule(number=st.integers(0, 50), yen=st.integers(1, 100_000))
    def is_given_credit(self, number: int, yen: int) -> None:
        who = self.now_is(self.one(number).id)
        if who not in self.forgotten:
            issued(self.deals, Actor(who, Role.CUSTOMER), yen)
            self.given[who] = self.given.get(who, 0) + yen

    @rule(number=st.integers(0, 50), to=st.integers(0, 50), anybody=st.booleans())
    def is_linked(self, number: int, to: int, anybody: bool) -> None:
        bound = [n for n in range(len(self.people)) if owner(self.deals, f"U{n}") is not None]
        places = list(range(len(self.people))) if anybody or not bound else bound
        place, known = places[number % len(places)], self.now_is(self.one(to).id)
        before = owner(self.deals, f"U{place}")
        if known in self.forgotten:
            return
        linked(self.deals, Actor(known, Role.CUSTOMER), f"U{place}")
        if before is None or before == known or before in self.forgotten:
            return
        is_new = self.deals.database.read(lambda db: db.get_one(Customer, before).is_newcomer)
        if is_new:
            self.meant[before] = known
            self.given[known] = self.given.get(known, 0) + self.given.pop(before, 0)

    @rule(number=st.integers(0, 50))
    def asks_to_be_forgotten(self, number: int) -> None:
        who = self.now_is(self.one(number).id)
        self.deals.database.write(
            lambda db: forgetting.forget_customer(
                db, CustomerId(who), by="customer", now=self.deals.now, key=f"forget:{who}"
            )
        )
        self.forgotten.add(who)

    @invariant()
    def no_yen_is_lost_and_none_is_anothers(self) -> None:
        for who in {self.now_is(each.id) for each in self.people}:
            assert spendable(self.deals, Actor(who, Role.CUSTOMER)) == self.given.get(who, 0)

    @invariant()
    def every_case_is_seen_by_who_opened_it_alone(self) -> None:
        wanted: dict[str, set[str]] = {}
        for case_id, who in self.cases.items():
            wanted.setdefault(self.now_is(who), set()).add(case_id)
        for each in self.people:
            seen = set(cases_of(self.deals, each))
            assert seen == (wanted.get(each.id, set()) if each.id not in self.meant else set())

    @invariant()
    def every_consigned_piece_is_its_consignors(self) -> None:
        for contract_id, who in self.contracts.items():
            contract = self.shelf.contract(contract_id)
            assert contract.customer_id == self.now_is(who)
            assert self.shelf.unit(contract.unit_id).owner_id == self.now_is(who)

    @invariant()
    def nothing_is_left_behind(self) -> None:
        for who in self.meant:
            assert self.deals.database.read(lambda db, who=who: left_behind(db, who)) == []


class WalkOnPostgres(Walk):
    engine = "postgres"


_FEW = settings(
    max_examples=6,
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWalk = Walk.TestCase
TestWalk.settings = _FEW
if "postgres" in ENGINES:
    TestWalkOnPostgres = WalkOnPostgres.TestCase
    TestWalkOnPostgres.settings = settings(_FEW, max_examples=2)
