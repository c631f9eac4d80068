"""`akashi partners`: what a firm was granted, and that ending it closes what was sent (R-027)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from catalog.ground.session.opening import open_database
from catalog.partners import actions as partners
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url


def test_what_was_granted_is_listed_and_ended_once(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        now = datetime.now(UTC)
        database = open_database(url)

        def granted(db: Session) -> None:
            for code, units in (("GINZA", ["W-1001", "W-1002"]), ("UMEDA", None)):
                firm = partners.enter(db, code, f"{code}リテール", by="t", now=now)
                partners.grant(
                    db, firm, units, rights=["media", "link"], media_kinds=["film"],
                    expires_on=(now + timedelta(days=40)).date(), by="t", now=now,
                )  # fmt: skip

        database.write(granted)
        database.close()
        before, one, rest, again, after, unknown = Akashi(tmp_path, url).one_after_another(
            ("partners", "list"),
            ("partners", "revoke", "GINZA", "--item", "W-1001"),
            ("partners", "revoke", "GINZA"),
            ("partners", "revoke", "GINZA"),
            ("partners", "list"),
            ("partners", "revoke", "NOBODY"),
        )
        assert before[1].count("link;media\tfilm") == 3
        assert one[1].startswith("GINZA: 1 grants ended")
        assert rest[1].startswith("GINZA: 1 grants ended")
        assert again[1].startswith("GINZA: 0 grants ended")
        assert "W-1002" not in after[1]
        assert "*\tlink;media\tfilm" in after[1]
        assert unknown[0] == 3
