"""`akashi log`: whether the evidence log is still what was signed, its checkpoints and its keys."""

from datetime import datetime
from pathlib import Path

import click
from sqlmodel import Session

from bot.app import Shop
from bot.cli.opening import shop
from catalog.ground.calendar import TOKYO
from media.log import checkpoints, notes
from media.log.checking import Checked, check
from media.log.checkpoints import CheckpointMissing
from media.log.notes import Checkpoint, Verifier

BY = "command line"
_LARGEST = 64 * 1024


@click.group()
def log() -> None:
    """The evidence log: check it, its checkpoints, its keys."""


@log.command("check")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere, by a partner for one.",
)
@click.option("--key", "told", multiple=True, help="A public key known from elsewhere.")
def check_(against: Path | None, told: tuple[str, ...]) -> int:
    """Make every hash of the log again and hold it against what was signed, and against a
    checkpoint that was kept elsewhere.

    Exit status 1 when something does not agree.
    """
    held = _read(against) if against is not None else None
    known = [notes.read_verifier(each) for each in told]
    with shop() as opened:
        trusted = [*trusted_by(opened), *known]
        found = opened.database.read(lambda db: check(db, against=held, trusted=trusted))
    for each in found.problems:
        click.echo(each, err=True)
    click.echo(summary(found) + (f"; {_told(held)}" if held is not None else ""))
    return 0 if found.is_whole else 1


def trusted_by(opened: Shop) -> list[Verifier]:
    """The keys of the key file; none where there is none yet."""
    keys = opened.notary.keys
    return list(keys.verifiers()) if keys.has_any else []


def summary(found: Checked) -> str:
    """What was looked at, in one line."""
    looked = (
        f"{found.leaves} leaves, {found.checkpoints} checkpoints,"
        f" {found.heads} heads of the journal"
    )
    return f"{looked}: all as signed" if found.is_whole else f"{looked}: NOT as signed"


def _told(held: Checkpoint) -> str:
    return f"held against a checkpoint over {held.size} leaves"


def _read(path: Path) -> Checkpoint:
    with path.open("rb") as file:
        content = file.read(_LARGEST)
    try:
        return notes.read(content.decode())
    except UnicodeDecodeError:
        raise notes.NoteMalformed("not a signed checkpoint") from None


@log.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
@click.option("--fresh", is_flag=True, help="Make one over every leaf there is now.")
def checkpoint(out: Path | None, fresh: bool) -> None:
    """Print the latest checkpoint, to be kept by somebody outside."""
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> str:
            if fresh:
                return checkpoints.fresh(db, opened.notary, now=now).note
            last = checkpoints.latest(db)
            if last is None:
                raise CheckpointMissing
            return last.note

        note = opened.database.write(unit) if fresh else opened.database.read(unit)
    if out is None:
        click.echo(note, nl=False)
        return
    out.write_text(note, encoding="utf-8")
    click.echo(str(out))


@log.command()
def keys() -> None:
    """Print the public keys checkpoints are signed with, the one in use last: what outsiders check
    signatures by.
    """
    with shop() as opened:
        for each in opened.database.read(checkpoints.verifiers) or trusted_by(opened):
            click.echo(str(each))


@log.command()
def rotate() -> None:
    """Sign with another key from now on; a leaf of the log says so. What was signed before stays
    valid. Tell outsiders the new key.
    """
    with shop() as opened:
        now: datetime = opened.clock()
        known = opened.database.read(checkpoints.verifiers)
        opened.notary.keys.rotate(known)
        signer = opened.database.write(
            lambda db: checkpoints.rotate(db, opened.notary.keys, by=BY, now=now)
        )
    when = now.astimezone(TOKYO).isoformat(timespec="seconds")
    click.echo(f"{signer.verifier}\nin use since {when}")
