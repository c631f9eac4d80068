"""The jail itself: what a program in it may use, see and reach."""

import resource
import socket
import sys
import threading
from pathlib import Path

import pytest

from media.decoding.runner import DecoderMissing, DecodingCancelled, Finished, Limits, run

ROOMY = Limits(cpu_seconds=20, wall_seconds=20, memory_bytes=2**30, file_bytes=10_000_000)


def python(code: str, limits: Limits = ROOMY, cancel: threading.Event | None = None) -> Finished:
    return run([sys.executable, "-I", "-S", "-c", code], limits=limits, cancel=cancel)


def test_what_it_says_comes_back() -> None:
    finished = python("import sys; print('answer'); print('complaint', file=sys.stderr)")
    assert finished.went_well
    assert (finished.answer, finished.complaint) == (b"answer\n", "complaint\n")


def test_it_has_no_environment_and_a_lower_priority() -> None:
    finished = python("import os; print(dict(os.environ), os.nice(0), os.getsid(0) == os.getpid())")
    words = finished.answer.decode()
    assert "HOME" not in words
    assert "PATH" not in words
    assert words.strip().endswith("True")


def test_it_cannot_write_more_than_it_may(tmp_path: Path) -> None:
    limits = Limits(20, 20, 2**30, 1000)
    code = f"with open({str(tmp_path / 'x')!r}, 'wb') as out: out.write(bytes(5000))"
    finished = python(code, limits)
    assert not finished.went_well
    assert (tmp_path / "x").stat().st_size <= 1000


def test_it_cannot_take_more_memory_than_it_may() -> None:
    finished = python("bytes(900_000_000)", Limits(20, 20, 400_000_000, 1000))
    assert not finished.went_well


def test_it_ends_when_its_time_is_over() -> None:
    finished = python("import time; time.sleep(60)", Limits(20, 0.3, 2**30, 1000))
    assert finished.ran_too_long
    assert finished.code < 0
    assert not python("while True: pass", Limits(1, 20, 2**30, 1000)).went_well


def test_it_can_be_stopped() -> None:
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    with pytest.raises(DecodingCancelled):
        python("import time; time.sleep(60)", cancel=stop)


def test_closing_its_mouth_does_not_save_it() -> None:
    code = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    assert python(code, Limits(20, 0.5, 2**30, 1000)).ran_too_long


def test_an_endless_talker_is_heard_only_so_far() -> None:
    line = "sys.stdout.write('x' * 1000); sys.stderr.write('y' * 1000)"
    code = f"import sys\nfor _ in range(3000): {line}"
    finished = python(code)
    assert len(finished.answer) == 1024 * 1024
    assert len(finished.complaint) == 64 * 1024


def test_a_program_that_is_not_there_is_missing(tmp_path: Path) -> None:
    script = tmp_path / "no_interpreter"
    script.write_text("#!/nowhere/at/all\n")
    script.chmod(0o755)
    for path in (tmp_path / "absent", tmp_path, script):
        with pytest.raises(DecoderMissing):
            run([str(path)], limits=ROOMY)


def test_it_reaches_no_network_where_the_kernel_allows_to_forbid_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        call = f"socket.create_connection(('127.0.0.1', {port}), 2)"
        code = f"import socket; {call}; print('through')"
        probe = "import ctypes; print(ctypes.CDLL(None).unshare(0x50000000))"
        can_forbid = python(probe).answer.strip() == b"0"
        if not can_forbid:
            pytest.skip("this kernel forbids network namespaces to us")
        assert b"through" not in python(code).answer


def test_our_own_limits_stay_as_they_were() -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    python("pass")
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before
