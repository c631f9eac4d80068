"""`akashi`: every command, each with its help. Exit status 0 only when it did what it says.

1 the command ran and something was not right (bad lines, findings), 2 malformed, 3 missing, 4
refused, 5 something outside did not answer.
"""

import gc
import importlib
import sys
from collections.abc import Sequence

import click

from bot.answers import exit_status
from catalog.ground.errors import ShopError

COMMANDS = {
    "api-key": "bot.cli.api_keys:api_key",
    "backup": "bot.cli.backup:backup",
    "capture": "bot.cli.captures:capture",
    "demo": "bot.cli.demo:demo",
    "doctor": "bot.cli.doctor:doctor",
    "duties": "bot.cli.duties:duties",
    "evidence": "bot.cli.evidence:evidence",
    "import": "bot.cli.imports:import_",
    "init": "bot.cli.running:init",
    "journal": "bot.cli.journal:journal",
    "log": "bot.cli.log:log",
    "media": "bot.cli.media:media",
    "menus": "bot.cli.menus:menus",
    "papers": "bot.cli.papers:papers",
    "partners": "bot.cli.partners:partners",
    "payouts": "bot.cli.payouts:payouts",
    "policy": "bot.cli.policy:policy",
    "restore": "bot.cli.backup:restore",
    "rules": "bot.cli.rules:rules",
    "run-slot": "bot.cli.slots:run_slot",
    "search": "bot.cli.search:search",
    "serve": "bot.cli.running:serve",
    "staff": "bot.cli.staff:staff",
    "understand": "bot.cli.understand:understand",
    "verify": "bot.cli.evidence:verify",
    "web": "bot.cli.running:web",
    "worker": "bot.cli.running:worker",
}


class Commands(click.Group):
    """Loads only the command that is called: the others would cost it most of a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        gc.disable()  # nothing of what is imported is garbage: looking for it takes a seventh
        try:
            command = getattr(importlib.import_module(module), name)
        finally:
            gc.enable()
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="akashi-bot", prog_name="akashi")
def akashi() -> None:
    """akashi (証): a messaging-first clienteling bot for dealers of high-value second-hand
    goods.
    """


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
