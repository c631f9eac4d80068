"""`akashi rules`: what the software would do, one JSON object a line in, one a line out."""

import sys

import click
import orjson

from bot.rulebook import book


@click.command()
@click.option("--policy", "prints_policy", is_flag=True, help="Print every term with its default.")
def rules(prints_policy: bool) -> int:
    """Answer rules: {"id", "rule", "input", "policy"?} a line on standard input."""
    if prints_policy:
        for term in book.policy_list():
            click.echo(orjson.dumps(term))
        return 0
    for line in sys.stdin:
        if not line.strip():
            continue
        sys.stdout.write(orjson.dumps(book.answer(line)).decode() + "\n")
        sys.stdout.flush()
    return 0
