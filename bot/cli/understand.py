"""`akashi understand`: what messages mean, one JSON object a line in, one a line out."""

import sys

import click

from conversations.understanding import protocol


@click.command()
def understand() -> int:
    """Read messages: {"id", "text", "now", "session"?, "history"?, "expecting"?} a line on standard
    input.
    """
    talks = protocol.Talks()
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        sys.stdout.write(talks.answer(line) + "\n")
        sys.stdout.flush()
    return 0
