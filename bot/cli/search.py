"""`akashi search`: find pieces as the bot would; the command line sees all."""

import gc
import sys
from typing import Any

import click
import orjson

from bot.app import Shop
from bot.cli.opening import shop
from catalog.items import names
from catalog.items import search as catalogue
from catalog.items.facts import UnitFacts
from catalog.items.rules import STAFF


@click.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a query.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
def search(text: str | None, as_json: bool, limit: int) -> int:
    """Search pieces. Without TEXT: a query a line on standard input, a JSON answer a line out.

    Exit status 1 when a single query found nothing.
    """
    with shop() as opened:
        if text is not None:
            hits = _find(opened, text, limit)
            if as_json:
                click.echo(orjson.dumps(_answer(text, hits)))
            else:
                for hit in hits:
                    price = f"¥{hit.price:,}" if hit.price is not None else "-"
                    click.echo(f"{hit.code}\t{hit.grade or '-'}\t{hit.state}\t{price}\t{hit.title}")
            return 0 if hits else 1
        _settle()
        for line in sys.stdin:
            query = line.rstrip("\n")
            answer = orjson.dumps(_answer(query, _find(opened, query, limit)))
            sys.stdout.write(answer.decode() + "\n")
            sys.stdout.flush()
    return 0


def _settle() -> None:
    """Read the names once, and keep the collector from going over them again in the middle of a
    query.
    """
    names.beginnings()
    gc.collect()
    gc.freeze()


def _find(opened: Shop, query: str, limit: int) -> list[UnitFacts]:
    return opened.database.read(lambda db: catalogue.search(db, query, viewer=STAFF, limit=limit))


def _answer(query: str, hits: list[UnitFacts]) -> dict[str, Any]:
    return {
        "query": query,
        "hits": [
            {
                "code": hit.code,
                "title": hit.title,
                "category": hit.category,
                "brand": hit.brand,
                "model": hit.model,
                "reference": hit.reference,
                "grade": hit.grade,
                "price": hit.price,
                "state": hit.state,
            }
            for hit in hits
        ],
    }
