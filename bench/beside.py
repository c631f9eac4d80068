"""The chat while a long film is made anew: the slowest of twenty answers takes at most twice as
long as without it (acceptance check 14), both in turns, on the same server. And how soon the
program is gone when making a film is stopped (acceptance check 13).
"""

import contextlib
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

from bench.load import Load, Plan
from bench.path import PEOPLE, UNITS, judge, seeded
from bench.processes import Server
from bench.result import Result, against, middle, percentile, within
from bench.setting import Setting
from bench.shop import codes, make_film
from bench.stand_in import StandIn, standing_in
from media.decoding import ffmpeg, rules
from media.decoding.runner import DecodingCancelled

RATE = 20
FILM_SECONDS, SIZE = 60, "3840x2160"
PATIENCE_SECONDS = 120.0
MOST = 2.0
_ENCODER = b"libx264"


def run(setting: Setting) -> list[Result]:
    """One shop with a hot folder; each round has a film of its own."""
    with standing_in(setting.folder) as line:
        shop = seeded(setting).copy(setting.place("beside"), line.base)
        hot = shop.folder / "hot"
        hot.mkdir()
        shop = replace(shop, settings={"AKASHI_HOT_FOLDERS": str(hot)})
        film = setting.folder / "long.mov"
        make_film(film, seconds=FILM_SECONDS, size=SIZE, codec="mpeg4")
        idle, busy = [], []
        with shop.running() as server:
            for n in range(setting.rounds):
                idle.append(percentile(_answers(setting, server, line), 95))
                # Other bytes each time: what is there already is not made again.
                path = hot / f"{codes(UNITS)[n]}_90.mov"
                shutil.copyfile(film, path)
                with path.open("ab") as file:
                    file.write(b"\0\0\0\x0cfree" + n.to_bytes(4, "big"))
                _until_made(shop.folder, is_begun=True)
                busy.append(percentile(_answers(setting, server, line), 95))
                if not _encoders(shop.folder):
                    raise RuntimeError("the film was done before the questions were")
                _until_made(shop.folder, is_begun=False)
    told = f"{RATE}/s while a film of {FILM_SECONDS} s in 4K is made anew: webhook to reply, p95"
    stopped = middle([_stopped(film, setting.place("stopped")) for _ in range(setting.rounds)])
    return [
        against("film", told, middle(busy), middle(idle), unit="ms", at_most=MOST),
        within("film", "making it is stopped: until its program is gone", stopped, 500, unit="ms"),
    ]


def _stopped(film: Path, folder: Path) -> float:
    """Milliseconds from the wish to the end of the program and of what it had written."""
    folder.mkdir()
    program = ffmpeg.find(None)
    facts = ffmpeg.look(program, film)
    stop = threading.Event()
    wished = []

    def heard(_: bytes) -> None:
        if not stop.is_set():
            wished.append(time.monotonic())
            stop.set()

    with contextlib.suppress(DecodingCancelled):
        target = folder / "film.mp4"
        ffmpeg.make(program, film, facts, rules.plan(facts), target, cancel=stop, heard=heard)
    took = (time.monotonic() - wished[0]) * 1000
    if list(folder.iterdir()) or _encoders(folder):
        raise RuntimeError("something is left of a film that was stopped")
    return took


def _answers(setting: Setting, server: Server, line: StandIn) -> list[float]:
    """Milliseconds from webhook to reply."""
    plan = Plan(
        port=server.port,
        tag=setting.number(),
        seconds=min(20.0, setting.seconds),
        rate=RATE,
        people=PEOPLE,
        codes=codes(UNITS),
    )
    line.forget()
    with Load(plan, setting.folder) as load:
        report = load.go()
        line.wait_for(report.answered, seconds=PATIENCE_SECONDS)
        records = line.records()
    answers = judge(plan, report, records)
    if answers.lost or answers.not_kept:
        raise RuntimeError(f"{answers.lost} lost, {answers.not_kept} not kept")
    at = {each.to: each.at for each in records.replies}
    return [(at[plan.crowd.token(n)] - due) * 1000 for n, due in enumerate(report.due)]


def _until_made(folder: Path, *, is_begun: bool) -> None:
    deadline = time.monotonic() + 5 * PATIENCE_SECONDS
    while bool(_encoders(folder)) is not is_begun:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the film was never {'begun' if is_begun else 'done'}")
        time.sleep(0.05)


def _encoders(folder: Path) -> list[int]:
    """The programs that make a film of this shop anew now."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                command = (each / "cmdline").read_bytes()
            except OSError:
                continue
            if _ENCODER in command and str(folder).encode() in command:
                found.append(int(each.name))
    return found
