"""`akashi staff link`: a chat is the customer's, and what was begun in it comes along (R-118)."""

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from catalog.buyback import inquiry
from catalog.customers import actions as customers
from catalog.customers import linking, newcomers
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.session.opening import open_database
from tests.bot.cli.test_commands import Akashi
from tests.catalog.buyback.deals import DAYTONA
from tests.databases import fresh_url


def test_staff_link_a_newcomers_chat(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        now = datetime.now(UTC)
        database = open_database(url)

        def begun(db: Session) -> str:
            customers.register(db, "C-1", "佐藤", given_name=None, language="ja", by="t", now=now)
            new = newcomers.enter(db, "お客様", language="ja", by="bot", now=now)
            customers.bind(db, new, "line", "U1", by="bot", now=now)
            return inquiry.inquire(
                db, new, [DAYTONA], hours=ShopHours(), actor=Actor(new, Role.CUSTOMER), now=now,
                key="k",
            ).case_id  # fmt: skip

        database.write(begun)
        database.close()
        told, again, unknown, nowhere = Akashi(tmp_path, url).one_after_another(
            ("staff", "link", "line:U1", "C-1"),
            ("staff", "link", "line:U1", "C-1"),
            ("staff", "link", "line:U1", "C-9"),
            ("staff", "link", "nowhere", "C-1"),
        )
        assert told[1].startswith("line:U1 is C-1; came along: B-")
        assert again[1].strip() == "line:U1 is C-1; came along: nothing"
        assert (unknown[0], nowhere[0]) == (3, 3)
        database = open_database(url)
        try:
            owner = database.read(lambda db: linking.owner(db, "line", "U1"))
            assert owner is not None
            assert not database.read(lambda db: newcomers.is_newcomer(db, owner))
        finally:
            database.close()
