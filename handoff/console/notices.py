"""Notices on one's own devices (通知): this browser is told things while nobody looks, or no more.

    GET  /console/worker.js       what a browser runs to be told (`js/worker.js`)
    POST /console/me/push         this browser is chosen, with what it told about itself
    POST /console/me/push/keep    it goes on being told after somebody has signed in anew
    POST /console/me/push/try     one of one's browsers is told something, to see that it works
    POST /console/me/push/end     one of them is told nothing any more

Where a browser cannot, or without its script, the page shows nothing of it. Not here: what is told
(`pushed`), and to whom (`desk.calling`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground.errors import Missing, Refused
from catalog.ground.record import new_id
from handoff.console.door import HOME, Visit, checked, json_answer, json_body, onward, scripted
from handoff.console.office import Office
from handoff.console.pages import beside
from handoff.console.scripts import worker
from handoff.staff.permissions import Act
from handoff.staff.push import actions, queries, rules
from handoff.staff.push.actions import BrowserMissing, News
from handoff.staff.push.port import PushService
from handoff.staff.push.queries import Browser
from handoff.staff.push.rules import PushMalformed


class ScriptMissing(Missing):
    """Set-up could make no scripts."""


class PushOff(Refused):
    """The shop tells browsers nothing: it has no key or no address to be reached by."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of notices."""

    @made.get("/worker.js")
    async def script() -> Response:
        found = beside()
        if found is None:
            raise ScriptMissing("no script")
        return found

    @made.post("/me/push")
    async def choose(request: Request) -> Response:
        visit, service = await scripted(office, request), _service(office)
        told = _told(await json_body(request), service)
        agent = request.headers.get("user-agent")

        def unit(db: Session) -> str:
            return actions.subscribe(
                db, visit.session, told, server_key=service.server_key.name, lang=visit.lang,
                agent=agent, now=visit.now,
            )  # fmt: skip

        return json_answer({"id": await office.units.write(unit)})

    @made.post("/me/push/keep")
    async def keep(request: Request) -> Response:
        visit, service = await scripted(office, request), _service(office)
        endpoint = str(_object(await json_body(request)).get("endpoint", ""))
        is_kept = await office.units.write(lambda db: actions.keep(db, visit.session, endpoint))
        return json_answer({"kept": is_kept, "key": service.server_key.public})

    _add_forms(made, office)


def _add_forms(made: APIRouter, office: Office) -> None:
    @made.post("/me/push/try")
    async def try_out(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        _service(office)

        def unit(db: Session) -> None:
            browser = queries.one(db, form.get("browser", ""), now=visit.now)
            if browser is None or browser.staff_id != visit.session.staff_id:
                raise BrowserMissing("no such browser")
            actions.tell_one(
                db, browser.id, browser.staff_id, News("test", "test", f"{HOME}/me", {}),
                key=f"test:{new_id(visit.now)}", now=visit.now,
            )  # fmt: skip

        await office.units.write(unit)
        return onward(f"{HOME}/me?done=tried", request)

    @made.post("/me/push/end")
    async def end(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        browser = form.get("browser", "")
        await office.units.write(lambda db: actions.end(db, browser, visit.session, now=visit.now))
        return onward(f"{HOME}/me?done=ended", request)


def facts(db: Session, office: Office, visit: Visit) -> Mapping[str, Any]:
    """What the page of one's own shows of it."""
    browsers: Sequence[Browser] = queries.of(db, [visit.session.staff_id], now=visit.now)
    is_on = office.push is not None and worker() is not None
    key = office.push.server_key.public if office.push is not None and is_on else None
    return {"browsers": browsers, "push_key": key}


def _service(office: Office) -> PushService:
    if office.push is None:
        raise PushOff("nothing is pushed here")
    return office.push


def _told(body: bytes, service: PushService) -> rules.Told:
    """Raises PushMalformed."""
    told = _object(body)
    keys = told.get("keys")
    endpoint, held = told.get("endpoint"), keys if isinstance(keys, dict) else {}
    point, secret = held.get("p256dh"), held.get("auth")
    if not (isinstance(endpoint, str) and isinstance(point, str) and isinstance(secret, str)):
        raise PushMalformed("not what a browser tells")
    return rules.checked(endpoint, point, secret, inside=service.inside)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PushMalformed("not JSON") from None
    if not isinstance(told, dict):
        raise PushMalformed("not an object")
    return told
