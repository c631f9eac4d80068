"""The day's payments: lists, the bank's file and answer, cash."""

from catalog.buyback import (
    paying,
)
from catalog.buyback.payouts import batches, lines
from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.payouts.tables import Payout, PayoutBatch
from catalog.ground.calendar import tokyo_day
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    CASHIER,
    KEYS,
    STORE,
)
from tests.catalog.house.said import keyed, plain, said
from tests.catalog.house.walk import Command, House


@said(3)
def prepare(house: House) -> Command:
    on = tokyo_day(house.now)
    return keyed(house, batches.prepare, on=on, actor=house.by(ACCOUNTING))


@said(3)
def release(house: House) -> Command | None:
    row = house.some(PayoutBatch, "made", column="status")
    return row and keyed(house, batches.release, row.id, actor=house.by(CASHIER))


@said(3)
def write_file(house: House) -> Command | None:
    row = house.some(PayoutBatch, "released", "sent", column="status")
    return row and plain(batches.write_file, KEYS, row.id, actor=house.by(ACCOUNTING))


@said(3)
def bank_answers(house: House) -> Command | None:
    row = house.some(PayoutBatch, "sent", column="status")
    if row is None:
        return None
    told = {
        line: house.dice.choice((Outcome.PAID, Outcome.PAID, Outcome.NAME_DIFFERS))
        for line in house.database.read(lambda db: lines.of(db, row.id))
    }
    reply = house.deals.reply(row.id, told)
    return plain(paying.take_answer, row.id, reply, actor=house.by(ACCOUNTING))


@said()
def bank_refuses_file(house: House) -> Command | None:
    row = house.some(PayoutBatch, "sent", column="status")
    return row and keyed(house, paying.file_refused, row.id, actor=house.by(ACCOUNTING))


@said()
def take_list_back(house: House) -> Command | None:
    row = house.some(PayoutBatch, "made", "released", column="status")
    return row and keyed(house, batches.cancel, row.id, actor=house.by(ACCOUNTING, CASHIER))


@said()
def pay_cash(house: House) -> Command | None:
    rows = house.rows(Payout, Payout.means == "cash", Payout.status == "planned")
    row = house.dice.choice(rows) if rows else house.some(Payout)
    return row and keyed(house, paying.pay_cash, row.id, actor=house.by(STORE, CASHIER))


@said()
def try_again(house: House) -> Command | None:
    row = house.some(Payout, "failed", column="status")
    return row and keyed(house, paying.try_again, row.id, actor=house.by(CASHIER))
