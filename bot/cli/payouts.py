"""`akashi payouts …`: the day's list for the bank, by four eyes, its file, and what the bank
said.
"""

from datetime import date
from pathlib import Path

import click
from sqlmodel import Session

from bot.app import Shop
from bot.cli.duties import day, keys_of
from bot.cli.opening import shop
from catalog.buyback import paying
from catalog.buyback.payouts import batches, queries
from catalog.buyback.payouts.answers import read_answer
from catalog.buyback.payouts.batches import Batch, BatchMissing
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from handoff.staff.tables import Staff

_by = click.option("--by", "staff_id", required=True, help="Id of the person who does it.")
_number = click.argument("number", type=int)


class StaffMissing(Missing):
    """Nobody of the shop has this id, or they left, or their role pays nobody."""


@click.group()
def payouts() -> None:
    """Paying people: list, prepare, release, cancel, file, refused, result."""


@payouts.command("list")
@click.option("--on", "told", help="What is due by this day (2026-11-24); today without it.")
def list_(told: str | None) -> None:
    """What is due and in no list yet, with what stands in the way; then the lists."""
    with shop() as opened:
        on = _on(opened, told)

        def show(db: Session) -> None:
            for payout in queries.due(db, on):
                block = queries.block(db, payout)
                click.echo(
                    f"{payout.id}\tdue {payout.due_on}\t¥{payout.amount:,}\t{payout.about}"
                    f"\t{block.value if block is not None else 'ready'}"
                )
            for batch in queries.batches(db):
                click.echo(
                    f"list {batch.number}\t{batch.status}\ton {batch.transfer_on}"
                    f"\t{batch.count} payments\t¥{batch.total:,}"
                )

        opened.database.read(show)


def _on(opened: Shop, told: str | None) -> date:
    return day(told) if told is not None else tokyo_day(opened.clock())


@payouts.command()
@click.option("--on", "told", help="The bank day of the transfer; today without it.")
@_by
def prepare(told: str | None, staff_id: str) -> None:
    """Make the list of what is due by that day and can be paid."""
    with shop() as opened:
        now, on = opened.clock(), _on(opened, told)
        key = f"payouts:prepare:{staff_id}:{now.isoformat()}"

        def unit(db: Session) -> Batch | None:
            actor = _actor(db, staff_id)
            return batches.prepare(db, on=on, actor=actor, now=now, key=key)

        made = opened.database.write(unit)
    if made is None:
        click.echo("nothing that is due can be paid now; the tasks of the shop say why")
    else:
        _tell(made)


@payouts.command()
@_number
@_by
def release(number: int, staff_id: str) -> None:
    """Let a list go: another person than its maker."""
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> Batch:
            actor, batch_id = _actor(db, staff_id), _batch(db, number)
            key = f"payouts:release:{batch_id}:{staff_id}"
            return batches.release(db, batch_id, actor=actor, now=now, key=key)

        _tell(opened.database.write(unit))


@payouts.command()
@_number
@_by
def cancel(number: int, staff_id: str) -> None:
    """Take back a list whose file has not left; its payments are due as before."""
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> Batch:
            actor, batch_id = _actor(db, staff_id), _batch(db, number)
            key = f"payouts:cancel:{batch_id}:{staff_id}"
            return batches.cancel(db, batch_id, actor=actor, now=now, key=key)

        _tell(opened.database.write(unit))


@payouts.command()
@_number
@_by
def refused(number: int, staff_id: str) -> None:
    """The bank took nothing of the list's file: its payments are due as before."""
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> None:
            actor, batch_id = _actor(db, staff_id), _batch(db, number)
            key = f"payouts:refused:{batch_id}:{staff_id}"
            paying.file_refused(db, batch_id, actor=actor, now=now, key=key)

        opened.database.write(unit)
    click.echo(f"list {number}: nothing was sent, its payments are due as before")


@payouts.command("file")
@_number
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the bank's file; it holds accounts in clear.",
)
@_by
def file_(number: int, out: Path, staff_id: str) -> None:
    """Write the bank's transfer file of a released list; its payments count as sent."""
    with shop() as opened:
        keys, now = keys_of(opened), opened.clock()
        content = opened.database.write(
            lambda db: batches.write_file(
                db, keys, _batch(db, number), actor=_actor(db, staff_id), now=now
            )
        )
    if content is None:
        click.echo(f"list {number}: nothing of it can be paid any more; the tasks say why")
        return
    out.touch(mode=0o600)
    out.write_bytes(content)
    click.echo(f"written to {out}")


@payouts.command()
@_number
@click.argument("answer", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_by
def result(number: int, answer: Path, staff_id: str) -> int:
    """Read the bank's answer: its file, or a list with list, line, amount, result, reference.

    Results: paid, name_differs, no_account, other. Exit status 1 when a payment failed, or the bank
    said something else before.
    """
    reply = read_answer(answer.read_bytes())
    with shop() as opened:
        now = opened.clock()
        done = opened.database.write(
            lambda db: paying.take_answer(
                db, _batch(db, number), reply, actor=_actor(db, staff_id), now=now
            )
        )
    click.echo(f"{done.paid} paid, {done.failed} failed, {done.known} known before")
    if done.differs:
        click.echo(f"{done.differs} told otherwise before: ask the bank, nothing was changed")
    return 1 if done.failed or done.differs else 0


def _actor(db: Session, staff_id: str) -> Actor:
    person = db.get(Staff, staff_id)
    if person is None or person.left_at is not None or person.role not in set(Role):
        raise StaffMissing(f"nobody with id {staff_id} pays people")
    return Actor(person.id, Role(person.role))


def _batch(db: Session, number: int) -> str:
    found = queries.batch_of(db, number)
    if found is None:
        raise BatchMissing(f"no list {number}")
    return found


def _tell(batch: Batch) -> None:
    click.echo(
        f"list {batch.number}: {batch.status.value}, {batch.count} payments,"
        f" ¥{batch.total:,}, on {batch.transfer_on}"
    )
