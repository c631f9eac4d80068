"""A time-stamping authority on loopback: `openssl ts` behind HTTP, with a root of its own. It may
be told to be down, to stamp something else, or to babble.
"""

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*words: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(
        ["openssl", *words], input=given, check=True, capture_output=True, timeout=60
    )
    return done.stdout


@dataclass
class Authority:
    """`mood`: how it answers. `asked`: how often it was."""

    folder: Path
    url: str = ""
    mood: str = "well"
    asked: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    @property
    def root(self) -> Path:
        """The certificate outsiders trust."""
        return self.folder / "ca.pem"

    def reply(self, question: bytes) -> bytes:
        """What `openssl ts` says to it."""
        with self._one_at_a_time:
            asked, answer = self.folder / "asked.tsq", self.folder / "answer.tsr"
            asked.write_bytes(question)
            config = str(self.folder / "tsa.cnf")
            _openssl("ts", "-reply", "-config", config, "-queryfile", str(asked), "-out",
                     str(answer))  # fmt: skip
            return answer.read_bytes()

    def stamp_of(self, content: bytes) -> bytes:
        """A stamp of any content, as somebody else might get one."""
        path = self.folder / "content"
        path.write_bytes(content)
        words = ("-query", "-data", str(path), "-sha256", "-cert")
        return self.reply(_openssl("ts", *words))


def founded(folder: Path) -> Authority:
    """A new authority with its root; it answers nobody yet."""
    folder.mkdir(parents=True, exist_ok=True)
    at = {name: str(folder / name) for name in ("ca.key", "ca.pem", "tsa.key", "tsa.csr")}
    _openssl("req", "-x509", *_KEY, "-keyout", at["ca.key"], "-out", at["ca.pem"], "-days", "3650",
             "-subj", "/CN=Root of the test")  # fmt: skip
    _openssl("req", *_KEY, "-keyout", at["tsa.key"], "-out", at["tsa.csr"], "-subj", "/CN=Stamps")
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\n")
    _openssl("x509", "-req", "-in", at["tsa.csr"], "-CA", at["ca.pem"], "-CAkey", at["ca.key"],
             "-CAcreateserial", "-out", str(folder / "tsa.pem"), "-days", "3650",
             "-extfile", str(folder / "ext"))  # fmt: skip
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    return Authority(folder)


@contextlib.contextmanager
def opened(authority: Authority) -> Iterator[Authority]:
    """It answers on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.mood == "down":
                self.send_error(503)
                return
            if authority.mood == "elsewhere":
                self.send_response(302)
                self.send_header("Location", f"{authority.url}/other")
                self.end_headers()
                return
            answer = {
                "well": lambda: authority.reply(question),
                "mistaken": lambda: authority.stamp_of(b"something else"),
                "babbling": lambda: b"good morning",
                "endless": lambda: bytes(200_000),
            }[authority.mood]()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
