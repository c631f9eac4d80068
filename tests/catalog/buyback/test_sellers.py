"""A check that was mistyped or revoked, and an account named as somebody else: the money goes to
the verified person's account or nowhere, and never waits for good (KOB-1, QUO-8, R-061).
"""

from dataclasses import replace

from sqlmodel import Session

from catalog.buyback import sellers, settling
from catalog.buyback.payouts import accounts, queries
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.payouts.rules import Block
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.payouts.zengin import BankAccount
from catalog.buyback.stages import Stage
from catalog.customers import newcomers
from catalog.customers.actions import bind
from catalog.duties.actors import Actor, Role
from catalog.duties.identity import actions as identity
from catalog.duties.identity.actions import Doubt, NewCheck
from catalog.duties.identity.methods import Method
from catalog.duties.identity.rules import Person
from catalog.duties.rules import Channel
from catalog.ground import journal
from catalog.ground.record import CustomerId
from conversations.flows import newcomers as becoming
from tests.catalog.buyback.deals import ACCOUNT, KEYS, STORE, Deals
from tests.catalog.buyback.payouts.test_paying import answer
from tests.catalog.duties import law

MISTYPED = replace(law.HANAKO, kana="たかはし はなえ")
SPOT = Method.FACE_TO_FACE
NEW_ACCOUNT = replace(ACCOUNT, number="7654321")


def checked(deals: Deals, who: Actor, person: Person = law.HANAKO, method: Method = SPOT) -> str:
    """Noted by somebody of the shop, as at the console."""
    check = NewCheck(CustomerId(who.id), method, person, law.seen_for(method))
    return deals.do(sellers.note_identity, KEYS, check, actor=STORE)


def paid_to(deals: Deals, who: Actor, account: BankAccount) -> str:
    """Noted by somebody of the shop, as at the console."""
    return deals.do(sellers.note_account, KEYS, CustomerId(who.id), account, actor=STORE)


def doubted(deals: Deals, check: str) -> None:
    """Somebody of the shop says that it does not serve."""
    deals.database.write(
        lambda db: sellers.doubt_identity(
            db, KEYS, check, Doubt.MISTAKE, actor=STORE, now=deals.now
        )
    )


def accepted(deals: Deals, who: Actor) -> str:
    """A piece brought to the counter and sold; its case."""
    case_id = deals.here(who, channel=Channel.STORE_DROP)
    deals.accept(who, deals.offered(case_id))
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    return case_id


def payout_of(deals: Deals, case_id: str) -> tuple[Payout, Block | None]:
    """The payment of a case and what stands in its way."""
    [payout] = deals.payouts(case_id)
    return payout, deals.database.read(lambda db: queries.block(db, payout))


def goes_to(deals: Deals, case_id: str) -> BankAccount | None:
    """The account its money would go to."""
    [payout] = deals.payouts(case_id)

    def unit(db: Session) -> BankAccount | None:
        payee = queries.payee_of(db, payout)
        return accounts.opened(db, KEYS, payee.id) if payee is not None else None

    return deals.database.read(unit)


def paid(deals: Deals, case_id: str) -> None:
    """By the bank, in the day's list."""
    deals.originator()
    batch = deals.batch()
    deals.file(batch.id)
    answer(deals, batch.id, {1: Outcome.PAID})
    assert deals.stage(case_id) is Stage.PAID
    deals.adds_up()


def newcomer(deals: Deals) -> Actor:
    """Somebody known by nothing but a chat."""

    def unit(db: Session) -> CustomerId:
        who = newcomers.enter(db, "お客様", language="ja", by="bot", now=deals.now)
        bind(db, who, "line", "Unew", by="bot", now=deals.now)
        return who

    return Actor(deals.database.write(unit), Role.CUSTOMER)


def became(deals: Deals, known: Actor) -> None:
    """The newcomer turned out to be that customer."""
    deals.database.write(
        lambda db: becoming.link(
            db, CustomerId(known.id), "line", "Unew", by="staff:1", now=deals.now
        )
    )


def test_a_check_noted_right_after_a_mistyped_one_opens_the_way_of_the_payment(
    deals: Deals,
) -> None:
    """QUO-8: the case and its payment rest on it, and the task about it ends."""
    seller = deals.seller(checked=False)
    wrong = checked(deals, seller, MISTYPED)
    case_id = accepted(deals, seller)
    assert payout_of(deals, case_id)[1] is Block.NAME_DIFFERS
    other = accepted(deals, deals.seller(method=SPOT))
    deals.originator()
    deals.batch()  # the other's alone; a task tells why
    assert [each.state for each in deals.tasks("payout_blocked")] == ["due"]
    right = checked(deals, seller)
    payout, block = payout_of(deals, case_id)
    assert (payout.identity_id, block) == (right, None)
    assert deals.case(case_id).identity_id == right
    assert [each.state for each in deals.tasks("payout_blocked")] == ["done"]
    doubted(deals, wrong)
    assert payout_of(deals, case_id)[0].identity_id == right
    assert payout_of(deals, other)[1] is None
    [told] = deals.database.read(
        lambda db: [
            each.facts
            for each in journal.of(db, f"case:{case_id}")
            if each.verb == "identity_changed"
        ]
    )
    assert (told["identity"], told["earlier"]) == (right, wrong)
    paid(deals, case_id)


def test_a_revoked_check_gives_way_to_another_that_serves_or_holds_the_payment(
    deals: Deals,
) -> None:
    """KOB-1: nothing is paid on a check in doubt; the next one noted is enough."""
    seller = deals.seller(checked=False)
    first = checked(deals, seller)
    case_id = accepted(deals, seller)
    doubted(deals, first)
    assert payout_of(deals, case_id)[1] is Block.NO_IDENTITY
    second = checked(deals, seller)
    assert payout_of(deals, case_id) == (deals.payouts(case_id)[0], None)
    third = checked(deals, seller)
    assert deals.payouts(case_id)[0].identity_id == second  # nothing stood in its way
    doubted(deals, second)
    assert deals.payouts(case_id)[0].identity_id == third
    paid(deals, case_id)


def test_a_check_revoked_while_the_list_was_under_way_is_replaced_in_it(deals: Deals) -> None:
    """The released list goes out with the payment, resting on the check that serves."""
    seller = deals.seller(checked=False)
    first = checked(deals, seller)
    case_id = accepted(deals, seller)
    deals.originator()
    batch = deals.batch()
    doubted(deals, first)
    second = checked(deals, seller)
    assert (deals.payouts(case_id)[0].status, deals.payouts(case_id)[0].identity_id) == (
        "released", second,
    )  # fmt: skip
    deals.file(batch.id)
    doubted(deals, second)
    third = checked(deals, seller)
    assert deals.payouts(case_id)[0].identity_id == second  # it has left
    answer(deals, batch.id, {1: Outcome.PAID})
    assert third != second
    assert deals.stage(case_id) is Stage.PAID
    deals.adds_up()


def test_the_clock_lets_a_payment_rest_on_a_check_that_came_by_another_way(deals: Deals) -> None:
    """Slot `buyback-settling`; running it again changes nothing."""
    seller = deals.seller(checked=False)
    first = checked(deals, seller)
    case_id = accepted(deals, seller)

    def elsewhere(db: Session) -> str:
        identity.revoke(db, first, doubt=Doubt.MISTAKE, by="t", now=deals.now)
        return law.checked(db, CustomerId(seller.id), method=SPOT, now=deals.now)

    second = deals.database.write(elsewhere)
    deals.at(settling.settle_waiting)
    payout, block = payout_of(deals, case_id)
    assert (payout.identity_id, block) == (second, None)
    version = deals.case(case_id).version
    deals.at(settling.settle_waiting)
    assert deals.case(case_id).version == version
    paid(deals, case_id)


def test_a_payment_that_needed_no_check_goes_to_the_account_once_its_name_is_verified(
    deals: Deals,
) -> None:
    """QUO-8: exempt by law, and still only to a verified name."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller, channel=Channel.STORE_DROP)
    quote = deals.offered(case_id, 400_000)
    wrong = checked(deals, seller, MISTYPED)
    deals.accept(seller, quote)

    def exempt(db: Session) -> None:
        [payout] = queries.of(db, f"case:{case_id}")
        payout.identity_id, payout.is_exempt = None, True
        db.add(payout)

    deals.database.write(exempt)
    assert payout_of(deals, case_id)[1] is Block.NAME_DIFFERS
    right = checked(deals, seller)
    assert payout_of(deals, case_id)[0].identity_id == right != wrong
    assert payout_of(deals, case_id)[1] is None


def test_a_new_account_ends_the_one_they_named_as_the_newcomer_they_were(deals: Deals) -> None:
    """QUO-8: what was sold before goes to the account they are paid to now."""
    known, new = deals.seller(checked=False, account=False), newcomer(deals)
    checked(deals, new)
    paid_to(deals, new, ACCOUNT)
    case_id = accepted(deals, new)
    became(deals, known)
    told = deals.database.read(lambda db: accounts.of_person(db, known.id))
    assert [each.customer_id for each in told] == [new.id]  # the page has it
    paid_to(deals, known, NEW_ACCOUNT)
    assert len(deals.database.read(lambda db: accounts.of_person(db, known.id))) == 1
    assert goes_to(deals, case_id) == NEW_ACCOUNT
    assert payout_of(deals, case_id)[1] is None
    later = accepted(deals, known)
    assert goes_to(deals, later) == NEW_ACCOUNT
    assert payout_of(deals, later)[1] is None


def test_the_account_follows_the_check_that_bears_its_name(deals: Deals) -> None:
    """A method that rests on their own account finds the newcomer's; both ids' payments are paid to
    it, and a check in doubt of the newcomer's keeps none of them.
    """
    known, new = deals.seller(checked=False, account=False), newcomer(deals)
    first = checked(deals, new)
    paid_to(deals, new, ACCOUNT)
    case_id = accepted(deals, new)
    became(deals, known)
    checked(deals, known, method=Method.ID_COPY_MAIL_AND_ACCOUNT)  # by post
    second = checked(deals, known)
    doubted(deals, first)
    assert goes_to(deals, case_id) == ACCOUNT
    payout, block = payout_of(deals, case_id)
    assert (payout.identity_id, block) == (second, None)
    own = deals.database.read(lambda db: accounts.current(db, known.id))
    assert own is not None
    paid(deals, case_id)


def test_an_account_in_another_name_is_never_seated_under_a_check(deals: Deals) -> None:
    """QUO-8: wherever it was named, its name must be one that was verified."""
    known, new = deals.seller(checked=False, account=False), newcomer(deals)
    paid_to(deals, new, replace(ACCOUNT, holder="サトウ タロウ"))
    became(deals, known)
    checked(deals, known)
    case_id = accepted(deals, known)
    assert payout_of(deals, case_id)[1] is Block.NAME_DIFFERS
    assert deals.database.read(lambda db: accounts.current(db, known.id)) is None
