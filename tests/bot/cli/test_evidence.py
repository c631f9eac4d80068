"""`akashi evidence`, `verify`, `log`, `run-slot checkpoint`: proof by the command line (R-009)."""

import re
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from catalog.duties.opening import open_stock
from catalog.ground.session.opening import open_database
from media.log import actions as log
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url
from tests.media import captures
from tests.shop import item


def test_what_was_captured_is_proven_and_a_rewritten_log_is_found(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        now = datetime.now(UTC)
        database = open_database(url)
        database.write(lambda db: open_stock(db, [item("W-10234")], by="t", now=now))
        captures.still(tmp_path / "in" / "W-10234_01.jpg", width=64, height=48)
        akashi = Akashi(tmp_path, url, AKASHI_KEYS_DIR=str(tmp_path / "keys"))
        slot = ("run-slot", "checkpoint", "--at")
        took, first, again, keys, kept, made, holds, whole = akashi.one_after_another(
            ("capture", str(tmp_path / "in")),
            (*slot, "2026-11-29T00:30"),
            (*slot, "2026-11-29T09:00"),
            ("log", "keys"),
            ("log", "checkpoint", "--out", str(tmp_path / "held.txt")),
            ("evidence", "w10234", "--out", str(tmp_path / "e.zip")),
            ("verify", str(tmp_path / "e.zip")),
            ("log", "check", "--against", str(tmp_path / "held.txt")),
        )
        for ran in (took, first, again, keys, kept, made, holds, whole):
            assert ran[0] == 0, ran
        assert "1 originals" in made[1] and "not time-stamped" in made[1]
        assert "OK" in holds[1] and "all as signed" in whole[1]
        assert (tmp_path / "keys" / "log.keys").stat().st_mode & 0o777 == 0o600

        def counted(db: Session) -> int:
            days = "SELECT count(*) FROM log_checkpoint WHERE day IS NOT NULL"
            return int(db.connection().execute(text(days)).scalar_one())

        assert database.read(counted) == 1

        key = keys[1].strip()
        assert re.fullmatch(r"shop\.example/akashi\+[0-9a-f]{8}\+\S{44}", key)
        changed = "UPDATE log_leaf SET payload = replace(payload, 'still', 'film') WHERE number = 0"
        database.write(lambda db: db.connection().execute(text(changed)))
        trusted, strange, none, both, rewritten, looked = akashi.one_after_another(
            ("verify", str(tmp_path / "e.zip"), "--key", key),
            ("verify", str(tmp_path / "e.zip"), "--key", key.replace("shop", "shcp")),
            ("evidence", "W-99999", "--out", str(tmp_path / "none.zip")),
            ("evidence", "W-10234", "--dispute", "D", "--out", str(tmp_path / "none.zip")),
            ("log", "check", "--against", str(tmp_path / "held.txt")),
            ("doctor",),
        )
        assert (trusted[0], strange[0], none[0], both[0]) == (0, 1, 3, 2)
        assert rewritten[0] == 1 and "leaf 0 was changed" in rewritten[2]
        assert "it was rewritten" in rewritten[2]
        assert looked[0] == 1 and "BAD   evidence log: leaf 0 was changed" in looked[1]
        assert not (tmp_path / "none.zip").exists()
        database.close()


def test_another_key_is_told_and_an_exposed_one_refused(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        database.write(lambda db: log.append(db, "test", {}, now=datetime.now(UTC)))
        database.close()
        akashi = Akashi(tmp_path, url, AKASHI_KEYS_DIR=str(tmp_path / "keys"))
        fresh, rotated, keys, whole = akashi.one_after_another(
            ("log", "checkpoint", "--fresh"), ("log", "rotate"), ("log", "keys"), ("log", "check"),
        )  # fmt: skip
        assert fresh[1].count("\n") == 5 and "— shop.example/akashi " in fresh[1]
        assert len(keys[1].split()) == 2 and keys[1].split()[1] in rotated[1]
        assert whole[0] == 0, whole
        (tmp_path / "keys" / "log.keys").chmod(0o644)
        exposed, looked = akashi.one_after_another(("log", "checkpoint", "--fresh"), ("doctor",))
        assert exposed[0] == 4 and "chmod 600" in exposed[2]
        assert "BAD   signing keys" in looked[1]
