"""Store credit: issued, held, taken, given back, corrected."""

from catalog.credit import actions as credit
from catalog.credit import corrections, redemption, refunds, reversal
from catalog.credit.tables import CreditHold, CreditLot
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.buyback.deals import (
    MANAGER,
    OWNER,
    STORE,
)
from tests.catalog.house.said import keyed, said
from tests.catalog.house.walk import Command, House


@said(2)
def issue(house: House) -> Command:
    who, amount = house.person(), Yen(house.dice.choice((500, 3_000, 20_001, 90_000)))
    return keyed(
        house, credit.issue_with_bonus, CustomerId(who.id), house.dice.choice(list(Origin)), amount,
        document=None, channel="walk", by="staff:1",
    )  # fmt: skip


@said(3)
def hold(house: House) -> Command:
    who, amount = house.person(), Yen(house.dice.choice((1, 700, 9_000, 60_000)))
    return keyed(
        house, redemption.hold, CustomerId(who.id), amount, channel="store", by="till:1",
    )  # fmt: skip


@said(2)
def capture(house: House) -> Command | None:
    row = house.some(CreditHold, "held")
    document = f"till:{house.deals.key()}"
    return row and keyed(house, redemption.capture, row.id, document=document, by="till:1")


@said()
def void(house: House) -> Command | None:
    row = house.some(CreditHold, "held")
    return row and keyed(house, redemption.void, row.id, by="till:1")


@said(2)
def spend(house: House) -> Command:
    who, amount = house.person(), Yen(house.dice.choice((1, 700, 9_000, 60_000)))
    return keyed(
        house, redemption.spend, CustomerId(who.id), amount, document=f"till:{house.deals.key()}",
        channel="store", by="till:1",
    )  # fmt: skip


@said(2)
def refund_credit(house: House) -> Command | None:
    row = house.some(CreditHold, "captured")
    if row is None or not (row.document or "").startswith("till:"):
        return None
    amount = Yen(house.dice.choice((1, 400, row.amount, row.amount + 300)))
    return keyed(house, refunds.refund, row.document, amount, other_paid=Yen(300), by="staff:1")


@said()
def reverse(house: House) -> Command | None:
    row = house.some(CreditLot)
    if row is None or (row.document or "").startswith("case:"):
        return None
    amount = Yen(house.dice.choice((1, 5_000, row.amount)))
    return keyed(
        house, reversal.reverse, row.id, amount, document=None, reason="chargeback", by="staff:1"
    )


@said()
def goodwill(house: House) -> Command:
    amount, who = Yen(house.dice.choice((500, 3_000, 60_000))), house.person()
    return keyed(
        house, corrections.goodwill, CustomerId(who.id), amount, reason="late", channel="store",
        actor=house.by(STORE), approved_by=house.dice.choice((None, MANAGER)),
    )  # fmt: skip


@said()
def adjust(house: House) -> Command | None:
    row = house.some(CreditLot)
    return row and keyed(
        house, corrections.adjust, row.id, Yen(house.dice.choice((1, 800, row.amount))),
        reason="wrong", actor=house.by(MANAGER), approved_by=house.dice.choice((None, OWNER)),
    )  # fmt: skip
