"""Keys for other programs of the shop at the console (API キー): made and shown once, looked over,
revoked.

GET  /console/keys            every key: what it may do, who made it, when it was last used
POST /console/keys/add        make one; its secret is on this answer and nowhere else
POST /console/keys/revoke     it opens nothing any more

For whoever looks after people and keys (`Act.STAFF`). Not here: what a key opens (`bot.till`,
`bot.media_calls`).
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from handoff.console.asked import names
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff import keys
from handoff.staff.keys import KeyMalformed, KeyNameTaken, Scope
from handoff.staff.permissions import Act

Done = Annotated[str, Query(max_length=20)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of keys."""

    @made.get("/keys")
    async def shown(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.STAFF)
        return await _page(office, visit, {"done": done})

    @made.post("/keys/add")
    async def make(request: Request) -> Response:
        visit, form = await checked(office, request, Act.STAFF)
        name = form.get("name", "").strip()
        scopes = [each.value for each in Scope if form.get(f"scope-{each}") == "yes"]
        by = visit.session.actor.name
        try:
            made_ = await office.units.write(
                lambda db: keys.add(db, name, scopes, by=by, now=visit.now)
            )
        except KeyMalformed:
            told = {"problem": "malformed", "typed": form}
            return await _page(office, visit, told, status=422)
        except KeyNameTaken:
            return await _page(office, visit, {"problem": "known", "typed": form}, status=409)
        return await _page(office, visit, {"token": made_.token})

    @made.post("/keys/revoke")
    async def revoke(request: Request) -> Response:
        visit, form = await checked(office, request, Act.STAFF)
        key_id, by = form.get("id", ""), visit.session.actor.name
        await office.units.write(lambda db: keys.revoke(db, key_id, by=by, now=visit.now))
        return onward(f"{HOME}/keys?done=revoked", request)


async def _page(
    office: Office, visit: Visit, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    known, people = await office.units.read(lambda db: (keys.known(db), names(db)))
    facts: dict[str, Any] = {
        "visit": visit, "keys": known, "people": people, "scopes": list(Scope), "done": "",
        "problem": None, "typed": {}, "token": None, **more,
    }  # fmt: skip
    return page("api_keys", visit.lang, facts, status=status)
