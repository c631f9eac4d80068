"""Runs in Swift's own environment, never in ours: one process loads the engine, makes the rings,
and becomes four servers by forking. They end when whoever started this lets go of its standard
input.

    launch.py FOLDER ACCOUNT_PORT CONTAINER_PORT OBJECT_PORT
"""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

DEVICES = ("one", "two", "three")
SERVERS = ("account", "container", "object", "proxy")


def _rings(folder: Path, ports: dict[str, int]) -> None:
    """Each kind of row and byte lies on all three devices."""
    from swift.common.ring import RingBuilder

    for name, port in ports.items():
        builder = RingBuilder(part_power=4, replicas=len(DEVICES), min_part_hours=0)
        for number, device in enumerate(DEVICES):
            here = {"ip": "127.0.0.1", "port": port, "device": device, "weight": 1.0, "meta": ""}
            there = {f"replication_{key}": here[key] for key in ("ip", "port")}
            builder.add_dev({"id": number, "region": 1, "zone": number + 1, **here, **there})
        builder.rebalance(seed=1)
        builder.get_ring().save(str(folder / f"{name}.ring.gz"))


def _fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        # The standard input is the launcher's own sign of life.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        status = int(bool(work()))
    except Exception:  # noqa: BLE001  # a child must never go on as its parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    folder = Path(sys.argv[1])
    ports = dict(zip(SERVERS, map(int, sys.argv[2:5]), strict=False))
    _rings(folder, ports)
    # Loaded once, before the fork.
    import swift.account.server
    import swift.container.server
    import swift.obj.server
    import swift.proxy.server  # noqa: F401

    children = [_fork(lambda name=name: _serve(folder, name)) for name in SERVERS]
    # One that ends by itself ends all: who waits for the engine is told at once.
    signal.signal(signal.SIGCHLD, lambda *_: sys.exit(1))
    try:
        sys.stdin.buffer.read()
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def _serve(folder: Path, name: str) -> int:
    from swift.common.wsgi import run_wsgi

    return run_wsgi(str(folder / f"{name}.conf"), f"{name}-server", verbose=False)


if __name__ == "__main__":
    main()
