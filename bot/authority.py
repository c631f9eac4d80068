"""The time-stamping authority over HTTP (RFC 3161, 3.4): one POST to `TSA_URL` a checkpoint."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable

from media.log import stamping
from media.log.stamping import LONGEST_ANSWER, AuthorityUnavailable

PATIENCE_SECONDS = 10.0


class HttpAuthority:
    """Asks the address of the settings, and no other."""

    def __init__(self, url: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._seconds = seconds

    def stamp(self, content: bytes) -> bytes:
        asked, nonce = stamping.question(content)
        answer = self.ask(asked)
        stamping.need_stamp_of(answer, content, nonce=nonce)
        return answer

    def ask(self, asked: bytes) -> bytes:
        request = urllib.request.Request(
            self._url,
            data=asked,
            headers={
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
                "User-Agent": "akashi",
            },
            method="POST",
        )
        try:
            with _OPENER(request, timeout=self._seconds) as told:
                answer = told.read(LONGEST_ANSWER + 1)
        except urllib.error.HTTPError as refused:
            refused.close()
            raise AuthorityUnavailable(f"HTTP {refused.code}") from None
        except (OSError, http.client.HTTPException) as broken:
            raise AuthorityUnavailable(type(broken).__name__) from None
        if len(answer) > LONGEST_ANSWER:
            raise AuthorityUnavailable("answered too much")
        return answer


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """An authority that sends us elsewhere is not the one that was set."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER: Callable[..., http.client.HTTPResponse] = urllib.request.build_opener(_NoDetour()).open
