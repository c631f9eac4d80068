"""A small object service that speaks enough of S3 for the store's contract, on loopback.

Whole and multipart uploads, conditional creation, copies, lists, ranges, HEAD and DELETE.
Signatures are not checked; a real service is used instead where AKASHI_TEST_S3_ENDPOINT names one.
"""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_ISO = "2026-11-22T05:00:00.000Z"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'


class _Service(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Service

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_PUT(self) -> None:
        key, query = self._asked()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "x-amz-copy-source" in self.headers:
            self._copy(key, unquote(self.headers["x-amz-copy-source"]))
            return
        with self.server.lock:
            if "uploadId" in query:
                self.server.parts[query["uploadId"]][int(query["partNumber"])] = body
            elif self.headers.get("If-None-Match") == "*" and key in self.server.objects:
                self._answer(412, self._error("PreconditionFailed"))
                return
            else:
                self.server.objects[key] = body
        self._answer(200, b"", ETag=_etag(body))

    def _copy(self, key: str, source: str) -> None:
        with self.server.lock:
            content = self.server.objects.get(f"/{source.lstrip('/')}")
            if content is not None:
                self.server.objects[key] = content
        if content is None:
            self._answer(404, self._error("NoSuchKey"))
            return
        told = f"<ETag>{_etag(content)}</ETag><LastModified>{_ISO}</LastModified>"
        self._answer(200, f"{_XML}<CopyObjectResult>{told}</CopyObjectResult>".encode())

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        """In pages of three, so that whoever lists has to ask again."""
        begins = f"/{bucket}/"
        after = query.get("continuation-token", "")
        with self.server.lock:
            found = sorted(
                (key.removeprefix(begins), len(content))
                for key, content in self.server.objects.items()
                if key.startswith(begins + query.get("prefix", ""))
            )
        left = [(key, size) for key, size in found if key > after]
        page, more = left[:3], len(left) > 3
        told = "".join(
            f"<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>{_ISO}</LastModified>"
            f"<ETag>&quot;x&quot;</ETag></Contents>"
            for key, size in page
        )
        token = f"<NextContinuationToken>{page[-1][0]}</NextContinuationToken>" if more else ""
        flags = f"<IsTruncated>{str(more).lower()}</IsTruncated><KeyCount>{len(page)}</KeyCount>"
        answer = f"{_XML}<ListBucketResult>{flags}{token}{told}</ListBucketResult>"
        self._answer(200, answer.encode())

    def do_POST(self) -> None:
        key, query = self._asked()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            if "delete" in query:
                keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
                for each in keys:
                    self.server.objects.pop(f"{key.rstrip('/')}/{each}", None)
                told = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in keys)
                name = "DeleteResult"
            elif "uploads" in query:
                upload = str(len(self.server.parts) + 1)
                self.server.parts[upload] = {}
                told = f"<UploadId>{upload}</UploadId>"
                name = "InitiateMultipartUploadResult"
            else:
                parts = self.server.parts.pop(query["uploadId"])
                self.server.objects[key] = b"".join(parts[number] for number in sorted(parts))
                told = f"<ETag>{_etag(self.server.objects[key])}</ETag>"
                name = "CompleteMultipartUploadResult"
        self._answer(200, f"{_XML}<{name}>{told}</{name}>".encode())

    def do_GET(self) -> None:
        key, query = self._asked()
        if "list-type" in query:
            self._list(key.strip("/"), query)
            return
        content = self.server.objects.get(key)
        if content is None:
            self._answer(404, self._error("NoSuchKey"))
            return
        etag = _etag(content)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if wanted is None:
            self._answer(200, content, ETag=etag)
            return
        start = int(wanted[1])
        stop = min(int(wanted[2]) + 1 if wanted[2] else len(content), len(content))
        told = f"bytes {start}-{stop - 1}/{len(content)}"
        self._answer(206, content[start:stop], ETag=etag, **{"Content-Range": told})

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        key, _ = self._asked()
        with self.server.lock:
            self.server.objects.pop(key, None)
        self._answer(204, b"")

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        return unquote(parts.path), {name: values[0] for name, values in query.items()}

    def _error(self, code: str) -> bytes:
        return f"{_XML}<Error><Code>{code}</Code></Error>".encode()

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 05:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@contextlib.contextmanager
def s3_service() -> Iterator[str]:
    """Runs while the block does; its address."""
    service = _Service()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{service.server_address[1]}"
    finally:
        service.shutdown()
        thread.join(timeout=5)
        service.server_close()
