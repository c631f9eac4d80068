"""`python -m bench [NAME…] [--quick]`: measure, then print one table. Exit status 1 when a promise
was missed.
"""

import argparse
import importlib
import sys

from bench.result import Result, table
from bench.setting import opened

NAMES = (
    "intake",
    "path",
    "crash",
    "start",
    "media",
    "capturing",
    "beside",
    "tiles",
    "serving",
    "making",
    "uploads",
    "fixity",
    "importing",
    "search",
    "expiry",
    "understanding",
    "desk",
    "consoles",
    "screen",
    "staff",
    "log",
)


def main() -> int:
    """Run the named benches, all by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="one short round instead of three")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"no bench named {', '.join(sorted(unknown))}")
    results: list[Result] = []
    with opened(quick=given.quick) as setting:
        for name in given.names or NAMES:
            print(f"{name} …", file=sys.stderr, flush=True)
            results.extend(importlib.import_module(f"bench.{name}").run(setting))
    print(table(results))
    return 0 if all(result.is_met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
