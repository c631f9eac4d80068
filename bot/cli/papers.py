"""`akashi papers KIND ID --out FILE`: a paper as a page to print."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import click
from sqlmodel import Session, col, select

from bot.cli.duties import BY, DayMalformed, day, keys_of
from bot.cli.opening import shop
from catalog.buyback import papers as buyback
from catalog.buyback.cases import CaseMissing
from catalog.buyback.queries import by_number
from catalog.consignment.contracts import ContractMissing
from catalog.consignment.papers import payment_notice
from catalog.consignment.tables import Contract
from catalog.credit.terms import CreditTerms, Origin
from catalog.duties.ledger import queries as ledger_queries
from catalog.duties.papers import page
from catalog.duties.papers.dealer import dealer
from catalog.duties.papers.facts import LedgerSheet, Paper, PrepaidNotice
from catalog.duties.papers.party import party
from catalog.duties.sealing import DataKeys
from catalog.duties.visits import documents
from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId

Printing = Callable[[Session, DataKeys, str, datetime], str]

_ORIGINS: Mapping[Origin, str] = {
    Origin.RETURN: "返品による付与",
    Origin.TRADE_IN: "買取代金による付与",
    Origin.CONSIGNMENT_PAYOUT: "委託販売代金による付与",
    Origin.BONUS: "ボーナス",
    Origin.GOODWILL: "お詫びによる付与",
    Origin.PROMO: "キャンペーンによる付与",
}


def _ledger(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
    first, dots, last = told.partition("..")
    if not dots:
        raise DayMalformed(f"{told!r} is not FROM..TO (2026-10-01..2026-10-31)")
    days = day(first), day(last)
    lines = ledger_queries.lines(db, keys, *days, by=BY, now=now)
    return page.render(Paper.LEDGER, LedgerSheet(dealer(db), *days, tokyo_day(now), lines))


def _visit_document(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
    return documents.opened(db, keys, told)


def _prepaid(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
    lives = policy.current(db).of(CreditTerms).life_days()
    named = tuple((_ORIGINS[origin], days) for origin, days in lives.items())
    return page.render(Paper.PREPAID_NOTICE, PrepaidNotice(dealer(db), named))


def _payment_notice(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
    numbers = [each.strip() for each in told.split(";")]
    found = db.exec(select(Contract).where(col(Contract.contract_no).in_(numbers))).all()
    if not found or len(found) != len(set(numbers)):
        raise ContractMissing(told)
    customer = CustomerId(found[0].customer_id)
    facts = payment_notice(
        db,
        [each.id for each in found],
        dealer=dealer(db),
        customer=party(db, keys, customer, by=BY, now=now),
        account=buyback.ACCOUNT,
        issued_on=tokyo_day(now),
    )
    return page.render(Paper.PAYMENT_NOTICE, facts)


def _case(db: Session, keys: DataKeys, case_no: str, now: datetime) -> tuple[str, buyback.Sides]:
    """A case by its number, and who hands the paper to whom."""
    case_id = by_number(db, case_no)
    if case_id is None:
        raise CaseMissing(case_no)
    return case_id, buyback.sides_of(db, keys, case_id, by=BY, now=now)


def _deposit(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
    case_id, sides = _case(db, keys, told, now)
    facts = buyback.deposit_receipt(db, case_id, sides, issued_on=tokyo_day(now))
    return page.render(Paper.DEPOSIT_RECEIPT, facts)


def _purchase(paper: Paper) -> Printing:
    def printed(db: Session, keys: DataKeys, told: str, now: datetime) -> str:
        case_id, sides = _case(db, keys, told, now)
        return page.render(paper, buyback.purchase(db, case_id, sides))

    return printed


PRINTED: Mapping[Paper, Printing] = {
    Paper.LEDGER: _ledger,
    Paper.DEPOSIT_RECEIPT: _deposit,
    Paper.PURCHASE_STATEMENT: _purchase(Paper.PURCHASE_STATEMENT),
    Paper.PURCHASE_ACCEPTANCE: _purchase(Paper.PURCHASE_ACCEPTANCE),
    Paper.VISIT_DOCUMENT: _visit_document,
    Paper.PREPAID_NOTICE: _prepaid,
    Paper.PAYMENT_NOTICE: _payment_notice,
}


@click.command()
@click.argument("kind", type=click.Choice([each.value for each in PRINTED]))
@click.argument("told", metavar="ID")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML file to write; print it from a browser.",
)
def papers(kind: str, told: str, out: Path) -> None:
    """Write a paper as one page of HTML for A4.

    ID: the days of a ledger (2026-10-01..2026-10-31), the id of a statutory document, the
    numbers of sold contracts (`;` between them), `now` for the display of store credit.
    """
    with shop() as opened:
        keys, now = keys_of(opened), opened.clock()
        text = opened.database.write(lambda db: PRINTED[Paper(kind)](db, keys, told, now))
    out.write_text(text, encoding="utf-8", newline="")
    click.echo(f"written to {out}")
