"""The console as somebody of the shop has it before them: signed in, forms filled in and sent the
way a browser does.

with window(database, now=…) as open_for:
    manager = open_for("佐藤", Role.MANAGER)
    manager.send("/console/cases/…", "/console/cases/…/approve")
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.readers import READERS
from bot.unit import Units
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from conversations.flows.flow import ConversationTerms
from handoff.console.inbox import drawing, lasting
from handoff.console.office import Office
from handoff.console.routes import console_router
from handoff.console.stream import Stream
from handoff.shifts.queries import KeptCalendar
from handoff.staff import sessions
from handoff.staff.sessions import How
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.originals.factory import open_store
from tests.catalog.duties.law import KEYS
from tests.handoff.staff.people import hire

ADDRESS = "http://testserver"


@dataclass
class Form:
    """One form of a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action", ""))
            self.found.append(self._form)
        if self._form is None:
            return
        name = told.get("name", "")
        is_left_out = told.get("type") in ("checkbox", "radio") and "checked" not in told
        if tag == "input" and name and told.get("type") != "file" and not is_left_out:
            self._form.fields[name] = told.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._form.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            value = told.get("value", "")
            if "selected" in told or self._select not in self._form.fields:
                self._form.fields[self._select] = value
        elif tag == "button" and name:
            self._form.buttons.append((name, told.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms(page: str) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


@dataclass
class Seat:
    """One member of staff at the console."""

    client: TestClient
    staff_id: StaffId
    role: Role

    @property
    def actor(self) -> Actor:
        """The same as verbs know them."""
        return Actor(self.staff_id, self.role)

    def get(self, path: str) -> Any:
        """A page as it comes, without following."""
        return self.client.get(path, follow_redirects=False)

    def page(self, path: str) -> str:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-400:])
        return str(answer.text)

    def form(self, path: str, action: str, **holding: str) -> Form:
        """The form of that page that goes there and holds these values."""
        for each in forms(self.page(path)):
            if each.action == action and holding.items() <= each.fields.items():
                return each
        raise AssertionError(f"{path} has no form to {action}")

    def post(self, action: str, fields: Mapping[str, str], **more: Any) -> Any:
        """A form as a browser sends it."""
        headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin", **more.pop("headers", {})}
        return self.client.post(
            action, data=dict(fields), headers=headers, follow_redirects=False, **more
        )

    def send(self, path: str, action: str, *, times: int = 1, **typed: str) -> Any:
        """Fill the form of that page in and send it, as often as somebody clicks."""
        made = self.form(path, action)
        for _ in range(times):
            answer = self.post(action, {**made.fields, **typed})
        return answer

    def confirm(self, shown: Any, *, times: int = 1) -> Any:
        """What was shown is what is wished."""
        assert shown.status_code == 200, (shown.status_code, shown.text[-600:])
        (made,) = [each for each in forms(shown.text) if each.fields.get("sure") == "yes"]
        for _ in range(times):
            answer = self.post(made.action, made.fields)
        return answer


Opened = Callable[[str, Role], Seat]


@contextlib.contextmanager
def window(database: Database, clock: Callable[[], datetime], **more: Any) -> Iterator[Opened]:
    """The console of that database; a seat for whoever is named. `more`: of the `Office`."""
    units = Units(database)
    with tempfile.TemporaryDirectory() as folder:
        given = {
            "store": open_store(f"file://{folder}/store", staging=Path(folder)),
            "keys": KEYS,
            "notary": Notary(KeyRing(Path(folder) / "keys", "shop.example/akashi")),
            "link_secret": b"test",
            **more,
        }
        office = Office(
            units=units,
            clock=clock,
            channels={},
            readers=READERS,
            terms=ConversationTerms(public_url=ADDRESS, hours=KeptCalendar(ShopHours())),
            public_url=ADDRESS,
            is_secure=False,
            **given,
        )
        with _opened(office, database, clock) as opened:
            yield opened
    units.close()


@contextlib.contextmanager
def _opened(office: Office, database: Database, clock: Callable[[], datetime]) -> Iterator[Opened]:
    units = office.units
    app = FastAPI()
    app.include_router(console_router(office, Stream(units, drawing(office), lasting(office))))
    with contextlib.ExitStack() as opened:

        def seat(name: str, role: Role) -> Seat:
            now = clock()
            who = hire(database, now, name, role, email=None)
            token = database.write(
                lambda db: sessions.begin(db, who, how=How.PASSWORD, agent=None, now=now)
            )
            client = opened.enter_context(TestClient(app, base_url=ADDRESS))
            client.cookies.set(office.cookie, token)
            return Seat(client, who, role)

        yield seat
