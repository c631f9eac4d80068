"""Every command does what it says, or says in one line why not (exit status 0 only when done)."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.databases import ENGINES, fresh_url
from tests.shop import DATA_KEY, PUBLIC_URL, film_file

HEADING = "code,category,title,price,brand,model,grade\n"


class Akashi:
    """`akashi …` in a folder of its own."""

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._folder = folder
        self._environment: Mapping[str, str] = {
            **kept,
            "AKASHI_DATABASE_URL": database_url,
            "AKASHI_MEDIA_URL": f"file://{folder}/media",
            "AKASHI_PUBLIC_URL": PUBLIC_URL,
            "AKASHI_DATA_KEY": DATA_KEY,
            **more,
        }

    def __call__(self, *words: str, given: str = "") -> tuple[int, str, str]:
        ran = subprocess.run(
            [str(Path(sys.executable).with_name("akashi")), *words],
            cwd=self._folder,
            env=dict(self._environment),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shop_is_set_up_stocked_searched_and_filmed(engine: str, tmp_path: Path) -> None:
    with fresh_url(engine, tmp_path, migrated=False) as url:
        akashi = Akashi(tmp_path, url)
        status, _, told = akashi("search", "x")
        assert (status, "akashi init" in told) == (4, True)
        assert akashi("init")[0] == 0
        assert akashi("init")[0] == 0
        items = tmp_path / "items.csv"
        lines = (
            "W-10234,watch,デイトナ,4280000,ロレックス,デイトナ,A\n"
            "W-2,car,x,1,,,\nW-10235,watch,x,1\n"
        )
        items.write_bytes((HEADING + lines).encode("cp932"))
        status, said, told = akashi("import", "items", str(items))
        assert status == 1
        assert "1 taken, 0 already there, 2 refused" in said
        assert "line 3: category" in told
        assert "line 4: line: 4 cells where the heading has 7" in told
        items.write_text(HEADING + lines.splitlines()[0] + "\n", encoding="utf-8-sig")
        assert akashi("import", "items", str(items))[:2] == (
            0,
            "0 taken, 1 already there, 0 refused\n",
        )
        status, said, _ = akashi("search", "--json", given="ﾃﾞｲﾄﾅ\nnothing like this\n")
        answers = [json.loads(line) for line in said.splitlines()]
        assert [[hit["code"] for hit in answer["hits"]] for answer in answers] == [["W-10234"], []]
        film = film_file(tmp_path / "W-10234_01.mp4")
        assert akashi("capture", str(film))[0] == 0
        text = tmp_path / "W-10234_02.mp4"
        text.write_text("not a film")
        status, said, told = akashi("capture", str(text), str(film), "--item", "W-10234")
        assert "already there" in akashi("capture", str(film))[1]
        assert status == 0 or "W-10234_02.mp4" in told


def test_staff_slots_and_refusals_have_clear_answers(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        akashi = Akashi(tmp_path, url)
        assert akashi("staff", "add", "田中", "--role", "adviser")[0] == 0
        assert akashi("staff", "add", "田中", "--role", "adviser")[0] == 4
        assert akashi("staff", "add", "鈴木", "--role", "king")[0] == 2
        assert akashi("staff", "letters", "--retry", "77")[0] == 3
        for name in ("inbox", "letters", "tray", "tasks"):
            assert akashi("staff", name)[:2] == (0, "")
        at = "2026-11-22T10:00"
        assert akashi("run-slot", "scrub", "--at", at)[1].strip().endswith("run")
        assert "was run before" in akashi("run-slot", "scrub", "--at", at)[1]
        assert akashi("run-slot", "scrub", "--at", "noon")[0] == 2
        assert akashi("run-slot", "nonsense", "--at", at)[0] == 3
        status, said, _ = akashi("doctor")
        assert "database: sqlite" in said
        assert status == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AKASHI_PUBLIC_URL", "http://shop.example"),
        ("AKASHI_DATA_KEY", "short"),
        ("AKASHI_DATABASE_URL", "mysql://x"),
        ("AKASHI_SHOP_OPENS", "late"),
    ],
)
def test_a_malformed_setting_stops_the_start_with_one_line(
    name: str, value: str, tmp_path: Path
) -> None:
    akashi = Akashi(tmp_path, "sqlite:///x.db", **{name: value})
    status, said, told = akashi("serve", "--port", "1")
    assert (status, said) == (2, "")
    assert told.startswith(f"akashi: {name}: ")
    assert len(told.strip().splitlines()) == 1
