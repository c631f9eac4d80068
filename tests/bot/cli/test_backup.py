"""`akashi backup` and `akashi restore` as operators use them (issue "proof of condition", J)."""

import shutil
from pathlib import Path

from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url
from tests.media import captures

ITEMS = "code,category,title,price\nW-10234,watch,Submariner,1980000\n"


def test_a_shop_is_saved_lost_and_brought_back_from_the_command_line(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text(ITEMS)
    picture = captures.still(tmp_path / "hot" / "W-10234_case_back_01.jpg")
    to = (tmp_path / "saved").as_uri()
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        done = akashi.one_after_another(
            ["restore", "--from", to],
            ["doctor"],
            ["import", "items", str(items)],
            ["capture", str(picture)],
            ["backup", "--to", to],
            ["restore", "--from", to],
            ["restore", "--from", to, "--drill"],
            ["restore", "--from", to, "--list"],
            ["doctor"],
        )
        statuses = [status for status, _, _ in done]
        assert statuses[0] == 3, "there is no set yet"
        assert "backup: there is none yet" in done[1][1]
        assert "drill: there is none yet" in done[1][1]
        assert statuses[2:5] == [0, 0, 0], done
        assert "1 originals" in done[4][1]
        assert statuses[5] == 4, "the registers are in use"
        assert statuses[6:8] == [0, 0], done
        assert "could be restored" in done[6][1]
        assert "backup: made at" in done[8][1]
        assert "drill: made at" in done[8][1]
    shutil.rmtree(tmp_path / "media")
    anew = tmp_path / "anew"
    anew.mkdir()
    with fresh_url("sqlite", anew, migrated=False) as url:
        back = Akashi(anew, url).one_after_another(
            ["restore", "--from", to],
            ["search", "Submariner"],
            ["log", "check"],
            ["journal", "check"],
            ["media", "check"],
        )
        assert [status for status, _, _ in back] == [0, 0, 0, 0, 0], back
        assert "restored" in back[0][1]
        assert "0 problems" in back[0][1]
        assert "W-10234" in back[1][1]
