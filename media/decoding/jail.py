"""The launcher every decoder is started by: lower it, limit it, cut it off, then become it.

Run as `python -I -S jail.py --cpu SECONDS --as BYTES --fsize BYTES -- PROGRAM ARGUMENT…`. Standard
library only, so that it starts fast and imports nothing of ours. The program gets an empty
environment, no network where the kernel allows that, no core file, and dies with the process that
started it.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys

CANNOT_START = 127
_NICENESS = 10
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def _limit(what: int, amount: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(what, (amount, amount))


def _step_back() -> None:
    """Behind whoever answers people. A session of its own is a scheduling group of its own, outside
    of which niceness counts for nothing: where the kernel makes such groups, this one steps back.
    """
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        group = os.open("/proc/self/autogroup", os.O_WRONLY)
        os.write(group, str(_NICENESS).encode())
        os.close(group)


def _cut_off() -> None:
    """Best effort: a container may forbid namespaces; then the decoder's own whitelists remain."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def main(arguments: list[str]) -> int:
    """Become the program; returns only when it could not be started."""
    split = arguments.index("--")
    limits = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    command = arguments[split + 1 :]
    if os.getsid(0) != os.getpid():
        os.setsid()
    _step_back()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, int(limits["--cpu"]))
    _limit(resource.RLIMIT_FSIZE, int(limits["--fsize"]))
    _cut_off()
    _limit(resource.RLIMIT_AS, int(limits["--as"]))
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and that is inherited
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execve(command[0], command, {})
    except OSError as broken:
        os.write(2, f"cannot start {command[0]}: {broken.strerror}\n".encode())
    return CANNOT_START


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
