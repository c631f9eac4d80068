"""`akashi staff add|invite|role|leave|sessions`: who works here, and who is signed in.

The command line acts as an owner: whoever may start it holds the keys of the house.
"""

import click
from sqlmodel import Session

from bot.cli.opening import shop
from bot.settings import SettingMalformed
from catalog.duties.actors import STAFF_ROLES, Actor, Role
from catalog.ground.calendar import TOKYO
from handoff.dialogue import leaving
from handoff.dialogue.leaving import Desk, HandedOver, StillHolds
from handoff.staff import actions, invitations, sessions
from handoff.staff.sessions import Shown

_BY = Actor("command line", Role.OWNER)
_name = click.argument("name")


@click.command()
@_name
@click.option("--role", required=True, help=f"One of: {', '.join(STAFF_ROLES)}.")
@click.option("--email", help="They sign in with it, and are known by it at the identity provider.")
@click.option("--slack", "slack_id", help="Slack user id (U…).")
def add(name: str, role: str, email: str | None, slack_id: str | None) -> None:
    """Take somebody on."""
    with shop() as opened:
        now = opened.clock()
        staff_id = opened.database.write(
            lambda db: actions.add(
                db, name, role, email=email, slack_id=slack_id, by="command line", now=now
            )
        )
    click.echo(f"{name.strip()} added as {role}, id {staff_id}")


@click.command()
@_name
def invite(name: str) -> None:
    """Print a link with which NAME chooses a password: the first, or in place of a forgotten one.

    It works once. Earlier links are over; the password there is stays until the link is used.
    """
    with shop() as opened:
        now, public_url = opened.clock(), opened.settings.public_url
        if not public_url:
            raise SettingMalformed("AKASHI_PUBLIC_URL", "is missing; the link begins with it")
        invited = opened.database.write(
            lambda db: invitations.invite(db, actions.of_name(db, name), _BY, now=now)
        )
    click.echo(invited.link(public_url))
    until = invited.ends_at.astimezone(TOKYO)
    click.echo(
        f"{name}: keep the link above, it works once, until {until:%Y-%m-%d %H:%M}", err=True
    )


@click.command()
@_name
@click.argument("role")
def role(name: str, role: str) -> None:
    """Give NAME another role; their sessions end."""
    with shop() as opened:
        now = opened.clock()
        opened.database.write(
            lambda db: leaving.change_role(db, actions.of_name(db, name), role, _BY, now=now)
        )
    click.echo(f"{name}: {role}")


@click.command()
@_name
@click.option("--to", "heir", help="Who takes over what they look after.")
@click.option("--share", "is_shared", is_flag=True, help="Conversations wait, clients are shared.")
def leave(name: str, heir: str | None, is_shared: bool) -> None:
    """NAME works here no more: sessions, passkeys, password and links end at once.

    What they look after goes over in the same moment; while there is any, say to whom.
    """
    if heir is not None and is_shared:
        raise click.UsageError("either --to or --share")
    with shop() as opened:
        now, office = opened.clock(), opened.office

        def unit(db: Session) -> HandedOver:
            who = actions.of_name(db, name)
            if heir is None and not is_shared and leaving.held_by(db, who, now=now):
                raise StillHolds(f"{name} looks after something; say --to NAME or --share")
            to = actions.of_name(db, heir) if heir is not None else None
            house = Desk(office.channels, office.promise(db, now=now))
            return leaving.leave(db, who, to, _BY, house, now=now)

        handed = opened.database.write(unit)
    click.echo(
        f"{name}: left; handed over {handed.tickets} conversations, {handed.customers} customers,"
        f" {handed.appointments} appointments ({handed.left} wait), {handed.steps} next steps"
    )


@click.command("sessions")
@click.argument("name", required=False)
@click.option("--end", "is_ended", is_flag=True, help="End every session of NAME.")
def sessions_(name: str | None, is_ended: bool) -> None:
    """Who is signed in, where and since when; with NAME only theirs."""
    if is_ended and name is None:
        raise click.UsageError("--end wants a NAME")
    with shop() as opened:
        now = opened.clock()

        def shown(db: Session) -> list[Shown]:
            whose = actions.of_name(db, name) if name is not None else None
            return sessions.known(db, now=now, of=whose)

        def end(db: Session) -> int:
            whose = actions.of_name(db, name or "")
            return sessions.end_all(db, whose, by=_BY.name, now=now)

        if is_ended:
            click.echo(f"{name}: {opened.database.write(end)} ended")
            return
        for each in opened.database.read(shown):
            began, seen = (at.astimezone(TOKYO) for at in (each.started_at, each.seen_at))
            click.echo(
                f"{each.id}\t{each.name}\t{each.how}\tsince {began:%Y-%m-%d %H:%M}"
                f"\tseen {seen:%Y-%m-%d %H:%M}\t{each.agent or ''}"
            )


COMMANDS = (add, invite, role, leave, sessions_)
