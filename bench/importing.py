"""Moving in: 40,000 pieces through `akashi import items`, the same list a second time, and 5,000
lines of every other kind.
"""

import csv
import time
from collections.abc import Callable
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
    pieces = [
        within(
            "import", f"{LINES:,} lines, new", _seconds(shop, file), LIMIT_SECONDS, unit="s"
        ),
        within(
            "import", f"{LINES:,} lines, already there", _seconds(shop, file), LIMIT_SECONDS,
            unit="s",
        ),
    ]  # fmt: skip
    return pieces + [_other(shop, kind) for kind in OTHERS]


def _other(shop: Shop, kind: str) -> Result:
    """A list of another kind, over the pieces and customers that are there by now."""
    file = shop.folder / f"{kind}.csv"
    heading, row = OTHERS[kind]
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(heading.split(","))
        writer.writerows(row(n) for n in range(OTHER_LINES))
    what = f"{OTHER_LINES:,} lines of {kind}"
    return within("import", what, _seconds(shop, file, kind), OTHER_SECONDS, unit="s")


OTHER_LINES = 5_000
OTHER_SECONDS = 5.0
_Row = Callable[[int], list[str]]
# In the order a shop moves in; orders take the pieces consignments left.
OTHERS: dict[str, tuple[str, _Row]] = {
    "customers": (
        "customer_no,family_name,given_name,email,phone,line_user_id,language",
        lambda n: [
            f"C-{n}", "佐藤", "美咲", f"c{n}@example.com", f"090{n:08d}", f"U{n:032x}", "ja",
        ],
    ),
    "partners": (
        "partner_code,name,unit_codes,rights",
        lambda n: [f"P-{n}", f"銀座リテール {n}", f"W-{100_000 + n}", "media;price"],
    ),
    "comparables": (
        "brand,model,reference,price,grade,sold_on,source",
        lambda n: [
            "Rolex", "Daytona", "116500LN", str(2_000_000 + n), "A", "2026-10-01", "auction",
        ],
    ),
    "credits": (
        "customer_no,origin,amount,issued_at",
        lambda n: [f"C-{n}", "trade_in", str(1_000 + n), "2026-06-01"],
    ),
    "consignments": (
        "unit_code,customer_no,start_on,initial_list_price",
        lambda n: [f"W-{110_000 + n}", f"C-{n}", "2026-11-01", "300000"],
    ),
    "orders": (
        "order_no,customer_no,unit_code,sold_price,ordered_at,state",
        lambda n: [f"EC-{n}", f"C-{n}", f"W-{120_000 + n}", "300000", "2026-11-01", "paid"],
    ),
    "tracking": (
        "carrier,tracking_no,event,at,order_no",
        lambda n: ["yamato", f"{400_000_000_000 + n}", "発送", "2026-11-02 15:00", f"EC-{n}"],
    ),
}  # fmt: skip


def _seconds(shop: Shop, file: Path, kind: str = "items") -> float:
    begun = time.monotonic()
    shop.run("import", kind, str(file))
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
