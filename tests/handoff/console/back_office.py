"""A shop with its HTTP side, and people of it who are signed in: forms are posted as browsers do.

async with back_office(url, folder) as office:
    sato = await office.signed_in("佐藤", Role.MANAGER)
    page = await sato.get("/console/items")
    await sato.post("/console/items/W-10234/price", price="900000", reason="相場")
"""

import contextlib
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from catalog.duties.actors import Role
from catalog.ground.record import StaffId
from handoff.staff import actions, sessions
from handoff.staff.sessions import How
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
_TAGS = re.compile(r"<[^>]+>")


@dataclass
class Page:
    """What came back."""

    status: int
    text: str
    url: str
    headers: Any

    @property
    def words(self) -> str:
        """As a person reads it."""
        return " ".join(html.unescape(_TAGS.sub(" ", self.text)).split())


@dataclass
class Person:
    """Somebody at a browser."""

    shop: RunningShop
    token: str
    csrf: str
    staff: StaffId

    async def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        async with self.shop.http.get(
            f"{self.shop.url}{path}", headers=headers, cookies=self._cookies
        ) as answer:
            return Page(
                answer.status, await answer.text(errors="replace"), str(answer.url), answer.headers
            )

    async def post(self, path: str, *, csrf: str | None = None, **fields: str) -> Page:
        """Send a form of that page; redirects are followed."""
        told = {"csrf": self.csrf if csrf is None else csrf, "key": "k1", **fields}
        return await self._send(path, data={n: v for n, v in told.items() if v != ""})

    async def upload(self, path: str, raw: bytes | None, **fields: str) -> Page:
        """Send a form with a file."""
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in {"csrf": self.csrf, **fields}.items():
            form.add_field(name, value)
        if raw is not None:
            form.add_field("file", raw, filename="list.csv", content_type="text/csv")
        return await self._send(path, data=form)

    async def _send(self, path: str, data: Any) -> Page:
        async with self.shop.http.post(
            f"{self.shop.url}{path}",
            data=data,
            headers={"origin": self.shop.url, "sec-fetch-site": "same-origin"},
            cookies=self._cookies,
        ) as answer:
            return Page(answer.status, await answer.text(), str(answer.url), answer.headers)

    @property
    def _cookies(self) -> dict[str, str]:
        return {self.shop.shop.office.cookie: self.token}


@dataclass
class BackOffice:
    """The open shop."""

    shop: RunningShop

    async def signed_in(self, name: str, role: Role) -> Person:
        """Somebody new of the shop, at their browser."""
        now = self.shop.clock()

        def unit(db: Any) -> tuple[str, str, StaffId]:
            staff = StaffId(
                actions.add(db, name, role.value, email=None, slack_id=None, by="test", now=now)
            )
            token = sessions.begin(db, staff, how=How.PASSWORD, agent=None, now=now)
            session = sessions.find(db, token, now=now)
            assert session is not None
            return token, session.csrf_token, staff

        token, csrf, staff = await self.shop.shop.units.write(unit)
        return Person(self.shop, token, csrf, staff)


@contextlib.asynccontextmanager
async def back_office(
    url: str, folder: Path, *, at: datetime = AFTERNOON
) -> AsyncIterator[BackOffice]:
    """Open for business."""
    async with open_shop(url, folder, at=at) as shop:
        shop.http.cookie_jar.clear()
        yield BackOffice(shop)
