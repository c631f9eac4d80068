"""A picture of 24 megapixels: its file is closed in the hot folder, and who waits for it gets it in
the chat; beside what decoding it and making its two pictures takes alone.
"""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyvips

from bench.load import Load, Plan
from bench.processes import ROOT, Server
from bench.result import Result, middle
from bench.setting import Setting
from bench.shop import Shop, open_shop, seed
from bench.stand_in import StandIn, standing_in

WIDTH, HEIGHT = 6_000, 4_000
UNITS, PEOPLE = 20, 2
MOST_SECONDS = 1.5
PATIENCE_SECONDS = 120.0
WARM_UP = 1

_BARE = """
import json, sys, time
import pyvips
pyvips.cache_set_max(0)
began = time.monotonic()
full = pyvips.Image.thumbnail(sys.argv[1], 2048, height=2048, size="down").copy_memory()
full.jpegsave_buffer(Q=88, keep="icc", optimize_coding=True)
full.thumbnail_image(800, height=800).jpegsave_buffer(Q=88, keep="icc", optimize_coding=True)
print(json.dumps(time.monotonic() - began))
"""


def run(setting: Setting) -> list[Result]:
    """One picture a round, each of other bytes and for a piece nobody has captured yet."""
    picture = _picture(setting.folder / "large.jpg")
    rounds = WARM_UP + max(3, setting.rounds)
    with standing_in(setting.folder) as line:
        shop = open_shop(setting.place("capturing"), line.base)
        seed(shop, units=UNITS, people=PEOPLE)
        hot = shop.folder / "hot"
        hot.mkdir()
        shop = replace(shop, settings={"AKASHI_HOT_FOLDERS": f"desk={hot}"})
        _list_new(shop, rounds)
        took, bare = [], []
        with shop.running() as server:
            for n in range(rounds):
                bare.append(_alone(picture))
                took.append(_arrives(setting, server, line, hot, picture, n))
    figure, reference = middle(took[WARM_UP:]), middle(bare[WARM_UP:])
    return [
        Result(
            "drop", "24 MP JPEG: file closed to picture in chat; decode and thumbnails alone",
            figure, "s", f"≤ {MOST_SECONDS:g} s", figure <= MOST_SECONDS, reference,
            figure / reference,
        )
    ]  # fmt: skip


def _list_new(shop: Shop, count: int) -> None:
    rows = [f"P-{30_000 + n},watch,新入荷 {n},1980000" for n in range(count)]
    file = shop.folder / "new.csv"
    file.write_text("\n".join(["code,category,title,price", *rows]) + "\n")
    shop.run("import", "items", str(file))


def _picture(path: Path) -> Path:
    """Waves and a camera's noise."""
    noise = pyvips.Image.gaussnoise(WIDTH, HEIGHT, mean=128, sigma=8)
    waves = (pyvips.Image.xyz(WIDTH, HEIGHT)[0] * 0.01).sin() * 60
    image = (noise + waves).bandjoin([noise + waves * 0.5, noise - waves])
    image.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=88)
    return path


def _alone(picture: Path) -> float:
    command = [sys.executable, "-I", "-c", _BARE, str(picture)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=120)
    return float(json.loads(done.stdout))


def _arrives(
    setting: Setting, server: Server, line: StandIn, hot: Path, picture: Path, n: int
) -> float:
    """Seconds from the closed file to the push with the picture."""
    code = f"P-{30_000 + n}"
    plan = Plan(
        port=server.port, tag=setting.number(), seconds=1.0, rate=1.0, people=1, codes=(code,),
        wanted="写真",
    )  # fmt: skip
    line.forget()
    with Load(plan, setting.folder) as load:
        report = load.go()
    if report.answered != 1 or not line.wait_for(1, seconds=PATIENCE_SECONDS):
        raise RuntimeError(f"no promise for {code}")
    content = picture.read_bytes()
    remark = f"round {n}".encode()
    comment = b"\xff\xfe" + (2 + len(remark)).to_bytes(2, "big") + remark
    with (hot / f"{code}_01.jpg").open("wb") as file:
        file.write(content[:2] + comment + content[2:])
    closed_at = time.monotonic()
    while time.monotonic() < closed_at + PATIENCE_SECONDS:
        for each in line.records().pushes:
            if "image" in each.kinds:
                return each.at - closed_at
        time.sleep(0.02)
    raise RuntimeError("the picture was not pushed in time")
