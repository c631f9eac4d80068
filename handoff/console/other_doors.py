"""Coming in without a password (パスキー・シングルサインオン), and one's own passkeys.

    POST /console/passkey/ask       what the browser asks a device with; the same for everybody
    POST /console/passkey           what the device answered: signed in, or not
    GET  /console/oidc/go           to the firm's identity provider
    GET  /console/oidc              from it
    POST /console/me/passkeys/ask   what the browser makes a new passkey with
    POST /console/me/passkeys       what the device answered: kept, or not
    POST /console/me/passkeys/end   one is removed
    POST /console/me/passkeys/rename   one is called otherwise

A device's answers are JSON and come from our own page of this origin. Not here: how they are held
against the standard (`handoff.staff`).
"""

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from handoff.console.door import (
    HOME,
    SIGN_IN,
    checked,
    inside,
    json_answer,
    json_body,
    need_same_origin,
    onward,
    scripted,
)
from handoff.console.office import Office
from handoff.console.pages import PRIVATE
from handoff.console.sign_in import come_in, known_browser
from handoff.staff import oidc, passkeys
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.passkeys import Site, site_of
from handoff.staff.permissions import Act
from handoff.staff.signing_in import Entered, NotSignedIn

_VISIT = "akashi_oidc"

Told = Annotated[str, Query(max_length=2_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the other doors."""
    site = site_of(office.public_url)
    _add_passkeys(made, office, site)
    _add_own(made, office, site)
    if office.provider is not None:
        _add_provider(made, office, office.provider)


def _add_passkeys(made: APIRouter, office: Office, site: Site) -> None:
    @made.post("/passkey/ask")
    async def ask(request: Request) -> Response:
        need_same_origin(office, request)
        now, address = office.clock(), _address(request)
        try:
            options = await office.units.write(
                lambda db: passkeys.begin_authentication(db, site, address=address, now=now)
            )
        except TooManyAttempts as refused:
            return json_answer({"minutes": ceil(refused.retry_after_seconds / 60)}, 429)
        return Response(options, media_type="application/json", headers=PRIVATE)

    @made.post("/passkey")
    async def enter(request: Request) -> Response:
        need_same_origin(office, request)
        answer, now = await json_body(request), office.clock()
        agent, browser = request.headers.get("user-agent"), known_browser(office, request)
        before = request.cookies.get(office.cookie)

        def unit(db: Session) -> Entered | None:
            return passkeys.enter(
                db, answer, site, agent=agent, browser=browser, now=now, instead_of=before
            )

        entered = await office.units.write(unit)
        if entered is None:
            return json_answer({}, 422)
        place = inside(request.query_params.get("back", HOME))
        return come_in(office, json_answer({"to": place}), entered)


def _add_own(made: APIRouter, office: Office, site: Site) -> None:
    @made.post("/me/passkeys/ask")
    async def begin(request: Request) -> Response:
        visit = await scripted(office, request)
        options = await office.units.write(
            lambda db: passkeys.begin_registration(db, visit.session, site, now=visit.now)
        )
        return Response(options, media_type="application/json", headers=PRIVATE)

    @made.post("/me/passkeys")
    async def finish(request: Request) -> Response:
        visit = await scripted(office, request)
        answer = await json_body(request)
        name = request.query_params.get("name", "")
        kept = await office.units.write(
            lambda db: passkeys.finish_registration(
                db, visit.session, answer, site, name=name, now=visit.now
            )
        )
        return json_answer({"id": kept}) if kept is not None else json_answer({}, 422)

    @made.post("/me/passkeys/end")
    async def end(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        key = form.get("passkey", "")
        await office.units.write(
            lambda db: passkeys.remove(db, key, visit.session.actor, now=visit.now)
        )
        return onward(f"{HOME}/me", request)

    @made.post("/me/passkeys/rename")
    async def rename(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        key, name = form.get("passkey", ""), form.get("name", "")
        await office.units.write(lambda db: passkeys.rename(db, key, visit.session.actor, name))
        return onward(f"{HOME}/me", request)


def _add_provider(made: APIRouter, office: Office, provider: oidc.Provider) -> None:
    @made.get("/oidc/go")
    async def leave(request: Request) -> Response:
        now = office.clock()
        try:
            away = await office.units.write(
                lambda db: oidc.depart(db, address=_address(request), now=now)
            )
        except TooManyAttempts:
            return onward(f"{SIGN_IN}?problem=too_often", request)
        answer = RedirectResponse(
            await provider.address(away, now=now), status_code=303, headers=PRIVATE
        )
        answer.set_cookie(
            _VISIT, away.browser, max_age=int(oidc.VISIT_LIFE.total_seconds()), path=f"{HOME}/oidc",
            secure=office.is_secure, httponly=True, samesite="lax",
        )  # fmt: skip
        return answer

    @made.get("/oidc")
    async def back(
        request: Request, code: Told = "", state: Told = "", iss: Told | None = None
    ) -> Response:
        now, browser = office.clock(), request.cookies.get(_VISIT)
        agent, known = request.headers.get("user-agent"), known_browser(office, request)
        before = request.cookies.get(office.cookie)
        try:
            away = await office.units.write(lambda db: oidc.arrive(db, state, browser, now=now))
            email = await provider.email(code, away, issuer=iss, now=now)

            def unit(db: Session) -> Entered:
                return oidc.enter(db, email, agent=agent, browser=known, now=now, instead_of=before)

            entered = await office.units.write(unit)
        except NotSignedIn:
            return onward(f"{SIGN_IN}?problem=provider", request)
        answer = come_in(office, onward(HOME, request), entered)
        answer.delete_cookie(_VISIT, path=f"{HOME}/oidc")
        return answer


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
