"""The firms that sell the shop's pieces on (取引先): what each was granted, who sits for it, what
it looked at (R-027).

    GET  /console/partners            every firm, and which of our pieces lie with one
    GET  /console/partners/one?id=    one firm: grants, people, what they looked at
    POST /console/partners/enter      take a firm into the register
    POST /console/partners/grant      let it see pieces
    POST /console/partners/revoke     end a piece's grants, or all, and what was sent under them
    POST /console/partners/checkpoints    whether it is sent the checkpoints of the evidence log
    POST /console/partners/grade      what it calls one of our grades
    POST /console/partners/ungrade    that word is its own no longer
    POST /console/partners/invite     a code for one person, shown this once
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.grading import actions as grading
from catalog.grading import queries as graded
from catalog.grading.scale import BEST_FIRST, Grade
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import PartnerId
from catalog.items import queries as items
from catalog.items.places import queries as loans
from catalog.partners import actions, invitations, queries
from catalog.partners.actions import PartnerKnown
from catalog.partners.rules import MediaKind, Right
from catalog.partners.tables import Partner
from handoff.console.asked import FieldMalformed, words_of
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.hours import DayMalformed, day_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.sharing import shares, views, withdrawing
from media.sharing.withdrawing import Withdrawn

_MOST_CODES = 200
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_WORD = 40, 100, 40

AT_ONCE = 100  # of what was sent to a firm
Id = Annotated[str, Query(max_length=60)]
Done = Annotated[str, Query(max_length=20)]

Offset = Annotated[int, Query(ge=0, le=1_000_000)]


class PartnerMissing(Missing):
    """No firm of that id."""


class GrantMissing(Missing):
    """The firm has no such grant."""


class GrantWrong(Malformed):
    """What was filled in grants nothing. `what`: pieces, rights, expiry; `told`: which ones."""

    def __init__(self, what: str, told: str = "") -> None:
        super().__init__(f"{what}: {told}")
        self.what = what
        self.told = told


def add(made: APIRouter, office: Office) -> None:
    """The addresses of partners."""

    @made.get("/partners")
    async def partners(request: Request) -> Response:
        visit = await who(office, request, Act.GRANT)
        return await _list(office, visit)

    @made.get("/partners/one")
    async def one(request: Request, id: Id = "", done: Done = "", offset: Offset = 0) -> Response:
        visit = await who(office, request, Act.GRANT)
        return await _one(office, visit, PartnerId(id), {"done": done, "offset": offset})

    @made.post("/partners/enter")
    async def enter(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        code = form.get("code", "").strip()[:_LONGEST_CODE]
        name = form.get("name", "").strip()[:_LONGEST_NAME]
        if not code or not name:
            return await _list(office, visit, problem="empty", status=422)
        try:
            partner = await office.units.write(
                lambda db: actions.enter(db, code, name, by=visit.session.actor.name, now=visit.now)
            )
        except PartnerKnown:
            return await _list(office, visit, problem="known", status=409)
        return onward(f"{HOME}/partners/one?id={partner}&done=saved", request)

    _add_one(made, office)


def _add_one(made: APIRouter, office: Office) -> None:
    @made.post("/partners/grant")
    async def grant(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner = PartnerId(form.get("id", ""))

        def unit(db: Session) -> None:
            _need(db, partner)
            _grant(db, partner, form, visit)

        try:
            await office.units.write(unit)
        except GrantWrong as wrong:
            return await _one(
                office, visit, partner, {"problem": wrong.what, "told": wrong.told, "typed": form}
            )
        return onward(f"{HOME}/partners/one?id={partner}&done=given", request)

    @made.post("/partners/revoke")
    async def revoke(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner, code = PartnerId(form.get("id", "")), form.get("unit") or None

        def unit(db: Session) -> Withdrawn:
            _need(db, partner)
            if code is not None:
                _need_grant(db, partner, code)
            return withdrawing.withdraw(
                db, partner, code, by=visit.session.actor.name, now=visit.now
            )

        ended = await office.units.write(unit)
        return await _one(office, visit, partner, {"ended": ended})

    @made.post("/partners/checkpoints")
    async def checkpoints(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner, wished = PartnerId(form.get("id", "")), form.get("wished") == "yes"

        def unit(db: Session) -> None:
            _need(db, partner)
            actions.hold_checkpoints(
                db, partner, wished=wished, by=visit.session.actor.name, now=visit.now
            )

        await office.units.write(unit)
        return onward(f"{HOME}/partners/one?id={partner}&done=saved", request)

    @made.post("/partners/grade")
    async def grade(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner, word = PartnerId(form.get("id", "")), words_of(form, "word", most=_LONGEST_WORD)
        if form.get("means") not in set(Grade):
            raise FieldMalformed("means")
        means, by = Grade(form["means"]), visit.session.actor.name

        def unit(db: Session) -> None:
            _need(db, partner)
            grading.call_it(db, word, means, partner=partner, by=by, now=visit.now)

        await office.units.write(unit)
        return onward(f"{HOME}/partners/one?id={partner}&done=saved", request)

    @made.post("/partners/ungrade")
    async def ungrade(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner, word = PartnerId(form.get("id", "")), words_of(form, "word", most=_LONGEST_WORD)
        by = visit.session.actor.name

        def unit(db: Session) -> None:
            _need(db, partner)
            grading.call_it_no_more(db, word, partner=partner, by=by, now=visit.now)

        await office.units.write(unit)
        return onward(f"{HOME}/partners/one?id={partner}&done=saved", request)

    @made.post("/partners/invite")
    async def invite(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRANT)
        partner = PartnerId(form.get("id", ""))

        def unit(db: Session) -> str:
            _need(db, partner)
            return invitations.invite(db, partner, by=visit.session.actor.name, now=visit.now)

        code = await office.units.write(unit)
        return await _one(office, visit, partner, {"code": code})


def _grant(db: Session, partner: PartnerId, form: Mapping[str, str], visit: Visit) -> None:
    told = form.get("units", "").replace("、", " ").replace(",", " ").replace(";", " ").split()
    if form.get("every") != "yes" and not 0 < len(told) <= _MOST_CODES:
        raise GrantWrong("pieces")
    unknown = [code for code in told if items.id_of_code(db, code) is None]
    if unknown and form.get("every") != "yes":
        raise GrantWrong("pieces", " ".join(unknown)[:300])
    rights = [each.value for each in Right if form.get(f"right-{each}")]
    kinds = [each.value for each in MediaKind if form.get(f"kind-{each}")]
    if not rights or (Right.MEDIA in rights and not kinds):
        raise GrantWrong("rights")
    try:
        until = day_of(form["until"], today=tokyo_day(visit.now)) if form.get("until") else None
    except DayMalformed:
        raise GrantWrong("expiry") from None
    actions.grant(
        db, partner, None if form.get("every") == "yes" else list(dict.fromkeys(told)),
        rights=rights, media_kinds=kinds, expires_on=until,
        by=visit.session.actor.name, now=visit.now,
    )  # fmt: skip


def _need(db: Session, partner: PartnerId) -> Partner:
    found = db.get(Partner, partner)
    if found is None:
        raise PartnerMissing(partner)
    return found


def _need_grant(db: Session, partner: PartnerId, code: str) -> None:
    """One that has ended will do: who presses twice is told that nothing is left to end."""
    if code not in {each.unit_code for each in queries.records_of(db, partner)}:
        raise GrantMissing(code)


async def _list(
    office: Office, visit: Visit, *, problem: str | None = None, status: int = 200
) -> Response:
    today = tokyo_day(visit.now)

    def look(db: Session) -> list[dict[str, Any]]:
        return [
            {
                "id": each.id,
                "code": each.partner_code,
                "name": each.name,
                "grants": len(queries.grants_on(db, PartnerId(each.id), today)),
                "people": len(queries.seats_of(db, PartnerId(each.id))),
            }
            for each in queries.everybody(db)
        ]

    firms = await office.units.read(look)
    out = await office.units.read(loans.lent)
    facts = {"visit": visit, "firms": firms, "lent": out, "today": today, "problem": problem}
    return page("partners", visit.lang, facts, status=status)


async def _one(
    office: Office, visit: Visit, partner: PartnerId, more: Mapping[str, Any]
) -> Response:
    today = tokyo_day(visit.now)

    def look(db: Session) -> dict[str, Any]:
        firm = _need(db, partner)
        seats = queries.seats_of(db, partner)
        talks = [f"{channel}:{address}" for channel, address in seats]
        return {
            "firm": firm,
            "grants": [
                {
                    "unit": each.unit_code,
                    "rights": each.rights.split(";") if each.rights else [],
                    "kinds": each.media_kinds.split(";") if each.media_kinds else [],
                    "until": each.expires_on,
                    "given_at": each.granted_at,
                    "revoked_at": each.revoked_at,
                    "is_over": each.expires_on is not None and each.expires_on < today,
                }
                for each in queries.records_of(db, partner)
            ],
            "seats": seats,
            "called": graded.words_of(db, partner),
            "invited": queries.open_invitations(db, partner, now=visit.now),
            "looked": views.looked(db, talks, limit=AT_ONCE, offset=more.get("offset", 0)),
            "looked_in_all": views.counted(db, talks),
            "pages": shares.shares_of(db, f"partner:{partner}", now=visit.now),
        }

    facts = await office.units.read(look)
    told: dict[str, Any] = {
        "done": "",
        "offset": 0,
        "step": AT_ONCE,
        "problem": None,
        "told": "",
        "typed": {},
        "code": None,
        "ended": None,
        "today": today,
    }
    choices = {
        "rights": [each.value for each in Right],
        "kinds": [each.value for each in MediaKind],
        "grades": [each.value for each in BEST_FIRST],
    }
    answer = page(
        "partner",
        visit.lang,
        {"visit": visit, **told, **choices, **facts, **more},
        status=422 if more.get("problem") else 200,
    )
    return answer
