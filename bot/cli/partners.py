"""`akashi partners`: what each partner was granted, and ending it."""

from datetime import datetime

import click
from sqlmodel import Session, select

from bot.cli.opening import shop
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import PartnerId
from catalog.items.places.actions import PartnerMissing
from catalog.partners import actions, queries
from catalog.partners.rules import GrantFacts
from catalog.partners.tables import Partner
from media.sharing import withdrawing
from media.sharing.withdrawing import Withdrawn

BY = "command line"


@click.group()
def partners() -> None:
    """What partners were granted, and ending it."""


@partners.command("list")
def list_() -> None:
    """Every partner with its seats and the grants that hold today."""
    with shop() as opened:
        today = tokyo_day(opened.clock())

        def show(db: Session) -> None:
            for firm in db.exec(select(Partner).order_by(Partner.partner_code)):
                partner = PartnerId(firm.id)
                seats = len(queries.seats_of(db, partner))
                click.echo(f"{firm.partner_code}\t{firm.name}\tseats {seats}")
                for grant in queries.grants_on(db, partner, today):
                    click.echo(f"\t{_told(grant)}")

        opened.database.read(show)


@partners.command()
@click.argument("code")
@click.option("--item", "unit_code", help="Only the grants on this piece; else every one.")
def revoke(code: str, unit_code: str | None) -> None:
    """End what the partner with this CODE was granted, at once: nothing sent or passed on under it
    opens any more.
    """
    with shop() as opened:
        now: datetime = opened.clock()

        def unit(db: Session) -> Withdrawn:
            partner = queries.by_code(db, code)
            if partner is None:
                raise PartnerMissing(code)
            return withdrawing.withdraw(db, partner, unit_code, by=BY, now=now)

        ended = opened.database.write(unit)
    click.echo(
        f"{code}: {ended.grants} grants ended, {ended.passes} passes, {ended.shares} pages closed"
    )


@partners.command("checkpoints")
@click.argument("code")
@click.option("--send/--stop", "wished", default=True, help="Send them from now on, or no more.")
def checkpoints_(code: str, wished: bool) -> None:
    """Send the daily checkpoints of the evidence log to the partner with this CODE: somebody
    outside then holds what a rewritten log fails against.
    """
    with shop() as opened:
        now: datetime = opened.clock()

        def unit(db: Session) -> bool:
            partner = queries.by_code(db, code)
            if partner is None:
                raise PartnerMissing(code)
            return actions.hold_checkpoints(db, partner, wished=wished, by=BY, now=now)

        changed = opened.database.write(unit)
    told = "checkpoints are sent daily" if wished else "no checkpoints are sent"
    click.echo(f"{code}: {told}" + ("" if changed else ", as before"))


def _told(grant: GrantFacts) -> str:
    until = grant.expires_on.isoformat() if grant.expires_on is not None else "no end"
    rights = ";".join(sorted(grant.rights))
    kinds = ";".join(sorted(grant.media_kinds))
    return f"{grant.unit_code or '*'}\t{rights}\t{kinds}\t{until}"
