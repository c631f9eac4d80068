"""`akashi demo` before it opens: a port that is taken, a folder in use; and what it prints."""

import fcntl
import socket
from pathlib import Path

import pytest

from bot.cli import demo
from bot.cli.demo import Place
from bot.cli.main import main


def test_a_busy_port_is_one_clear_line_and_nothing_is_seeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        port = str(taken.getsockname()[1])
        main(["demo", "--port", port])
    assert ended.value.code == 5
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"akashi: cannot listen on 127.0.0.1:{port}; is something else using it?",
    ]
    assert not (tmp_path / "var").exists()


def test_two_demos_do_not_share_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    demo.FOLDER.mkdir(parents=True)
    with (demo.FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            main(["demo", "--port", str(port)])
    assert ended.value.code == 4
    assert "another demo is running" in capsys.readouterr().err


def test_the_guide_names_the_page_the_folder_and_three_things_to_say(tmp_path: Path) -> None:
    told = demo.guide(Place(tmp_path, "0.0.0.0", 8100))
    assert "http://127.0.0.1:8100/simulator" in told
    assert str(tmp_path / "hotfolder") in told
    for words in demo.HINTS["misaki"]:
        assert words in told
