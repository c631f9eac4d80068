"""`akashi evidence` writes an evidence zip, `akashi verify` checks one."""

import secrets
from datetime import datetime
from pathlib import Path

import click

from bot.app import archive
from bot.cli.opening import shop
from catalog.items.words import code_of
from media.log import stamping
from media.log.stamping import StampForged
from media.sharing import verify as verifying
from media.sharing.evidence import About
from media.sharing.export import open_export

BY = "command line"


@click.command()
@click.argument("code", required=False)
@click.option("--dispute", help="A dispute by its id: what it froze, and what was sent in for it.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip."
)
@click.option("--hashes-only", is_flag=True, help="Prove without the originals themselves.")
def evidence(code: str | None, dispute: str | None, out: Path, hashes_only: bool) -> None:
    """Write the evidence of the unit CODE, or of a dispute, as a zip anybody can check offline."""
    if (code is None) == (dispute is None):
        raise click.UsageError("tell a unit's CODE, or --dispute ID")
    about = About(code=code_of(code) or code if code else None, dispute_id=dispute)
    staged = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    with shop() as opened:
        now = opened.clock()
        export = open_export(archive(opened), about, by=BY, hashes_only=hashes_only, now=now)
        try:
            with staged.open("xb") as file:
                for chunk in export.chunks():
                    file.write(chunk)
            staged.replace(out)
        finally:
            staged.unlink(missing_ok=True)
    stamped = "time-stamped" if export.is_stamped else "not time-stamped"
    click.echo(
        f"{out}: {export.originals} originals, {export.withheld} by their hash alone,"
        f" {export.leaves} leaves, checkpoint over {export.size} ({stamped})"
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="The public key the checkpoint must be signed with.")
@click.option(
    "--tsa-root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The root certificate of the time-stamping authority, got from it: checks the time stamp.",
)
def verify(file: Path, key: str | None, tsa_root: Path | None) -> int:
    """Check an evidence zip as its own verify.py does, without a network. Exit status 1 when it
    does not hold, 2 when it is of the old form, whose list nothing binds.
    """
    told = verifying.report(str(file), key)
    if not told.startswith("FAILED") and tsa_root is not None:
        try:
            stamps = _stamped_at(str(file), tsa_root.read_bytes())
        except (StampForged, ValueError) as forged:
            told = f"FAILED: {forged} (整合しません)"
        else:
            for name, at in stamps:
                by = f"signed by an authority of {tsa_root.name}, {at:%F %T %Z}"
                click.echo(f"time stamp {by} ({name})")
    click.echo(told)
    return 1 if told.startswith("FAILED") else 2 if told.endswith(verifying.OLD) else 0


def _stamped_at(place: str, roots: bytes) -> list[tuple[str, datetime]]:
    """When each stamp in it was signed, the zip's own first. Raises StampForged, ValueError where
    the zip has none.
    """
    files = verifying.files_in(place)
    earlier = (name for name in files if name.startswith("log/at-") and name.endswith(".tsr"))
    found = []
    for name in ("log/timestamp.tsr", *sorted(earlier)):
        note = f"{name.rpartition('/')[0]}/checkpoint.txt"
        answer, content = verifying.read(files, name), verifying.read(files, note)
        found.append((name, stamping.signed_at(answer, content, roots)))
    return found
