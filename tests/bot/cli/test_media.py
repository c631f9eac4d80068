"""`akashi media …` over a real shop: check, move with links that keep working, rebuild, usage
(R-008, R-012, R-013; evidence checks 19 and 21).
"""

import re
import sqlite3
from pathlib import Path

from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url
from tests.media import captures

ITEMS = "code,category,title,price\nW-10234,watch,Submariner,1980000\n"
CAPTURED = "SELECT id, part, captured_at, hinted_code, sha256 FROM asset ORDER BY id"


def asked(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as opened:
        found = opened.execute(statement).fetchall()
    opened.close()
    return found


def test_originals_are_checked_moved_and_rebuilt_from_the_command_line(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text(ITEMS)
    picture = captures.still(tmp_path / "hot" / "W-10234_case_back_01.jpg")
    with fresh_url("sqlite", tmp_path) as url:
        second, moved = tmp_path / "second", tmp_path / "moved"
        akashi = Akashi(tmp_path, url, AKASHI_MEDIA_REPLICA_URL=second.as_uri())
        taken = akashi.one_after_another(
            ["import", "items", str(items)],
            ["capture", str(picture)],
            ["media", "check"],
            ["media", "usage"],
        )
        assert [status for status, _, _ in taken] == [0, 0, 0, 0], taken
        assert re.search(
            r"1 originals, .*: 0 copies wrong, 0 repaired, 0 originals lost", taken[2][1]
        )
        assert "originals    1 (" in taken[3][1]
        (name,) = [each.name for each in (second / "originals").rglob("*") if len(each.name) == 64]
        media = tmp_path / "media"
        (kept,) = (media / "originals").rglob(name)
        kept.chmod(0o600)
        kept.write_bytes(b"x" + kept.read_bytes()[1:])
        repaired = akashi.one_after_another(
            ["media", "check"], ["media", "check"], ["media", "move", "--to", moved.as_uri()],
            ["media", "move", "--to", f"file://{media}"], ["doctor"],
        )  # fmt: skip
        assert [status for status, _, _ in repaired[:4]] == [1, 0, 0, 4], repaired
        assert "1 copies wrong, 1 repaired" in repaired[0][1]
        assert f"now set AKASHI_MEDIA_URL={moved.as_uri()}" in repaired[2][1]
        assert "room: 1 originals" in repaired[4][1]
        assert "second place: holds every original" in repaired[4][1]
        page = moved / "log" / "leaves" / "00000000.jsonl"
        old = (media / "log" / "leaves" / page.name).read_bytes()
        page.chmod(0o600)
        page.write_bytes(old + b"a leaf of today\n")
        there = Akashi(tmp_path, url, AKASHI_MEDIA_URL=f"{moved.as_uri()}/")
        (again,) = there.one_after_another(
            ["media", "move", "--from", f"file://{media}", "--to", moved.as_uri()]
        )
        assert again[0] == 0, again
        assert "now set" not in again[1]
        assert page.read_bytes() == old + b"a leaf of today\n"
        page.write_bytes(old)
        path = Path(url.removeprefix("sqlite:///"))
        before = asked(path, CAPTURED)
        leaves = asked(path, "SELECT payload FROM log_leaf ORDER BY number")
    anew = tmp_path / "anew"
    anew.mkdir()
    with fresh_url("sqlite", anew) as url:
        akashi = Akashi(anew, url, AKASHI_MEDIA_URL=moved.as_uri())
        rebuilt = akashi.one_after_another(
            ["import", "items", str(items)], ["media", "rebuild"], ["media", "rebuild"]
        )
        assert [status for status, _, _ in rebuilt] == [0, 0, 0], rebuilt
        assert "1 captures written again" in rebuilt[1][1]
        path = Path(url.removeprefix("sqlite:///"))
        assert asked(path, CAPTURED) == before
        assert asked(path, "SELECT payload FROM log_leaf ORDER BY number") == leaves


def test_a_new_disk_for_renditions_has_what_is_shown_looked_for_at_once(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        done = akashi.one_after_another(
            ["media", "adopt", "renditions"], ["media", "adopt", "renditions"], ["media", "usage"]
        )
        assert [status for status, _, _ in done] == [0, 1, 0], done
        assert "put aside    0" in done[2][1]
        assert "second place" not in done[2][1]
        path = Path(url.removeprefix("sqlite:///"))
        due = asked(path, "SELECT subject, state FROM worklist WHERE kind = 'shown.look'")
        assert due == [("renditions", "due")]
