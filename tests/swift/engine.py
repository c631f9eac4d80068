"""Start the engine, end it, and hands that damage one of three replicas where it lies.

Nothing of Swift is imported here: it has an environment of its own (`make swift`, `.venv-swift`),
since its threads replace the standard library's. AKASHI_TEST_SWIFT names another Python with it.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from media.originals.factory import open_store
from media.originals.local import LocalStore
from media.originals.store import OriginalStore

ROOT = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("launch.py")
ACCOUNT, KEY = "akashi:shop", "of-the-shop"
BUCKET = "akashi"
PATIENCE_SECONDS = 120.0
_up: list["Swift"] = []

_SERVER = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
fallocate_reserve = 0
disable_fallocate = true
log_udp_host = 127.0.0.1
log_udp_port = 9
log_level = CRITICAL
{more}
[app:{name}-server]
use = egg:swift#{name}
{app}
"""
_S3 = """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats s3api tempauth copy slo proxy-server

[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_akashi_shop = {key} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
"""
_HOUSE = """
[swift-hash]
swift_hash_path_prefix = akashi
swift_hash_path_suffix = akashi
[storage-policy:0]
name = three
default = yes
"""


@dataclass(frozen=True, slots=True)
class Swift:
    """A running engine with one bucket. `endpoint` as AKASHI_S3_ENDPOINT wants it."""

    folder: Path
    endpoint: str

    @property
    def env(self) -> dict[str, str]:
        """Its keys, as whoever speaks to it has them in the environment."""
        return {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_REGION": "us-east-1",
        }

    def url(self) -> str:
        """A place in its bucket that nobody has used, as AKASHI_MEDIA_URL wants it."""
        return f"s3://{BUCKET}/{os.urandom(8).hex()}"

    def store(self, staging: Path) -> OriginalStore:
        """The product's own store in a place of its own; `env` must be set."""
        return open_store(self.url(), staging=staging, endpoint=self.endpoint)

    def replicas(self, content: bytes) -> list[Path]:
        """Where an object with exactly these bytes lies, in the order of the devices."""
        return sorted(
            each
            for each in (self.folder / "devices").glob("*/objects/*/*/*/*.data")
            if each.stat().st_size == len(content) and each.read_bytes() == content
        )

    def put_aside(self) -> list[Path]:
        """What the engine itself has put into quarantine."""
        return sorted((self.folder / "devices").glob("*/quarantined/objects/*/*.data"))


def is_wanted() -> bool:
    """Whether tests that may use any store are to use this one."""
    return os.environ.get("AKASHI_TEST_STORE") == "swift"


# For a test that reaches behind the store into its folder.
on_disk = pytest.mark.skipif(is_wanted(), reason="about a store on a disk")


def any_store(folder: Path) -> OriginalStore:
    """A store for tests that may use any: on this disk, or in a place of its own on the engine that
    is up.
    """
    if not is_wanted():
        return LocalStore(folder / "media")
    assert _up, "tests/media starts it"
    return _up[-1].store(folder / "staging")


def python() -> Path | None:
    """The Python that has Swift, None where nobody made it."""
    found = Path(os.environ.get("AKASHI_TEST_SWIFT") or ROOT / ".venv-swift/bin/python")
    return found if found.exists() else None


@contextlib.contextmanager
def running() -> Iterator[Swift]:
    """Four servers on loopback while the block runs. `python()` must not be None."""
    interpreter = python()
    assert interpreter is not None
    folder = Path(tempfile.mkdtemp(prefix="akashi-swift-", dir=_memory()))
    try:
        ports = _written(folder)
        command = [str(interpreter), "-I", str(LAUNCHER), str(folder), *map(str, ports[:3])]
        with (folder / "stderr").open("wb") as told:
            launcher = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=told, stderr=told, start_new_session=True
            )
        try:
            swift = Swift(folder, f"http://127.0.0.1:{ports[3]}")
            _until_it_answers(swift, launcher)
            _up.append(swift)
            yield swift
            _up.remove(swift)
        finally:
            _end(launcher)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def flip(path: Path) -> None:
    """One bit of a replica changes; its size and what the engine wrote beside it stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(content)


def _memory() -> str | None:
    """A folder in memory where it keeps the attributes the engine writes beside each file: its
    many flushes to a disk are not what is tested.
    """
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < 2 << 30:
        return None
    with tempfile.NamedTemporaryFile(dir=shared) as tried:
        try:
            os.setxattr(tried.name, b"user.akashi", b"1")
        except OSError:
            return None
    return str(shared)


def _written(folder: Path) -> list[int]:
    """Folders and settings; the ports of account, container, object and proxy."""
    for device in ("one", "two", "three"):
        (folder / "devices" / device).mkdir(parents=True)
    (folder / "swift.conf").write_text(_HOUSE)
    ports = _free_ports(4)
    user = pwd.getpwuid(os.getuid()).pw_name
    for name, port in zip(("account", "container", "object", "proxy"), ports, strict=True):
        more, app = f"[pipeline:main]\npipeline = {name}-server", ""
        if name == "proxy":
            more = _S3.format(key=KEY)
            app = "allow_account_management = true\naccount_autocreate = true"
        conf = _SERVER.format(name=name, port=port, user=user, folder=folder, more=more, app=app)
        (folder / f"{name}.conf").write_text(conf)
    return ports


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_sockets:
        ports = []
        for _ in range(count):
            taken = open_sockets.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            ports.append(int(taken.getsockname()[1]))
    return ports


def _until_it_answers(swift: Swift, launcher: "subprocess.Popen[bytes]") -> None:
    """The bucket is made as soon as all four servers are up."""
    import obstore
    from obstore.store import S3Store

    bucket = S3Store(
        BUCKET,
        endpoint=swift.endpoint,
        access_key_id=ACCOUNT,
        secret_access_key=KEY,
        client_options={"allow_http": True},
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    answer = ""
    while launcher.poll() is None and time.monotonic() < deadline:
        address = obstore.sign(bucket, "PUT", "", expires_in=timedelta(minutes=5))
        try:
            with urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=20):
                return
        except OSError as not_yet:
            answer = str(not_yet)
        time.sleep(0.05)
    told = (swift.folder / "stderr").read_text()[-2000:]
    raise RuntimeError(f"Swift does not start: {answer} {told}")


def _end(launcher: "subprocess.Popen[bytes]") -> None:
    assert launcher.stdin is not None
    launcher.stdin.close()
    try:
        launcher.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(launcher.pid, 9)
        launcher.wait(timeout=10)
