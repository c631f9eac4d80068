"""Moving in: 40,000 lines through `akashi import items`, and the same list a second time."""

import csv
import time
from pathlib import Path

from bench.result import Result, within
from bench.setting import Setting
from bench.shop import Shop, open_shop

LINES = 40_000
LIMIT_SECONDS = 60.0
_BRANDS = (
    ("Rolex", "Daytona"), ("Rolex", "Submariner"), ("Omega", "Speedmaster"), ("Cartier", "Tank"),
    ("Patek Philippe", "Nautilus"), ("Audemars Piguet", "Royal Oak"), ("Seiko", "Grand Seiko"),
)  # fmt: skip


def run(setting: Setting) -> list[Result]:
    """Once new, once already there."""
    shop = open_shop(setting.place("importing"))
    file = shop.folder / "items.csv"
    _write(file)
    return [
        within(
            "import", f"{LINES:,} lines, new", _seconds(shop, file), LIMIT_SECONDS, unit="s"
        ),
        within(
            "import", f"{LINES:,} lines, already there", _seconds(shop, file), LIMIT_SECONDS,
            unit="s",
        ),
    ]  # fmt: skip


def _seconds(shop: Shop, file: Path) -> float:
    begun = time.monotonic()
    shop.run("import", "items", str(file))
    return time.monotonic() - begun


def _write(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(
            ["code", "category", "title", "price", "brand", "model", "reference", "grade"]
        )
        for n in range(LINES):
            brand, model = _BRANDS[n % len(_BRANDS)]
            writer.writerow(
                [
                    f"W-{100_000 + n}", "watch", f"{brand} {model} 腕時計 {n}",
                    1_000 * (n % 5_000 + 1), brand, model, f"{116_000 + n // 3}LN", "AB",
                ]
            )  # fmt: skip
