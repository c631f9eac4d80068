"""Every command does what it says, or says in one line why not (exit status 0 only when done)."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.databases import ENGINES, fresh_url
from tests.house.tree import ROOT
from tests.shop import DATA_KEY, PUBLIC_URL, film_file

Ran = tuple[int, str, str]
HEADING = "code,category,title,price,brand,model,grade\n"


_SESSION = """
import contextlib, io, json, sys
from bot.cli.main import main
for words, given in json.load(sys.stdin):
    said, told, status = io.StringIO(), io.StringIO(), None
    sys.stdin = io.StringIO(given)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        try:
            main(words)
        except SystemExit as ended:
            status = ended.code
    sys.__stdout__.write(json.dumps([status, said.getvalue(), told.getvalue()]) + "\\n")
"""


class Akashi:
    """`akashi …` in a folder of its own."""

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ
        }
        self._folder = folder
        self._environment: Mapping[str, str] = {
            **kept,
            "PYTHONPATH": str(ROOT),  # the code under test, also where another tree is installed
            "AKASHI_DATABASE_URL": database_url,
            "AKASHI_MEDIA_URL": f"file://{folder}/media",
            "AKASHI_PUBLIC_URL": PUBLIC_URL,
            "AKASHI_DATA_KEY": DATA_KEY,
            **more,
        }

    def __call__(self, *words: str) -> Ran:
        """One command in a process of its own, by the installed program."""
        program = str(Path(sys.executable).with_name("akashi"))
        ran = self._run([program, *words], "")
        return ran.returncode, ran.stdout, ran.stderr

    def one_after_another(self, *commands: Sequence[str], given: str = "") -> list[Ran]:
        """Several commands in one process: most of a command's time is its start."""
        told = json.dumps([(list(words), given) for words in commands])
        ran = self._run([sys.executable, "-P", "-c", _SESSION], told)
        assert ran.returncode == 0, ran.stderr
        return [tuple(json.loads(line)) for line in ran.stdout.splitlines()]

    def _run(self, command: Sequence[str], given: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            cwd=self._folder,
            env=dict(self._environment),
            input=given,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


def test_the_command_that_is_tried_is_the_one_that_lies_beside_its_tests(tmp_path: Path) -> None:
    akashi = Akashi(tmp_path, "sqlite:///x.db")
    told = akashi._run([sys.executable, "-P", "-c", "import bot; print(bot.__file__)"], "")
    assert Path(told.stdout.strip()) == ROOT / "bot" / "__init__.py", told.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shop_is_set_up_stocked_searched_and_filmed(engine: str, tmp_path: Path) -> None:
    with fresh_url(engine, tmp_path, migrated=False) as url:
        akashi = Akashi(tmp_path, url)
        items, again = tmp_path / "items.csv", tmp_path / "again.csv"
        lines = (
            "W-10234,watch,デイトナ,4280000,ロレックス,デイトナ,A\n"
            "W-2,car,x,1,,,\nW-10235,watch,x,1\n"
        )
        items.write_bytes((HEADING + lines).encode("cp932"))
        again.write_text(HEADING + lines.splitlines()[0] + "\n", encoding="utf-8-sig")
        film = film_file(tmp_path / "W-10234_01.mp4")
        text = tmp_path / "notes.txt"
        text.write_text("not a film")
        early, first, second, taken, repeated, found, filmed, once_more, refused = (
            akashi.one_after_another(
                ["search", "x"],
                ["init"],
                ["init"],
                ["import", "items", str(items)],
                ["import", "items", str(again)],
                ["search", "--json"],
                ["capture", str(film)],
                ["capture", str(film)],
                ["capture", str(text), "--item", "W-10234"],
                given="ﾃﾞｲﾄﾅ\nnothing like this\n",
            )
        )
        assert (early[0], "akashi init" in early[2]) == (4, True)
        assert (first[0], second[0]) == (0, 0)
        assert taken[0] == 1
        assert "1 taken, 0 already there, 2 refused" in taken[1]
        assert "line 3: category" in taken[2]
        assert "line 4: line: 4 cells where the heading has 7" in taken[2]
        assert repeated[:2] == (0, "0 taken, 1 already there, 0 refused\n")
        answers = [json.loads(line) for line in found[1].splitlines()]
        assert [[hit["code"] for hit in answer["hits"]] for answer in answers] == [["W-10234"], []]
        assert (filmed[0], once_more[0]) == (0, 0)
        assert "already there" in once_more[1]
        assert (refused[0], "notes.txt" in refused[2]) == (1, True)


def test_staff_slots_and_refusals_have_clear_answers(tmp_path: Path) -> None:
    at = "2026-11-22T10:00"
    with fresh_url("sqlite", tmp_path) as url:
        ran = Akashi(tmp_path, url).one_after_another(
            ["staff", "add", "田中", "--role", "adviser"],
            ["staff", "add", "田中", "--role", "adviser"],
            ["staff", "add", "鈴木", "--role", "king"],
            ["staff", "letters", "--retry", "77"],
            ["run-slot", "scrub", "--at", at],
            ["run-slot", "scrub", "--at", at],
            ["run-slot", "scrub", "--at", "noon"],
            ["run-slot", "nonsense", "--at", at],
            ["doctor"],
            *(["staff", name] for name in ("inbox", "letters", "tray", "tasks")),
        )
        assert [status for status, _, _ in ran] == [0, 4, 2, 3, 0, 0, 2, 3, 0, 0, 0, 0, 0]
        assert ran[4][1].strip().endswith("run")
        assert "was run before" in ran[5][1]
        assert "database: sqlite" in ran[8][1]
        assert [said for _, said, _ in ran[9:]] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AKASHI_PUBLIC_URL", "http://shop.example"),
        ("AKASHI_DATA_KEY", "short"),
        ("AKASHI_DATABASE_URL", "mysql://x"),
        ("AKASHI_SHOP_OPENS", "late"),
        ("AKASHI_OIDC_ISSUER", "http://login.example"),
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
