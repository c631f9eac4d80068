"""People of the shop (スタッフ): who works here as what, how they come in, and one's own account.

GET  /console/staff                   everybody, open invitations and sessions
POST /console/staff/add               take somebody on
POST /console/staff/role              another role
POST /console/staff/invite            a link to choose a password, shown this once
POST /console/staff/uninvite          the link opens nothing any more
POST /console/staff/change            another name, e-mail address or Slack id
POST /console/staff/session           end a session

What somebody looks after, and that they leave, is `book`.

GET  /console/me                      my sessions and password
POST /console/me/password             another password for myself
POST /console/me/sessions             end every session of mine but this one
POST /console/me/language             the language of this browser's pages
"""

import asyncio
from collections.abc import Callable, Mapping
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.duties.actors import STAFF_ROLES, Role
from catalog.ground.record import StaffId
from handoff.clientbook import advising
from handoff.console import notices
from handoff.console.door import HOME, LANGUAGE, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import LANGUAGES, page
from handoff.console.sign_in import come_in, known_browser
from handoff.dialogue import leaving
from handoff.dialogue.leaving import StillHolds
from handoff.staff import actions, invitations, passkeys, passwords, rules, sessions, signing_in
from handoff.staff.actions import LastOwner, OnlyAnOwner, StaffKnown, StaffMalformed
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.invitations import MayNotInvite
from handoff.staff.passwords import PasswordWeak
from handoff.staff.permissions import ALLOWED, Act
from handoff.staff.signing_in import NotSignedIn, Try
from handoff.staff.tables import Staff

Done = Annotated[str, Query(max_length=20)]
_A_YEAR = 365 * 24 * 3600  # seconds


def add(made: APIRouter, office: Office) -> None:
    """The addresses of people."""

    @made.get("/staff")
    async def staff(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.STAFF)
        return await _page(office, visit, {"done": done})

    @made.post("/staff/invite")
    async def invite(request: Request) -> Response:
        visit, form = await checked(office, request, Act.STAFF)
        whose = StaffId(form.get("id", ""))
        try:
            made_ = await office.units.write(
                lambda db: invitations.invite(db, whose, visit.session.actor, now=visit.now)
            )
        except MayNotInvite:
            return await _page(office, visit, {"problem": "may_not_invite"}, status=409)
        return await _page(office, visit, {"link": made_.link(office.public_url), "whose": whose})

    _add_changes(made, office)
    _add_own(made, office)


def _add_changes(made: APIRouter, office: Office) -> None:
    Change = Callable[[Session, Visit, Mapping[str, str]], object]

    def take_on(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
        actions.take_on(
            db, form.get("name", ""), form.get("role", ""), visit.session.actor,
            email=form.get("email", "").strip() or None,
            slack_id=form.get("slack", "").strip() or None, now=visit.now,
        )  # fmt: skip

    def role(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
        whose, actor = StaffId(form.get("id", "")), visit.session.actor
        leaving.change_role(db, whose, form.get("role", ""), actor, now=visit.now)

    def edit(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
        whose, actor, now = StaffId(form.get("id", "")), visit.session.actor, visit.now
        email, slack_id = form.get("email", "").strip(), form.get("slack", "").strip()
        advising.rename(db, whose, form.get("name", ""), actor, now=now)
        actions.change_email(db, whose, email or None, actor, now=now)
        actions.change_slack(db, whose, slack_id or None, actor, now=now)

    def uninvite(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
        invitations.revoke(db, form.get("invitation", ""), visit.session.actor, now=visit.now)

    def end(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
        sessions.end(db, form.get("session", ""), visit.session.actor, now=visit.now)

    changes: dict[str, tuple[Change, str]] = {
        "add": (take_on, "saved"),
        "role": (role, "saved"),
        "change": (edit, "saved"),
        "uninvite": (uninvite, "revoked"),
        "session": (end, "ended"),
    }

    def of(name: str, change: Change, done: str) -> None:
        @made.post(f"/staff/{name}")
        async def changed(request: Request) -> Response:
            visit, form = await checked(office, request, Act.STAFF)
            try:
                await office.units.write(lambda db: change(db, visit, form))
            except StaffMalformed as wrong:
                return await _page(
                    office, visit, {"problem": wrong.what, "typed": form}, status=422
                )
            except StaffKnown:
                return await _page(office, visit, {"problem": "known", "typed": form}, status=409)
            except StillHolds:
                return await _page(office, visit, {"problem": "still_holds"}, status=409)
            except LastOwner:
                return await _page(office, visit, {"problem": "last_owner"}, status=409)
            except (OnlyAnOwner, MayNotInvite):
                return await _page(office, visit, {"problem": "only_owner"}, status=409)
            return onward(f"{HOME}/staff?done={done}", request)

    for name, (change, done) in changes.items():
        of(name, change, done)


def _add_own(made: APIRouter, office: Office) -> None:
    @made.get("/me")
    async def me(request: Request, done: Done = "") -> Response:
        visit = await who(office, request)
        return await _me(office, visit, done=done)

    @made.post("/me/password")
    async def password(request: Request) -> Response:
        return await _own_password(office, request)

    @made.post("/me/sessions")
    async def others(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        session, one = visit.session, form.get("session")

        def unit(db: Session) -> None:
            if one:
                mine = {each.id for each in sessions.known(db, now=visit.now, of=session.staff_id)}
                if one not in mine:
                    raise sessions.SessionMissing("no such session")
                sessions.end(db, one, session.actor, now=visit.now)
            else:
                sessions.end_all(
                    db, session.staff_id, by=session.actor.name, now=visit.now, but=session.id
                )

        await office.units.write(unit)
        return onward(f"{HOME}/me?done=ended", request)

    @made.post("/me/language")
    async def language(request: Request) -> Response:
        _, form = await checked(office, request, Act.LOOK)
        wished = form.get("lang", "")
        answer = onward(f"{HOME}/me?done=saved", request)
        answer.set_cookie(
            LANGUAGE, wished if wished in LANGUAGES else "ja", max_age=_A_YEAR, path=HOME,
            secure=office.is_secure, httponly=True, samesite="lax",
        )  # fmt: skip
        return answer


async def _own_password(office: Office, request: Request) -> Response:
    """The old one is asked for, and counted as a try once the new one would do; the slow hashing
    runs with nothing open.
    """
    visit, form = await checked(office, request, Act.LOOK)
    session, fresh = visit.session, form.get("password", "")
    if fresh != form.get("again", ""):
        return await _me(office, visit, problem="differs")
    address = request.client.host if request.client is not None else ""
    browser = known_browser(office, request)

    def unit(db: Session) -> tuple[Try, str | None]:
        person = db.get(Staff, session.staff_id)
        email = person.email if person is not None else None
        passwords.need_strong(fresh, name=session.name, email=email)
        found = signing_in.begin_again(db, session, address=address, browser=browser, now=visit.now)
        return found, email

    try:
        tried, email = await office.units.write(unit)
        held = await asyncio.to_thread(passwords.check, form.get("old", ""), tried.digest)
        digest = await asyncio.to_thread(passwords.digest_of, fresh, name=session.name, email=email)
        agent = request.headers.get("user-agent")
        entered = await office.units.write(
            lambda db: signing_in.change(
                db, session, tried, held, digest, agent=agent, now=visit.now
            )
        )
    except TooManyAttempts as refused:
        minutes = ceil(refused.retry_after_seconds / 60)
        return await _me(office, visit, problem="too_often", minutes=minutes, status=429)
    except NotSignedIn:
        return await _me(office, visit, problem="wrong")
    except PasswordWeak as weak:
        return await _me(office, visit, problem=weak.why.value)
    return come_in(office, onward(f"{HOME}/me?done=saved", request), entered)


async def _page(
    office: Office, visit: Visit, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    me = visit.session.actor

    def look(db: Session) -> dict[str, Any]:
        opened = sessions.known(db, now=visit.now)
        waiting = {each.staff_id: each for each in invitations.pending(db, now=visit.now)}
        return {
            "people": [
                {
                    "id": each.id,
                    "name": each.name,
                    "role": each.role,
                    "email": each.email,
                    "slack": each.slack_id,
                    "talks": Act.TALK in ALLOWED[Role(each.role)],
                    "may_invite": rules.may_invite(me.role, Role(each.role)),
                    "invited": waiting.get(StaffId(each.id)),
                    "sessions": [one for one in opened if one.staff_id == each.id],
                }
                for each in actions.everybody(db)
            ]
        }

    facts = await office.units.read(look)
    told: dict[str, Any] = {"done": "", "problem": None, "link": None, "whose": None, "typed": {}}
    roles = [each.value for each in STAFF_ROLES]
    shown = {"visit": visit, "roles": roles, "now": visit.now, **told, **facts, **more}
    answer = page("staff", visit.lang, shown, status=status)
    if shown["link"]:
        answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


async def _me(
    office: Office,
    visit: Visit,
    *,
    done: str = "",
    problem: str | None = None,
    minutes: int = 0,
    status: int = 422,
) -> Response:
    session = visit.session

    def look(db: Session) -> dict[str, Any]:
        return {
            "sessions": sessions.known(db, now=visit.now, of=session.staff_id),
            "passkeys": passkeys.known(db, session.staff_id),
            **notices.facts(db, office, visit),
        }

    facts = {
        "visit": visit, "done": done, "problem": problem, "minutes": minutes,
        "here": session.id, "now": visit.now, "has_passkeys": office.is_secure,
        **await office.units.read(look),
    }  # fmt: skip
    return page("me", visit.lang, facts, status=status if problem else 200)
