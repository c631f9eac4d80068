"""Coming in and going out (サインイン): password, first password by an invitation, signing out.

    GET, POST /console/sign-in     e-mail or name, password
    GET, POST /console/welcome     the link of an invitation: choose a password
    POST      /console/sign-out

The slow hashing runs beside the loop with no transaction open. Unknown, wrong and left are answered
alike. Not here: what is counted and kept (`handoff.staff`).
"""

import asyncio
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from handoff.console.door import (
    HOME,
    SIGN_IN,
    checked,
    form,
    inside,
    language,
    need_same_origin,
    onward,
)
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff import invitations, passwords, sessions, signing_in
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.invitations import InvitationMissing
from handoff.staff.passwords import PasswordWeak
from handoff.staff.permissions import Act
from handoff.staff.signing_in import Entered, NotSignedIn, PasskeyWanted

_TOLD_BY_ADDRESS = frozenset({"provider", "too_often"})
_BROWSER_SECONDS = 400 * 24 * 3600

Token = Annotated[str, Query(alias="t", max_length=100)]
Back = Annotated[str, Query(max_length=1_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of coming in and going out."""
    _add_password(made, office)
    _add_welcome(made, office)

    @made.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        visit, _ = await checked(office, request, Act.LOOK)
        now, session = visit.now, visit.session
        await office.units.write(lambda db: sessions.end(db, session.id, session.actor, now=now))
        answer = onward(f"{SIGN_IN}?out=yes", request)
        answer.delete_cookie(office.cookie, path="/", secure=office.is_secure, httponly=True)
        return answer


def _add_password(made: APIRouter, office: Office) -> None:
    @made.get("/sign-in")
    async def door(
        request: Request, back: Back = HOME, out: str = "", problem: str = ""
    ) -> Response:
        told = "signed_out" if out else problem if problem in _TOLD_BY_ADDRESS else None
        return _door(office, request, inside(back), problem=told, minutes=1)

    @made.post("/sign-in")
    async def signing(request: Request) -> Response:
        need_same_origin(office, request)
        told = {name: values[-1] for name, values in (await form(request)).items()}
        now, back = office.clock(), inside(told.get("back", HOME))
        address = request.client.host if request.client is not None else ""
        browser, agent = known_browser(office, request), request.headers.get("user-agent")
        person, before = told.get("who", ""), request.cookies.get(office.cookie)
        try:
            tried = await office.units.write(
                lambda db: signing_in.begin(db, person, address=address, browser=browser, now=now)
            )
            held = await asyncio.to_thread(passwords.check, told.get("password", ""), tried.digest)

            def unit(db: Session) -> Entered:
                return signing_in.finish(db, tried, held, agent=agent, now=now, instead_of=before)

            entered = await office.units.write(unit)
        except TooManyAttempts as refused:
            minutes = ceil(refused.retry_after_seconds / 60)
            answer = _door(
                office, request, back, person, problem="too_often", minutes=minutes, status=429
            )
            answer.headers["Retry-After"] = str(refused.retry_after_seconds)
            return answer
        except NotSignedIn:
            return _door(office, request, back, person, problem="wrong", status=422)
        except PasskeyWanted:
            return _door(office, request, back, person, problem="passkey", status=422)
        return come_in(office, onward(back, request), entered)


def _add_welcome(made: APIRouter, office: Office) -> None:
    @made.get("/welcome")
    async def welcome(request: Request, token: Token = "") -> Response:
        now = office.clock()
        found = await office.units.read(lambda db: invitations.find(db, token, now=now))
        return _welcome(request, token, found.name)

    @made.post("/welcome")
    async def choose(request: Request) -> Response:
        need_same_origin(office, request)
        told = {name: values[-1] for name, values in (await form(request)).items()}
        now, token, password = office.clock(), told.get("t", ""), told.get("password", "")
        found = await office.units.read(lambda db: invitations.find(db, token, now=now))
        if password != told.get("again", ""):
            return _welcome(request, token, found.name, problem="differs")
        try:
            digest = await asyncio.to_thread(
                passwords.digest_of, password, name=found.name, email=found.email
            )
        except PasswordWeak as weak:
            return _welcome(request, token, found.name, problem=weak.why.value)
        agent, browser = request.headers.get("user-agent"), known_browser(office, request)

        def unit(db: Session) -> Entered:
            return invitations.accept(db, token, digest, agent=agent, browser=browser, now=now)

        try:
            entered = await office.units.write(unit)
        except InvitationMissing:
            return onward(SIGN_IN, request)
        return come_in(office, onward(HOME, request), entered)


def _door(
    office: Office,
    request: Request,
    back: str,
    person: str = "",
    *,
    problem: str | None = None,
    minutes: int = 0,
    status: int = 200,
) -> Response:
    facts: dict[str, Any] = {
        "back": back, "told": person[:200], "problem": problem, "minutes": minutes,
        "has_provider": office.provider is not None,
        "has_passkeys": office.is_secure,
    }  # fmt: skip
    return page("sign_in", language(request), facts, status=status)


def _welcome(request: Request, token: str, name: str, *, problem: str | None = None) -> Response:
    facts = {"token": token, "name": name, "problem": problem}
    answer = page("welcome", language(request), facts, status=422 if problem else 200)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def browser_cookie(office: Office) -> str:
    """The cookie by which a browser is known that somebody signed in with before."""
    return f"{office.cookie}_browser"


def known_browser(office: Office, request: Request) -> str | None:
    """What a browser that somebody signed in with before is known by."""
    return request.cookies.get(browser_cookie(office))


def come_in(office: Office, answer: Response, entered: Entered) -> Response:
    """The answer, with which the browser is signed in."""
    kept: dict[str, Any] = {
        "path": "/", "secure": office.is_secure, "httponly": True, "samesite": "lax",
    }  # fmt: skip
    answer.set_cookie(office.cookie, entered.token, **kept)
    answer.set_cookie(browser_cookie(office), entered.browser, max_age=_BROWSER_SECONDS, **kept)
    return answer
