"""Where the shop writes first: an address that calls, before a page somebody has to look at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlmodel import Session

from bot.line.send import LineChannel
from bot.webchat.channel import WebChannel
from catalog.customers import actions as customers
from catalog.ground.session.database import Database
from conversations.ports import Channel
from conversations.reminders import addresses
from conversations.threads.tables import Thread
from tests.databases import fresh

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh("sqlite", tmp_path) as opened:
        yield opened


def test_the_web_chat_comes_after_line_even_when_it_was_used_last(database: Database) -> None:
    def unit(db: Session) -> str:
        customer = customers.register(
            db, "C-1", "佐藤", given_name=None, language="ja", by="t", now=NOW
        )
        for channel, address, ago in (("line", "U1", 9), ("line", "U2", 3), ("web", "V1", 0)):
            customers.bind(db, customer, channel, address, by="t", now=NOW)
            db.add(
                Thread(
                    id=f"{channel}:{address}", channel=channel, memory={}, opened_at=NOW,
                    heard_at=NOW - timedelta(days=ago),
                )
            )  # fmt: skip
        return f"customer:{customer}"

    who = database.write(unit)
    channels = {
        "line": cast(Channel, LineChannel.__new__(LineChannel)),
        "web": cast(Channel, WebChannel.__new__(WebChannel)),
    }
    found = database.read(lambda db: addresses.reachable(db, who, channels))
    assert [each.address for each in found] == ["U2", "U1", "V1"]
