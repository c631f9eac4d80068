"""What became of a call to a platform (送信の成否): whether one that failed may have arrived,
because that decides if it may be made again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from catalog.ground.errors import Unavailable


class NeverLeft(Unavailable):
    """No connection could be made: certainly nothing arrived."""


class NoAnswer(Unavailable):
    """The request may have arrived, the answer did not."""


@contextmanager
def end_known() -> Iterator[None]:
    """Whatever aiohttp raises within, told as NeverLeft or NoAnswer."""
    import aiohttp

    try:
        yield
    except (
        aiohttp.ClientConnectorError,
        aiohttp.ConnectionTimeoutError,
        aiohttp.InvalidURL,
    ) as error:
        raise NeverLeft(type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(type(error).__name__) from None
