"""`akashi capture PATH…`: take films and pictures in as the hot folder would."""

from pathlib import Path

import click

from bot.app import Shop, entrance
from bot.cli.opening import shop
from catalog.ground.errors import ShopError
from catalog.items.words import code_of
from media.assets.kinds import Part
from media.intake import take as intake_take
from media.intake.take import Wish


class CodeMalformed(click.BadParameter):
    """Not a unit code."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--item", "code", help="The unit it shows, when the name does not say (W-10234).")
@click.option("--part", type=click.Choice([part.value for part in Part]), help="The part it shows.")
def capture(paths: tuple[Path, ...], code: str | None, part: str | None) -> int:
    """Take files, or folders of them, in. Originals are left where they are.

    Renditions are made by the running service. Exit status 1 when a file was refused.
    """
    wanted = code_of(code) if code is not None else None
    if code is not None and wanted is None:
        raise CodeMalformed(f"{code!r} is not a unit code", param_hint="--item")
    wish = Wish(wanted, Part(part) if part else None)
    refused = 0
    with shop() as opened:
        for path in paths:
            root = path if path.is_dir() else path.parent
            for file in _files(path):
                refused += not _take(opened, file, root, wish)
    return 1 if refused else 0


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
    )


def _take(opened: Shop, file: Path, root: Path, wish: Wish) -> bool:
    try:
        took = intake_take.take(
            file, entrance(opened, actor="command line"), now=opened.clock(), root=root, wish=wish
        )
    except (ShopError, OSError) as refused:
        click.echo(f"{file}: {refused}", err=True)
        return False
    where = "taken" if took.is_new else "already there"
    tray = "" if took.unit_id else " (unmatched: in the tray)"
    click.echo(f"{file}: {where}, asset {took.asset_id}{tray}")
    return True
