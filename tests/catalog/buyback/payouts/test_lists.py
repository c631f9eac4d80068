"""A list for the bank from its day to its last answer: whose hands, which day, which answer, and
how it goes on when something went wrong (R-051, QUO-8).
"""

from dataclasses import replace
from datetime import date

import pytest

from catalog.buyback import paying, police
from catalog.buyback.payouts import batches, lines
from catalog.buyback.payouts.answers import Outcome, read_answer
from catalog.buyback.payouts.batches import BatchElsewhere, DayNotTaken, FourEyes, NothingDue
from catalog.buyback.payouts.lines import AnswerOfAnother
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.rescinding import take_back
from catalog.buyback.stages import Stage
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel
from catalog.ground.calendar import tokyo_day
from catalog.items import freezing
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    CASHIER,
    MANAGER,
    ORIGINATOR,
    Deals,
)
from tests.catalog.buyback.payouts.bank import Bank
from tests.catalog.buyback.payouts.test_paying import answer, read, sold
from tests.catalog.duties import law

TUESDAY = date(2026, 10, 13)  # Monday is a holiday


def sent(deals: Deals) -> batches.Batch:
    """Today's list, its file with the bank."""
    batch = deals.batch()
    deals.file(batch.id)
    return batch


def last(deals: Deals, case_id: str) -> Payout:
    return deals.payouts(case_id)[-1]


def status(deals: Deals, case_id: str) -> str:
    return last(deals, case_id).status


def test_the_answer_to_another_list_pays_nothing(deals: Deals) -> None:
    """Though its lines and amounts are the same."""
    before = sold(deals)
    old = deals.batch()
    told = Bank().take(deals.file(old.id), tokyo_day(deals.now))
    deals.later(days=4)
    now = sold(deals)
    batch = sent(deals)
    with pytest.raises(AnswerOfAnother) as no:
        read(deals, batch.id, read_answer(told))
    assert no.value.field == "number"
    assert (status(deals, before), status(deals, now)) == ("sent", "sent")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("sender", {"code": "0000000001"}), ("day", {"day": "1012"}), ("number", {"number": 9}),
        ("amount", {"amount": 399_999}), ("line", {"line": 3}),
    ],
)  # fmt: skip
def test_an_answer_that_differs_anywhere_is_of_another_list(
    deals: Deals, field: str, change: dict[str, object]
) -> None:
    """And none of its lines is read, nor those that would be right."""
    good, other = sold(deals), sold(deals)
    batch = deals.batch()
    whole = read_answer(Bank().take(deals.file(batch.id), tokyo_day(deals.now)))
    one, two = whole.answers
    if {"amount", "line"} & {*change}:
        wrong = replace(whole, answers=[one, replace(two, **change)])  # type: ignore[arg-type]  # told as they are
    else:
        wrong = replace(whole, **change)  # type: ignore[arg-type]  # told as they are
    with pytest.raises(AnswerOfAnother) as no:
        read(deals, batch.id, wrong)
    assert no.value.field == field
    assert [status(deals, each) for each in (good, other)] == ["sent", "sent"]
    assert read(deals, batch.id, whole).paid == 2


def test_what_the_releaser_appraised_alone_leaves_the_list_and_the_rest_goes(deals: Deals) -> None:
    """Four eyes: with a task that says how it goes on; whoever made it makes its list."""
    seller = deals.seller()
    own = deals.here(seller)
    deals.accept(seller, deals.offered(own, actor=MANAGER, approvers=[MANAGER]))
    other = sold(deals)
    made = deals.made()
    batch = deals.do(batches.release, made.id, actor=MANAGER)
    assert (batch.count, batch.total) == (1, 400_000)
    assert (status(deals, own), status(deals, other)) == ("planned", "released")
    assert [task.facts["block"] for task in deals.tasks("payout_blocked")] == ["one_hand"]
    made = deals.made(actor=MANAGER)
    deals.do(batches.release, made.id, actor=ACCOUNTING)
    assert status(deals, own) == "released"
    deals.adds_up()


def test_a_list_is_taken_back_until_its_file_has_left(deals: Deals) -> None:
    """Its payments are due as before; nobody is locked in."""
    case_id = sold(deals)
    made = deals.made()
    taken = deals.do(batches.cancel, made.id, actor=ACCOUNTING, key="back")
    assert deals.do(batches.cancel, made.id, actor=ACCOUNTING, key="back") == taken
    with pytest.raises(BatchElsewhere):
        deals.do(batches.release, made.id, actor=CASHIER)
    batch = deals.batch()
    deals.do(batches.cancel, batch.id, actor=CASHIER)
    with pytest.raises(BatchElsewhere):
        deals.file(batch.id)
    assert status(deals, case_id) == "planned"
    batch = sent(deals)
    with pytest.raises(BatchElsewhere):
        deals.do(batches.cancel, batch.id, actor=CASHIER)
    deals.adds_up()


def test_a_list_whose_day_is_over_goes_on_the_next(deals: Deals) -> None:
    """CAL-2: made on Friday, released on Saturday, its file taken a week later."""
    sold(deals)
    made = deals.made()
    deals.later(days=1)
    assert deals.do(batches.release, made.id, actor=CASHIER).transfer_on == TUESDAY
    deals.later(days=7)
    assert deals.file(made.id)[54:58] == b"1019"
    deals.later(days=7)
    assert deals.file(made.id)[54:58] == b"1019", "until the bank answers it is the same bytes"


def test_no_list_is_made_for_a_day_no_bank_takes(deals: Deals) -> None:
    sold(deals)
    for on in (date(2026, 10, 8), date(2026, 11, 9), date(2027, 10, 8)):
        with pytest.raises(DayNotTaken):
            deals.do(batches.prepare, on=on, actor=ACCOUNTING)
    assert deals.made(on=TUESDAY).count == 1


def test_an_answer_read_again_after_a_retry_changes_nothing(deals: Deals) -> None:
    """The line it had failed on is known, wherever its payment stands by now."""
    good, bad = sold(deals), sold(deals)
    first = sent(deals)
    words = {1: Outcome.PAID, 2: Outcome.NO_ACCOUNT}
    answer(deals, first.id, words)
    (payout,) = deals.payouts(bad)
    deals.do(paying.try_again, payout.id, actor=ACCOUNTING)
    assert answer(deals, first.id, words).known == 2
    second = sent(deals)
    assert answer(deals, first.id, words).known == 2
    answer(deals, second.id, {1: Outcome.PAID})
    assert answer(deals, first.id, words).known == 2
    assert [status(deals, each) for each in (good, bad)] == ["paid", "paid"]
    deals.adds_up()


def test_what_an_answer_leaves_out_waits_for_the_rest(deals: Deals) -> None:
    sold(deals), sold(deals)
    batch = sent(deals)
    assert answer(deals, batch.id, {2: Outcome.PAID}).paid == 1
    with pytest.raises(BatchElsewhere):
        deals.file(batch.id)
    done = answer(deals, batch.id, {1: Outcome.PAID, 2: Outcome.PAID})
    assert (done.paid, done.known) == (1, 1)


def test_the_banks_later_word_that_it_was_paid_holds_unless_it_was_sent_again(
    deals: Deals,
) -> None:
    """So that nobody pays a second time; what was sent twice is a person's to clear."""
    waits, again = sold(deals), sold(deals)
    batch = sent(deals)
    answer(deals, batch.id, {1: Outcome.OTHER, 2: Outcome.OTHER})
    lines_of = {each.about: each.line or 0 for each in (last(deals, one) for one in (waits, again))}
    deals.do(paying.try_again, last(deals, again).id, actor=ACCOUNTING)
    second = sent(deals)
    done = answer(deals, batch.id, {1: Outcome.PAID, 2: Outcome.PAID})
    assert (done.paid, done.differs) == (1, 1)
    assert (status(deals, waits), status(deals, again)) == ("paid", "sent")
    (task,) = deals.tasks("payout_contradicted")
    assert task.subject == f"payout:{last(deals, again).id}"
    answer(deals, second.id, {1: Outcome.PAID})
    mine = {lines_of[f"case:{waits}"]: Outcome.OTHER}
    assert answer(deals, batch.id, mine).differs == 1
    assert status(deals, waits) == "paid"
    deals.adds_up()


def test_a_file_the_bank_refused_is_due_again_at_once(deals: Deals) -> None:
    """Only while no line of it was answered; a late word that it was paid is still heard."""
    one, two = sold(deals), sold(deals)
    batch = sent(deals)
    deals.do(paying.file_refused, batch.id, actor=ACCOUNTING, key="no")
    deals.do(paying.file_refused, batch.id, actor=ACCOUNTING, key="no")
    assert [status(deals, each) for each in (one, two)] == ["planned", "planned"]
    with pytest.raises(BatchElsewhere):
        deals.file(batch.id)
    assert answer(deals, batch.id, {1: Outcome.PAID}).paid == 1
    batch = sent(deals)
    assert batch.count == 1
    answer(deals, batch.id, {1: Outcome.PAID})
    with pytest.raises(BatchElsewhere):
        deals.do(paying.file_refused, batch.id, actor=ACCOUNTING)
    assert [status(deals, each) for each in (one, two)] == ["paid", "paid"]
    deals.adds_up()


def test_the_file_and_its_answer_hold_by_the_terms_it_was_written_by(deals: Deals) -> None:
    """The shop's account changes meanwhile."""
    case_id = sold(deals)
    batch = deals.batch()
    content = deals.file(batch.id)
    changed = {**ORIGINATOR, "code": "5", "number": "1111111"}
    deals.database.write(lambda db: law.house(db, pay__originator=changed))
    assert deals.file(batch.id) == content
    read(deals, batch.id, read_answer(Bank().take(content, tokyo_day(deals.now))))
    assert status(deals, case_id) == "paid"


def test_what_comes_back_from_the_bank_is_not_paid_while_the_police_hold_the_piece(
    deals: Deals,
) -> None:
    """KOB-5: it is planned anew when they let it go."""
    case_id = sold(deals)
    batch = sent(deals)
    piece_id = deals.piece(case_id).id
    deals.do(police.hold, piece_id, reason="order", actor=MANAGER)
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    assert status(deals, case_id) == "cancelled"
    with pytest.raises(NothingDue):
        deals.batch()
    unit_id = deals.unit(case_id).id
    deals.database.write(
        lambda db: freezing.unfreeze(db, unit_id, by="t", now=deals.now)  # type: ignore[arg-type]  # a unit's id
    )
    deals.do(police.let_go, piece_id, actor=MANAGER)
    assert status(deals, case_id) == "planned"
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    deals.adds_up()


def test_what_never_arrived_is_not_claimed_from_who_took_the_sale_back(deals: Deals) -> None:
    """TOK-1: nor paid again."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    deals.accept(seller, deals.offered(case_id))
    batch = sent(deals)
    deals.do(take_back, case_id, dispatched_at=deals.now, message_id="m", actor=seller)
    assert deals.balances(case_id)["receivable"] == 400_000
    answer(deals, batch.id, {1: Outcome.NO_ACCOUNT})
    assert status(deals, case_id) == "cancelled"
    assert deals.balances(case_id) == {}
    assert [task.state for task in deals.tasks("claim_back")] == ["done"]
    deals.adds_up()


def test_a_list_keeps_its_lines_wherever_their_payments_go(deals: Deals) -> None:
    sold(deals), sold(deals)
    batch = sent(deals)
    deals.do(paying.file_refused, batch.id, actor=ACCOUNTING)
    kept = deals.database.read(lambda db: lines.of(db, batch.id))
    assert [(each.line, each.amount, each.outcome) for each in kept.values()] == [
        (1, 400_000, "file_refused"),
        (2, 400_000, "file_refused"),
    ]


def test_a_list_of_what_one_person_appraised_is_refused_to_them_and_stays(deals: Deals) -> None:
    seller = deals.seller()
    deals.accept(seller, deals.offered(deals.here(seller), actor=MANAGER, approvers=[MANAGER]))
    made = deals.made()
    with pytest.raises(FourEyes):
        deals.do(batches.release, made.id, actor=MANAGER)
    assert deals.do(batches.release, made.id, actor=CASHIER).count == 1
