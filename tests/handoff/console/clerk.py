"""Members of staff before the console, over real HTTP: what browsers send, what people see."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from re import findall
from typing import Any

from catalog.duties.actors import Role
from catalog.ground.record import ConversationId, StaffId
from handoff.staff import actions, sessions
from handoff.staff.sessions import How
from tests.databases import fresh_url
from tests.line_platform import in_loop
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # Tuesday 13:50 in Tokyo


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    def says(self, words: str) -> bool:
        """Whether the page shows these words."""
        return words in unescape(self.text)


class Clerk:
    """Somebody who is signed in."""

    def __init__(self, shop: RunningShop, staff_id: StaffId, token: str, csrf: str) -> None:
        self.shop = shop
        self.id = staff_id
        self.token = token
        self.csrf = csrf

    async def get(self, path: str, **headers: str) -> Answer:
        """One page."""
        return await self._send("get", path, None, headers)

    async def post(
        self, path: str, headers: Mapping[str, str] | None = None, **form: str
    ) -> Answer:
        """One form, as our own page sends it."""
        fields = {"csrf": self.csrf, **form}
        told = {"origin": self.shop.url, "sec-fetch-site": "same-origin", **(headers or {})}
        return await self._send("post", path, fields, told)

    async def _send(
        self, verb: str, path: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Answer:
        cookies = {"cookie": f"{self.shop.shop.office.cookie}={self.token}"}
        async with self.shop.http.request(
            verb, f"{self.shop.url}/console{path}", data=form, headers={**cookies, **headers},
            allow_redirects=False,
        ) as answer:  # fmt: skip
            kept = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, await answer.text(), kept)

    async def form(self, talk: str, **more: str) -> dict[str, str]:
        """The hidden fields of the reply form of a conversation."""
        page = await self.get(f"/talk?c={talk}")
        assert page.status == 200, page.text
        shown = page.text.partition('class="composer reply"')[2].partition("</form>")[0]
        fields = findall(r'name="(\w+)" value="([^"]*)"', shown)
        return {**{name: unescape(value) for name, value in fields}, **more}


async def clerk(shop: RunningShop, name: str = "佐藤 花子", role: Role = Role.ADVISER) -> Clerk:
    """Take somebody on and sign them in."""
    now = shop.clock()

    def unit(db: Any) -> tuple[StaffId, str]:
        staff_id = actions.add(db, name, role, email=None, slack_id=None, by="test", now=now)
        token = sessions.begin(db, staff_id, how=How.PASSWORD, agent="test", now=now)
        return staff_id, token

    staff_id, token = await shop.shop.units.write(unit)
    found = await shop.shop.units.read(lambda db: sessions.find(db, token, now=now))
    assert found is not None
    return Clerk(shop, staff_id, token, found.csrf_token)


Story = Callable[[RunningShop], Awaitable[None]]


def told(folder: Path, story: Story, *, engine: str = "sqlite", **more: Any) -> None:
    """A story in a running shop."""

    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with open_shop(url, folder, at=AFTERNOON, **more) as shop:
                await story(shop)

    run()


def talk_of(user: str) -> ConversationId:
    """The conversation with somebody on LINE."""
    return ConversationId(f"line:{user}")
