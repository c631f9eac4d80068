"""`akashi policy`: the shop's terms, what they are and were, and the next version of them."""

import click
import orjson
from sqlmodel import Session, col, select

from bot.cli.opening import shop
from bot.rulebook.book import TERMS
from catalog.credit.terms import CreditTerms, warnings
from catalog.ground import policy as terms
from catalog.ground.errors import Malformed


class TermMalformed(Malformed):
    """Not KEY=VALUE with a JSON value."""


@click.group()
def policy() -> None:
    """The shop's terms: rates, fees, limits, who the dealer is."""


@policy.command("list")
def list_() -> None:
    """Every term in force, a line each: key, value, what it is."""
    with shop() as opened:
        held = opened.database.read(terms.current)
    click.echo(f"version {held.version}" if held.version else "the defaults; no version yet")
    for key, field in sorted(terms.known_keys(TERMS).items()):
        value = held.values.get(key, field.metadata["default"])
        click.echo(f"{key}\t{orjson.dumps(value).decode()}\t{field.metadata['told']}")


@policy.command("set")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE…")
@click.option("--by", required=True, help="Who decided it.")
def set_(changes: tuple[str, ...], by: str) -> None:
    """Write the next version with these values (JSON). Contracts keep the version they have."""
    told = dict(_read(change) for change in changes)
    with shop() as opened:
        now = opened.clock()
        held = opened.database.write(lambda db: terms.amend(db, told, known=TERMS, by=by, now=now))
    click.echo(f"version {held.version}")
    for warning in warnings(held.of(CreditTerms)):
        click.echo(f"look at this: {warning}", err=True)


@policy.command()
def history() -> None:
    """Every version: when, by whom, and what changed."""
    with shop() as opened:
        versions = opened.database.read(_versions)
    before: dict[str, object] = {}
    for row in versions:
        changed = {k: v for k, v in row.terms.items() if before.get(k) != v} if before else {}
        before = row.terms
        told = orjson.dumps(changed).decode() if changed else ""
        click.echo(f"{row.version}\t{row.written_at:%Y-%m-%d %H:%M}Z\t{row.written_by}\t{told}")


def _versions(db: Session) -> list[terms.PolicyVersion]:
    wanted = select(terms.PolicyVersion).where(terms.PolicyVersion.name == terms.SHOP)
    return list(db.exec(wanted.order_by(col(terms.PolicyVersion.version))))


def _read(change: str) -> tuple[str, object]:
    key, equals, value = change.partition("=")
    if not equals:
        raise TermMalformed(f"{change!r} is not KEY=VALUE")
    try:
        return key.strip(), orjson.loads(value)
    except orjson.JSONDecodeError:
        return key.strip(), value  # a bare text needs no quotes
