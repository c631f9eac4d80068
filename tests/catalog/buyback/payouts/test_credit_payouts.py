"""Credit the shop gives up leaves by the bank's list, by four eyes, once (CRD-13, R-051)."""

import pytest

from catalog.buyback import credit_payouts, sellers
from catalog.buyback.credit_payouts import PaidOut
from catalog.buyback.payouts import queries
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.payouts.rules import Block, PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.credit import actions as credit
from catalog.credit import asking
from catalog.credit.asking import Kind, OfferOver, Wish
from catalog.credit.posting import account_id_of
from catalog.credit.terms import Origin
from catalog.duties.actors import Actor
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.buyback.deals import ACCOUNT, KEYS, MANAGER, OWNER, STORE, Deals
from tests.catalog.buyback.payouts.test_paying import answer
from tests.catalog.buyback.test_sellers import checked


def _holding(deals: Deals, **more: bool) -> Actor:
    who = deals.seller(**more)
    deals.do(
        credit.issue, CustomerId(who.id), Origin.TRADE_IN, Yen(9_000), document="order:1",
        channel="online", by="staff:1",
    )  # fmt: skip
    return who


def _asked(deals: Deals, who: Actor, how: str) -> int:
    wish = Wish(Kind.DISCONTINUE, CustomerId(who.id), Yen(9_000), "closing", consent=how)
    deals.do(asking.ask, wish, actor=MANAGER)
    [asked] = deals.database.read(asking.waiting)
    deals.database.write(lambda db: credit_payouts.agree(db, asked.id, actor=OWNER, now=deals.now))
    return deals.database.read(lambda db: asking.offer_of(db, asked))


def _yes(deals: Deals, who: Actor, offer_id: int) -> PaidOut:
    return deals.database.write(
        lambda db: credit_payouts.accept(
            db, offer_id, shown=(Yen(9_000), Yen(0)), message_id="e1", actor=who, now=deals.now
        )
    )


def _about(deals: Deals, who: Actor) -> str:
    found = deals.database.read(lambda db: account_id_of(db, CustomerId(who.id)))
    return f"account:{found}"


def _payouts(deals: Deals, who: Actor) -> list[Payout]:
    return list(deals.database.read(lambda db: queries.of(db, _about(deals, who))))


def test_the_customers_yes_plans_it_and_the_bank_pays_it_once(deals: Deals) -> None:
    who = _holding(deals)
    offer_id = _asked(deals, who, asking.CHAT)
    assert _payouts(deals, who) == []
    told = _yes(deals, who, offer_id)
    assert (told.to_pay, told.needs_account) == (9_000, False)
    with pytest.raises(OfferOver):
        _yes(deals, who, offer_id)
    [payout] = _payouts(deals, who)
    assert (payout.amount, payout.due_on, payout.means) == (9_000, told.pay_on, "bank")
    batch = deals.batch()
    assert (batch.count, batch.total) == (1, 9_000)
    assert deals.file(batch.id).split(b"\r\n")[1][80:90] == b"0000009000"
    assert answer(deals, batch.id, {1: Outcome.PAID}, reference="F-1").paid == 1
    assert answer(deals, batch.id, {1: Outcome.PAID}).known == 1
    about = _about(deals, who)
    assert deals.told(about, "credit_paid_out")["reference"] == "F-1"
    [payout] = _payouts(deals, who)
    assert payout.status == PayoutStatus.PAID.value
    deals.adds_up()


def test_signed_on_paper_it_is_planned_with_the_second_persons_yes(deals: Deals) -> None:
    who = _holding(deals)
    _asked(deals, who, asking.PAPER)
    [payout] = _payouts(deals, who)
    assert payout.amount == 9_000
    deals.adds_up()


def test_nobody_is_paid_before_account_and_identity_are_known(deals: Deals) -> None:
    """QUO-8: its task ends, and it goes into the list, once both are."""
    who = _holding(deals, checked=False, account=False)
    assert _yes(deals, who, _asked(deals, who, asking.CHAT)).needs_account
    assert [each.state for each in deals.tasks("payee_account")] == ["due"]
    deals.do(sellers.note_account, KEYS, CustomerId(who.id), ACCOUNT, actor=STORE)
    assert [each.state for each in deals.tasks("payee_account")] == ["done"]
    [payout] = _payouts(deals, who)
    assert deals.database.read(lambda db: queries.block(db, payout)) is Block.NAME_DIFFERS
    checked(deals, who)
    [payout] = _payouts(deals, who)
    assert deals.database.read(lambda db: queries.block(db, payout)) is None
    assert deals.batch().count == 1
