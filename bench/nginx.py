"""nginx on loopback, sending media as `deploy/nginx.conf` has it, in front of an application."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

DEPLOYED = Path(__file__).parents[1] / "deploy/nginx.conf"
MEDIA_OF_THE_EXAMPLE = "/var/lib/akashi/media/"
PATIENCE_SECONDS = 60.0

_CONF = """
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    {temporary}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    upstream akashi {{ server 127.0.0.1:{behind} max_fails=0; keepalive 32; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://akashi; }}
        {media}
        {more}
    }}
}}
"""


def program() -> str | None:
    """Where it is installed; Debian keeps it out of an ordinary PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def running(folder: Path, media: Path, behind: int, *, more: str = "") -> Iterator[int]:
    """Its port. `behind` is the application's. `program()` must not be None; `more` is further text
    for the server's block.
    """
    found = program()
    assert found is not None
    folder.mkdir(parents=True)
    port = _free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    conf = _CONF.format(
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        temporary=" ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds),
        port=port,
        behind=behind,
        media=media_locations().replace(MEDIA_OF_THE_EXAMPLE, f"{media}/"),
        more=more,
    )
    (folder / "nginx.conf").write_text(conf)
    command = [found, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told)
    try:
        _until_it_listens(process, port, folder)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def media_locations() -> str:
    """The part of the example that sends media, word for word."""
    found = re.findall(r"^    location /_media/\S* \{.*?\}$", DEPLOYED.read_text(), re.M | re.S)
    assert len(found) == 2
    return "\n".join(found)


def _until_it_listens(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nginx does not start: {(folder / 'told').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
