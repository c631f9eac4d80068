"""What every time-stamping authority must do: over HTTP against `openssl ts` on loopback."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.authority import HttpAuthority
from media.log import stamping
from media.log.stamping import AuthorityUnavailable, TimestampAuthority
from tests import authority as authorities
from tests.authority import Authority

NOTE = "shop.example/akashi\n3\nAAAA\n\n— x y\n".encode()


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authorities.opened(authorities.founded(tmp_path_factory.mktemp("tsa"))) as opened:
        yield opened


@pytest.fixture(params=["http"])
def asked(stand_in: Authority) -> Iterator[TimestampAuthority]:
    stand_in.mood = "well"
    yield HttpAuthority(stand_in.url)
    stand_in.mood = "well"


def test_its_stamp_is_of_the_content_and_openssl_takes_it(
    asked: TimestampAuthority, stand_in: Authority, tmp_path: Path
) -> None:
    answer = asked.stamp(NOTE)
    (tmp_path / "note").write_bytes(NOTE)
    (tmp_path / "tsr").write_bytes(answer)
    command = ["openssl", "ts", "-verify", "-data", "note", "-in", "tsr", "-CAfile"]
    subprocess.run([*command, str(stand_in.root)], cwd=tmp_path, check=True, capture_output=True)
    assert stamping.certificates_of(answer).count("BEGIN CERTIFICATE") == 2
    with pytest.raises(AuthorityUnavailable, match="something else"):
        stamping.need_stamp_of(answer, b"another", nonce=None)


@pytest.mark.parametrize(
    ("mood", "reason"),
    [("down", "HTTP 503"), ("mistaken", "something else"), ("babbling", "something else"),
     ("endless", "too much"), ("elsewhere", "HTTP 302")],
)  # fmt: skip
def test_what_is_no_stamp_of_it_is_unavailable(
    asked: TimestampAuthority, stand_in: Authority, mood: str, reason: str
) -> None:
    stand_in.mood = mood
    with pytest.raises(AuthorityUnavailable, match=reason):
        asked.stamp(NOTE)


def test_nobody_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(AuthorityUnavailable):
        HttpAuthority(f"http://127.0.0.1:{port}", seconds=2).stamp(NOTE)
