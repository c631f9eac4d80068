"""Money leaves once, by four eyes, for the verified person, and the bank's word brings cases on."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import text

from catalog.buyback import paying, police, timers
from catalog.buyback.payouts import accounts, batches
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.actions import PayoutElsewhere
from catalog.buyback.payouts.answers import Outcome, Reply, read_answer
from catalog.buyback.payouts.batches import BatchElsewhere, FourEyes, NoBankDay, NothingDue
from catalog.buyback.payouts.zengin import BankAccount
from catalog.buyback.rescinding import take_back
from catalog.buyback.stages import Stage
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel, Means
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId
from catalog.items import freezing
from tests.catalog.buyback.deals import (
    ACCOUNT,
    ACCOUNTING,
    CASHIER,
    KEYS,
    MANAGER,
    STORE,
    Deals,
)


def read(deals: Deals, batch_id: str, reply: Reply) -> paying.Answered:
    """An answer as it came."""
    return deals.database.write(
        lambda db: paying.take_answer(db, batch_id, reply, actor=ACCOUNTING, now=deals.now)
    )


def answer(
    deals: Deals, batch_id: str, words: Mapping[int, Outcome], **told: str
) -> paying.Answered:
    """The bank's word on lines of that list."""
    return read(deals, batch_id, deals.reply(batch_id, words, **told))


def sold(deals: Deals, seller: Actor | None = None, **more: object) -> str:
    """A case with one accepted piece; its id."""
    who = seller or deals.seller()
    case_id = deals.here(who)
    deals.accept(who, deals.offered(case_id), **more)  # type: ignore[arg-type]  # told as they are
    return case_id


def test_a_list_is_made_released_sent_and_paid(deals: Deals) -> None:
    """R-051: the customer is told amount and reference; the second reading changes nothing."""
    case_id = sold(deals)
    batch = deals.batch()
    assert (batch.count, batch.total) == (1, 400_000)
    content = deals.file(batch.id)
    assert content == deals.file(batch.id)
    assert content.split(b"\r\n")[1][80:90] == b"0000400000"
    done = answer(deals, batch.id, {1: Outcome.PAID}, reference="F-77")
    assert (done.paid, done.failed) == (1, 0)
    assert answer(deals, batch.id, {1: Outcome.PAID}).known == 1
    assert deals.stage(case_id) is Stage.PAID
    told = deals.told(f"case:{case_id}", "paid")
    assert (told["amount"], told["reference"]) == (400_000, "F-77")
    assert deals.balances(case_id) == {"goods": 400_000, "bank": -400_000}
    deals.at(timers.close_done)
    assert deals.stage(case_id) is Stage.CLOSED
    deals.adds_up()


def test_another_name_fails_that_payment_and_the_rest_are_paid(deals: Deals) -> None:
    """QUO-8: a task for staff, and once the account is right it is paid."""
    seller = deals.seller()
    good, bad = sold(deals), sold(deals, seller)
    batch = deals.batch()
    lines = {each.about: each.line for each in [*deals.payouts(good), *deals.payouts(bad)]}
    deals.file(batch.id)
    done = answer(
        deals,
        batch.id,
        {
            lines[f"case:{good}"] or 0: Outcome.PAID,
            lines[f"case:{bad}"] or 0: Outcome.NAME_DIFFERS,
        },
    )
    assert (done.paid, done.failed) == (1, 1)
    assert deals.stage(good) is Stage.PAID
    assert deals.stage(bad) is Stage.PAY_SCHEDULED
    assert len(deals.tasks("payout_failed")) == 1
    (payout,) = deals.payouts(bad)
    deals.do(paying.try_again, payout.id, actor=ACCOUNTING)
    again = deals.batch()
    deals.file(again.id)
    answer(deals, again.id, {1: Outcome.PAID})
    assert deals.stage(bad) is Stage.PAID
    deals.adds_up()


def test_the_maker_does_not_release_and_nobody_does_it_all_alone(deals: Deals) -> None:
    """Four eyes; and appraisal, approval and payment of one case are never one person's."""
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id, actor=MANAGER, approvers=[MANAGER])
    deals.accept(seller, quote_id)
    made = deals.made()
    with pytest.raises(FourEyes):
        deals.do(batches.release, made.id, actor=ACCOUNTING)
    with pytest.raises(FourEyes):
        deals.do(batches.release, made.id, actor=MANAGER)
    with pytest.raises(batches.PayerRefused):
        deals.do(batches.release, made.id, actor=STORE)
    with pytest.raises(BatchElsewhere):
        deals.file(made.id)
    deals.do(batches.release, made.id, actor=CASHIER)
    with pytest.raises(BatchElsewhere):
        deals.do(batches.release, made.id, actor=CASHIER)


def test_a_strangers_account_and_none_at_all_are_left_out(deals: Deals) -> None:
    """QUO-8: tasks for staff, the list goes without them."""
    stranger = replace(ACCOUNT, holder="サトウ タロウ")
    other = sold(deals, deals.seller(holder=stranger))
    none = sold(deals, deals.seller(account=False))
    assert deals.do(batches.prepare, on=tokyo_day(deals.now), actor=ACCOUNTING) is None
    assert len(deals.tasks("payout_blocked")) == 2, "kept, though there is no list"
    good = sold(deals)
    batch = deals.batch()
    assert batch.count == 1
    assert deals.payouts(good)[0].batch_id == batch.id
    for case_id in (other, none):
        assert deals.payouts(case_id)[0].batch_id is None
    assert {task.facts["block"] for task in deals.tasks("payout_blocked")} == {
        "name_differs",
        "no_account",
    }


def test_an_account_changed_after_the_release_is_not_paid(deals: Deals) -> None:
    """QUO-8: held against the verified name once more when the file is written."""
    seller = deals.seller()
    bad, good = sold(deals, seller), sold(deals)
    batch = deals.batch()
    deals.do(
        accounts.name_account, KEYS, CustomerId(seller.id),
        replace(ACCOUNT, holder="サトウ タロウ"), by="t",
    )  # fmt: skip
    deals.file(batch.id)
    assert deals.payouts(bad)[0].status == "planned"
    assert deals.payouts(good)[0].status == "sent"


def test_an_account_lies_sealed_and_its_name_stays_out_of_the_journal(deals: Deals) -> None:
    seller = deals.seller()
    row = text("SELECT sealed FROM payee_account WHERE customer_id = :who")
    sealed = deals.database.read(
        lambda db: db.connection().execute(row, {"who": seller.id}).scalar_one()
    )
    assert b"1234567" not in bytes(sealed)
    told = deals.database.read(
        lambda db: accounts.opened(db, KEYS, accounts.current(db, seller.id).id)  # type: ignore[union-attr]  # named above
    )
    assert isinstance(told, BankAccount)
    assert told == ACCOUNT
    leaks = text(
        "SELECT count(*) FROM journal WHERE facts LIKE '%ハナコ%' OR facts LIKE '%1234567%'"
    )
    assert deals.database.read(lambda db: db.connection().execute(leaks).scalar_one()) == 0


def test_banks_do_not_transfer_on_a_holiday(deals: Deals) -> None:
    """CAL-2."""
    sold(deals)
    deals.later(days=1)
    with pytest.raises(NoBankDay):
        deals.do(batches.prepare, on=tokyo_day(deals.now), actor=ACCOUNTING)


def test_a_payment_that_is_late_is_told_once_a_day(deals: Deals) -> None:
    """R-051: from 15:00 of its day."""
    sold(deals)
    deals.at(payouts.tell_late, deals.now.replace(hour=14, minute=59))
    assert deals.tasks("payout_late") == []
    for minute in (0, 5):
        deals.at(payouts.tell_late, deals.now.replace(hour=15, minute=minute))
    assert len(deals.tasks("payout_late")) == 1


def test_cash_over_the_counter_is_paid_by_another_hand(deals: Deals) -> None:
    """AML-1 notes it; once."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.STORE_DROP)
    deals.accept(seller, deals.offered(case_id), means=Means.CASH)
    (payout,) = deals.payouts(case_id)
    with pytest.raises(NothingDue):
        deals.batch()
    deals.do(paying.pay_cash, payout.id, actor=STORE, key="till")
    deals.do(paying.pay_cash, payout.id, actor=STORE, key="till")
    with pytest.raises(PayoutElsewhere):
        deals.do(paying.pay_cash, payout.id, actor=STORE)
    assert deals.stage(case_id) is Stage.PAID
    assert deals.balances(case_id) == {"goods": 400_000, "cash": -400_000}
    deals.adds_up()


def test_a_piece_is_paid_in_any_split(deals: Deals) -> None:
    """QUO-8, CRD-6, R-052: bank, credit with its bonus, and a purchase of the same deal."""
    seller = deals.seller()
    case_id = sold(deals, seller, credit=123_450, offset=50_000)
    assert deals.payouts(case_id)[0].amount == 226_550
    lots = text("SELECT origin, amount FROM credit_lot ORDER BY amount")
    rows = deals.database.read(lambda db: db.connection().execute(lots).all())
    assert [tuple(row) for row in rows] == [("bonus", 12_345), ("trade_in", 123_450)]
    assert deals.balances(case_id) == {
        "goods": 400_000, "payout": -226_550, "credit": -123_450, "offset": -50_000,
    }  # fmt: skip
    only = sold(deals, seller, credit=400_000)
    assert deals.stage(only) is Stage.CREDITED
    assert deals.payouts(only) == []
    deals.adds_up()


def test_police_call_a_payment_off_and_it_is_planned_again(deals: Deals) -> None:
    """KOB-5."""
    case_id = sold(deals)
    piece_id = deals.piece(case_id).id
    deals.do(police.hold, piece_id, reason="order", actor=MANAGER)
    assert [each.status for each in deals.payouts(case_id)] == ["cancelled"]
    with pytest.raises(police.UnitHeld):
        deals.do(police.let_go, piece_id, actor=MANAGER)
    unit_id = deals.unit(case_id).id
    deals.database.write(
        lambda db: freezing.unfreeze(db, unit_id, by="t", now=deals.now)  # type: ignore[arg-type]  # a unit's id
    )
    deals.later(hours=4)
    deals.do(police.let_go, piece_id, actor=MANAGER)
    assert [each.status for each in deals.payouts(case_id)] == ["cancelled", "planned"]
    assert str(deals.payouts(case_id)[1].due_on) == "2026-10-13"
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    deals.adds_up()


def test_what_was_paid_and_spent_is_claimed_back_from_a_sale_taken_back(deals: Deals) -> None:
    """TOK-1, CRD-9: the transfer and the spent credit become claims, nothing more."""
    from catalog.credit import redemption
    from catalog.ground.money import Yen

    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    deals.accept(seller, deals.offered(case_id), credit=100_000)
    batch = deals.batch()
    deals.file(batch.id)
    answer(deals, batch.id, {1: Outcome.PAID})
    deals.do(
        redemption.spend, CustomerId(seller.id), Yen(60_000), document="o:1", channel="store",
        by="t",
    )  # fmt: skip
    deals.do(take_back, case_id, dispatched_at=deals.now, message_id="m", actor=seller)
    owed = deals.told(f"case:{case_id}", "rescinded")["owed_back"]
    assert owed == 300_000 + 50_000  # the bonus of 10,000 was spent first
    assert deals.balances(case_id) == {
        "bank": -300_000, "credit": -50_000, "receivable": 350_000
    }  # fmt: skip
    deals.adds_up()


def test_a_payer_has_the_role_for_it(deals: Deals) -> None:
    sold(deals)
    for role in (Role.STORE, Role.APPRAISER, Role.BOT, Role.CUSTOMER):
        with pytest.raises(batches.PayerRefused):
            deals.do(batches.prepare, on=tokyo_day(deals.now), actor=Actor("x", role))


def test_the_answer_is_read_from_the_banks_own_form(deals: Deals) -> None:
    case_id = sold(deals)
    batch = deals.batch()
    content = bytearray(deals.file(batch.id))
    content[122 + 113 : 122 + 114] = b"0"
    read(deals, batch.id, read_answer(bytes(content)))
    assert deals.stage(case_id) is Stage.PAID


def test_money_that_had_left_when_police_came_is_paid(deals: Deals) -> None:
    """KOB-5: the piece goes on as paid once they let it go."""
    case_id = sold(deals)
    batch = deals.batch()
    deals.file(batch.id)
    piece_id = deals.piece(case_id).id
    deals.do(police.hold, piece_id, reason="order", actor=MANAGER)
    answer(deals, batch.id, {1: Outcome.PAID})
    assert deals.stage(case_id) is Stage.POLICE_HOLD
    unit_id = deals.unit(case_id).id
    deals.database.write(
        lambda db: freezing.unfreeze(db, unit_id, by="t", now=deals.now)  # type: ignore[arg-type]  # a unit's id
    )
    deals.do(police.let_go, piece_id, actor=MANAGER)
    assert deals.stage(case_id) is Stage.PAID
    deals.adds_up()


def test_a_list_is_answered_as_at_first_wherever_it_stands_now(deals: Deals) -> None:
    """CMD-1."""
    deals.originator()
    seller = deals.seller()
    deals.accept(seller, deals.offered(deals.here(seller)))
    deals.later(days=4)
    on = tokyo_day(deals.now)
    made = deals.made(key="made")
    released = deals.do(batches.release, made.id, actor=CASHIER, key="released")
    deals.file(made.id)
    assert deals.do(batches.prepare, on=on, actor=ACCOUNTING, key="made") == made
    assert deals.do(batches.release, made.id, actor=CASHIER, key="released") == released
