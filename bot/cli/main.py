"""`akashi`: every command, each with its help. Exit status 0 only when it did what it says.

1 the command ran and something was not right (bad lines, findings), 2 malformed, 3 missing, 4
refused, 5 something outside did not answer.
"""

import sys
from collections.abc import Sequence

import click

from bot.answers import exit_status
from bot.cli import captures, demo, doctor, imports, running, search, slots, staff
from catalog.ground.errors import ShopError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="akashi-bot", prog_name="akashi")
def akashi() -> None:
    """akashi (証): a messaging-first clienteling bot for dealers of high-value second-hand
    goods.
    """


for command in (
    running.serve,
    running.web,
    running.worker,
    demo.demo,
    running.init,
    imports.import_,
    search.search,
    captures.capture,
    slots.run_slot,
    staff.staff,
    doctor.doctor,
):
    akashi.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its status. An answer of the shop is one line, a bug a
    traceback.
    """
    try:
        status = akashi.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="akashi",
            standalone_mode=False,
        )
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        sys.exit(130)
    except ShopError as answer:
        click.echo(f"akashi: {answer}", err=True)
        sys.exit(exit_status(answer))
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
