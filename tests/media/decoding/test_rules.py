"""What is done with a film, decided from its facts alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.decoding import rules
from media.decoding.rules import FilmFacts, FilmTooLong, FilmUnreadable, Remux, Transcode
from media.decoding.sniff import Format

READY = FilmFacts(
    form=Format.MP4,
    size=25_000_000,
    seconds=20.0,
    width=1920,
    height=1080,
    codec="h264",
    profile="High",
    pixels="yuv420p",
    level=40,
    frames_a_second=30.0,
    is_square=True,
    audio="aac",
)


def test_a_film_that_fits_is_only_put_into_a_new_box() -> None:
    assert rules.plan(READY) == Remux()
    assert rules.plan(replace(READY, width=1080, height=1920, form=Format.MOV)) == Remux()
    assert rules.plan(replace(READY, audio=None)) == Remux()


@pytest.mark.parametrize(
    "change",
    [
        {"codec": "hevc"},
        {"profile": "High 10"},
        {"pixels": "yuv420p10le"},
        {"pixels": "yuvj420p"},
        {"level": 42},
        {"level": None},
        {"width": 3840, "height": 2160},
        {"width": 1440, "height": 1440},
        {"audio": "pcm_s16le"},
        {"is_square": False},
        {"form": Format.MKV},
        {"size": 195_000_000},
    ],
)
def test_any_other_film_is_made_anew(change: dict[str, object]) -> None:
    assert isinstance(rules.plan(replace(READY, **change)), Transcode)


def test_a_long_film_gets_a_lower_rate_and_then_a_smaller_picture() -> None:
    anew = replace(READY, codec="hevc", width=3840, height=2160)
    short = rules.plan(anew)
    assert short == Transcode(1920, 1080, 8_000_000, slows_to_30=False, has_audio=True)
    three = rules.plan(replace(anew, seconds=300))
    assert isinstance(three, Transcode)
    assert (three.width, three.height) == (1920, 1080)
    assert three.most_bits == int(0.95 * 200_000_000 * 8 / 300) - 128_000
    twenty = rules.plan(replace(anew, seconds=1200))
    assert isinstance(twenty, Transcode)
    assert (twenty.width, twenty.height) == (1280, 720)


def test_a_film_of_half_an_hour_is_made_for_pages_alone() -> None:
    planned = rules.plan(replace(READY, seconds=1800))
    assert isinstance(planned, Transcode)
    assert planned.is_for_pages
    assert (planned.width, planned.height) == (1280, 720)
    with pytest.raises(FilmTooLong) as refused:
        rules.plan(replace(READY, seconds=30_000))
    assert refused.value.seconds == 30_000


@given(seconds=st.floats(rules.MOST_SECONDS + 1, rules.LONGEST_SECONDS))
def test_what_is_planned_for_a_page_fits_there(seconds: float) -> None:
    planned = rules.plan(replace(READY, codec="hevc", seconds=seconds))
    assert isinstance(planned, Transcode)
    assert planned.is_for_pages
    assert (planned.most_bits + 128_000) / 8 * seconds < rules.MOST_PAGE_BYTES


def test_sixty_frames_a_second_become_thirty() -> None:
    planned = rules.plan(replace(READY, frames_a_second=59.94, level=42))
    assert isinstance(planned, Transcode)
    assert planned.slows_to_30


@given(
    width=st.integers(2, 8192),
    height=st.integers(2, 8192),
    seconds=st.floats(0.1, rules.MOST_SECONDS),
)
def test_what_is_planned_always_fits_the_messenger(width: int, height: int, seconds: float) -> None:
    planned = rules.plan(replace(READY, codec="hevc", width=width, height=height, seconds=seconds))
    assert isinstance(planned, Transcode)
    assert max(planned.width, planned.height) <= 1920
    assert min(planned.width, planned.height) <= 1080
    assert planned.width % 2 == planned.height % 2 == 0
    assert planned.width <= width + 1
    assert planned.most_bits > 500_000
    assert (planned.most_bits + 128_000) / 8 * seconds < 200_000_000


REPORT = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/x/IMG_0001.MOV':
  Metadata:
    major_brand     : qt
    creation_time   : 2026-09-16T09:30:00.000000Z
    com.apple.quicktime.location.ISO6709: +35.6751+139.7500+040.000/
    com.apple.quicktime.make: Apple
    com.apple.quicktime.model: iPhone 17 Pro
    com.apple.quicktime.creationdate: 2026-09-16T18:29:58+0900
    comment         : first
                    :   Stream #0:0: Video: h264 (High), yuv420p, 99x99, 30 fps
  Duration: 00:01:05.50, start: 0.000000, bitrate: 24008 kb/s
  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), \
yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67), \
3840x2160 [SAR 1:1 DAR 16:9], 23800 kb/s, 59.98 fps, 60 tbr, 600 tbn (default)
    Side data:
      displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 189 kb/s
  Stream #0:2[0x3](und): Data: none (mebx / 0x7862656D), 0 kb/s (default)
At least one output file must be specified
"""


def test_a_phone_s_report_is_understood() -> None:
    facts = rules.read_report(REPORT, form=Format.MOV, size=9, level=None)
    assert (facts.width, facts.height, facts.seconds) == (2160, 3840, 65.5)
    assert (facts.codec, facts.profile, facts.pixels) == ("hevc", "Main 10", "yuv420p10le")
    assert (facts.audio, facts.frames_a_second) == ("aac", 59.98)
    assert facts.taken is not None
    assert facts.taken.isoformat() == "2026-09-16T18:29:58+09:00"
    assert facts.device == "Apple iPhone 17 Pro"
    assert facts.spot is not None
    assert facts.spot.latitude == 35.6751


@pytest.mark.parametrize(
    "report",
    [
        "",
        REPORT.replace("Video: hevc", "Data: hevc"),
        REPORT.replace("00:01:05.50", "N/A"),
        REPORT.replace("3840x2160", "none"),
        REPORT.replace("3840x2160", "16384x16384"),
        REPORT.replace("59.98 fps", "59.98 fps (attached pic)"),
    ],
)
def test_a_report_without_a_film_is_refused(report: str) -> None:
    with pytest.raises(FilmUnreadable):
        rules.read_report(report, form=Format.MOV, size=9, level=None)


def test_pixels_that_are_not_square_are_stretched() -> None:
    report = REPORT.replace("3840x2160 [SAR 1:1", "1440x1080 [SAR 4:3").replace("-90.00", "0.00")
    facts = rules.read_report(report, form=Format.MP4, size=9, level=40)
    assert (facts.width, facts.height, facts.is_square) == (1920, 1080, False)
