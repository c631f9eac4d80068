"""Films through the real program in the jail; hostile ones reach nothing outside."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.decoding import ffmpeg, rules
from media.decoding.rules import FilmUnreadable, Remux, Transcode
from media.decoding.runner import DecoderMissing, DecodingCancelled
from media.decoding.sniff import NotAPicture
from tests.media import captures

SECRETS = (b"+35.6", b"2026", b"Lavf")


@pytest.fixture(scope="module")
def program() -> str:
    return ffmpeg.find()


@pytest.fixture
def trap() -> Iterator[tuple[int, list[object]]]:
    """A listener that must never hear anything."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    visitors.append(listener.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield listener.getsockname()[1], visitors
        is_over.set()
        thread.join()


def test_a_ready_film_is_put_into_a_new_box_without_place_and_time(
    program: str, ready_film: Path, tmp_path: Path
) -> None:
    facts = ffmpeg.look(program, ready_film)
    assert facts.taken is not None
    assert facts.spot is not None
    what = rules.plan(facts)
    assert what == Remux()
    made = ffmpeg.make(program, ready_film, facts, what, tmp_path / "out.mp4")
    assert (made.width, made.height) == (640, 360)
    content = made.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert [secret for secret in SECRETS if secret in content] == []


def test_another_film_is_made_anew_and_its_poster_has_its_shape(
    program: str, other_film: Path, tmp_path: Path
) -> None:
    facts = ffmpeg.look(program, other_film)
    what = rules.plan(facts)
    assert isinstance(what, Transcode)
    heard: list[bytes] = []
    made = ffmpeg.make(program, other_film, facts, what, tmp_path / "out.mp4", heard=heard.append)
    again = ffmpeg.look(program, made.path)
    assert (again.codec, again.pixels, again.audio) == ("h264", "yuv420p", "aac")
    assert again.level is not None
    assert again.level <= 41
    assert b"progress=end" in b"".join(heard)
    size = ffmpeg.poster(program, other_film, facts, tmp_path / "poster.jpg")
    assert size == (640, 360)
    assert (tmp_path / "poster.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert (tmp_path / "poster.jpg").stat().st_size < 1_000_000


def test_a_text_named_like_a_film_reaches_no_decoder(tmp_path: Path) -> None:
    path = tmp_path / "W-10234.mp4"
    path.write_text("no film")
    with pytest.raises(NotAPicture):
        ffmpeg.look("/nowhere/ffmpeg", path)


MP4_HEAD = b"\0\0\0\x18ftypisom\0\0\2\0isommp41"
MKV_HEAD = b"\x1a\x45\xdf\xa3matroska"


@pytest.mark.parametrize("disguise", [b"", MP4_HEAD, MKV_HEAD])
def test_a_playlist_named_like_a_film_calls_nobody(
    program: str, tmp_path: Path, trap: tuple[int, list[object]], disguise: bytes
) -> None:
    port, visitors = trap
    path = tmp_path / "W-10234.mp4"
    playlist = f"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:{port}/x.ts\nfile:///etc/passwd\n"
    path.write_bytes(disguise + playlist.encode())
    with pytest.raises((NotAPicture, FilmUnreadable)):
        ffmpeg.look(program, path)
    assert visitors == []


def test_a_cut_off_film_is_unreadable(program: str, ready_film: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(ready_film.read_bytes()[:20_000])
    with pytest.raises(FilmUnreadable) as refused:
        ffmpeg.look(program, path)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("name", ["-y out.mp4", "http:x.mp4", "a b'c%d.mp4", "動画.mp4"])
def test_a_strange_name_is_only_a_name(
    program: str, ready_film: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(ready_film.read_bytes())
    facts = ffmpeg.look(program, path)
    ffmpeg.make(program, path, facts, Remux(), tmp_path / "out.mp4")


def test_a_missing_program_is_said(tmp_path: Path, ready_film: Path) -> None:
    with pytest.raises(DecoderMissing):
        ffmpeg.find(str(tmp_path / "ffmpeg"))
    with pytest.raises(DecoderMissing):
        ffmpeg.look(str(tmp_path / "ffmpeg"), ready_film)


def test_a_film_being_made_can_be_stopped_and_leaves_nothing(program: str, tmp_path: Path) -> None:
    codec = ("-c:v", "mpeg4")
    long = captures.film(tmp_path / "long.avi", size="1280x720", seconds=20, codec=codec)
    facts = ffmpeg.look(program, long)
    what = rules.plan(facts)
    stop = threading.Event()
    target = tmp_path / "out.mp4"
    with pytest.raises(DecodingCancelled):
        ffmpeg.make(program, long, facts, what, target, cancel=stop, heard=lambda _: stop.set())
    assert not target.exists()
