"""Films: asked for when they exist, and pushed when they arrive.

A film exists: webhook to reply at 20 a second. A film arrives: its file is closed in the hot folder
and the push LINE takes; a 20 s clip in 1080p that only needs a new box, and one that must be made
anew, where the poster with a note goes out first.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.load import Load, Plan
from bench.path import PEOPLE, UNITS, judge, seeded
from bench.processes import Server
from bench.result import Result, middle, percentile, within
from bench.setting import Setting
from bench.shop import Shop, codes, make_film
from bench.stand_in import Accepted, StandIn, standing_in

RATE = 20
FILM_SECONDS = 20
PATIENCE_SECONDS = 120.0
NEW_UNITS = 16


@dataclass(frozen=True, slots=True)
class Arrival:
    """Seconds from the closed file to the first push, and to the push with the film."""

    first: float
    film: float
    pushes: tuple[str, ...]


def run(setting: Setting) -> list[Result]:
    """One shop with a hot folder for all three."""
    with standing_in(setting.folder) as line:
        shop = seeded(setting).copy(setting.place("media"), line.base)
        hot = shop.folder / "hot"
        hot.mkdir()
        shop = replace(shop, settings={"AKASHI_HOT_FOLDERS": str(hot)})
        _list_new(shop)
        ready, anew = setting.folder / "ready.mp4", setting.folder / "anew.mov"
        make_film(ready, seconds=FILM_SECONDS, size="1920x1080")
        make_film(anew, seconds=FILM_SECONDS, size="1920x1080", codec="mpeg4")
        with shop.running() as server:
            exists = _exists(setting, server, line)
            boxed, made = [], []
            for n in range(setting.rounds):
                boxed.append(_arrives(setting, server, line, hot, ready, f"N-{20_000 + 2 * n}"))
                made.append(_arrives(setting, server, line, hot, anew, f"N-{20_001 + 2 * n}"))
    return list(_results(exists, boxed, made))


def _list_new(shop: Shop) -> None:
    """Units nobody has filmed yet."""
    rows = [f"N-{20_000 + n},watch,新入荷 {n},1980000" for n in range(NEW_UNITS)]
    file = shop.folder / "new.csv"
    file.write_text("\n".join(["code,category,title,price", *rows]) + "\n")
    shop.run("import", "items", str(file))


def _exists(setting: Setting, server: Server, line: StandIn) -> list[float]:
    """Milliseconds from webhook to reply for films that are there."""
    plan = Plan(
        port=server.port,
        tag=setting.number(),
        seconds=min(30.0, setting.seconds),
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
    crowd = plan.crowd
    return [(at[crowd.token(n)] - due) * 1000 for n, due in enumerate(report.due)]


def _arrives(
    setting: Setting, server: Server, line: StandIn, hot: Path, film: Path, code: str
) -> Arrival:
    """Somebody asks for what is not there; then the file comes."""
    plan = Plan(
        port=server.port, tag=setting.number(), seconds=1.0, rate=1.0, people=1, codes=(code,)
    )
    line.forget()
    with Load(plan, setting.folder) as load:
        report = load.go()
    if report.answered != 1 or not line.wait_for(1, seconds=PATIENCE_SECONDS):
        raise RuntimeError(f"no promise for {code}")
    shutil.copyfile(film, hot / f"{code}_01{film.suffix}")
    closed_at = time.monotonic()
    pushes = _until_film(line, closed_at + PATIENCE_SECONDS)
    return Arrival(
        pushes[0].at - closed_at,
        next(each.at for each in pushes if "video" in each.kinds) - closed_at,
        tuple(each.kinds for each in pushes),
    )


def _until_film(line: StandIn, deadline: float) -> list[Accepted]:
    while time.monotonic() < deadline:
        pushes = line.records().pushes
        if any("video" in each.kinds for each in pushes):
            return pushes
        time.sleep(0.05)
    raise RuntimeError("the film was not pushed in time")


def _results(exists: list[float], boxed: list[Arrival], made: list[Arrival]) -> Iterator[Result]:
    yield within(
        "film", f"a film exists, {RATE}/s: webhook to reply, p95", percentile(exists, 95), 300.0,
        unit="ms",
    )  # fmt: skip
    yield within(
        "film", f"{FILM_SECONDS} s 1080p, new box only: file closed to push",
        middle([each.film for each in boxed]), 5.0, unit="s",
    )  # fmt: skip
    yield within(
        "film", f"{FILM_SECONDS} s 1080p, made anew: file closed to poster and note",
        middle([each.first for each in made]), 5.0, unit="s",
    )  # fmt: skip
    is_first = all("video" not in each.pushes[0] for each in made)
    yield Result(
        "film", "made anew: file closed to film (poster and note before it)",
        middle([each.film for each in made]), "s", "poster first", is_first,
    )  # fmt: skip
