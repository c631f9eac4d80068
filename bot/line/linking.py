"""LINE's account link: who proved themselves on our page goes on to LINE, which asks the person of
this very chat and tells us by an event (LINE documentation, "User account linking").

The link token is LINE's for one user id; whoever opens the dialog as somebody else is refused
there. So a page passed on to another links nobody.
"""

from urllib.parse import quote, urlencode, urlsplit

from bot.line.api import LineApi
from bot.line.wire import LineTrouble

_API = "https://api.line.me"
_DIALOG = "https://access.line.me"


class LineLink:
    """Carries a nonce to LINE's own dialog."""

    def __init__(self, api: LineApi) -> None:
        self._api = api

    @property
    def _base(self) -> str:
        """Where the dialog is: beside the API wherever that is not LINE's own."""
        return _DIALOG if self._api.base == _API else self._api.base

    @property
    def origin(self) -> str:
        """The origin of the dialog."""
        parts = urlsplit(self._base)
        return f"{parts.scheme}://{parts.netloc}"

    async def token(self, address: str) -> str:
        """LINE's token for that person; ten minutes, once. Raises Unavailable."""
        path = f"/v2/bot/user/{quote(address, safe='')}/linkToken"
        answer = await self._api.call("link token", "POST", path)
        token = answer.fields().get("linkToken")
        if answer.status != 200 or not isinstance(token, str):
            raise LineTrouble("link token", answer.status, answer.request_id)
        return token

    def dialog(self, token: str, nonce: str) -> str:
        """Where the person goes next."""
        told = urlencode({"linkToken": token, "nonce": nonce})
        return f"{self._base}/dialog/bot/accountLink?{told}"
