"""The shop's words (定型文・マクロ・ラベル): what staff may put into a talk with one press.

GET  /console/words                    all of them
GET  /console/words/reply?id=          one canned reply, or a new one
POST /console/words/reply              write it, or its next version
POST /console/words/reply/preview      what a customer would read; nothing is kept
POST /console/words/reply/retire       it is offered no more
GET  /console/words/macro?id=          one macro, or a new one
POST /console/words/macro              write it, or change it
POST /console/words/macro/retire
POST /console/words/label              a new label, or another name and colour
POST /console/words/label/retire
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground.errors import Missing
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import labels, macros, notes
from handoff.desk.canned import actions as canned
from handoff.desk.canned import queries as replies
from handoff.desk.canned.actions import CannedMalformed, CannedMoved, ShortcutTaken
from handoff.desk.canned.rules import Place, PlaceUnknown, partly
from handoff.desk.labels import Colour, LabelKnown, LabelMalformed
from handoff.desk.later import Later
from handoff.desk.macros import Do, MacroKnown, MacroMalformed, MacroMoved, Step
from handoff.staff.permissions import Act

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
STEPS = 6

Id = Annotated[str, Query(max_length=60)]
Done = Annotated[str, Query(max_length=20)]
Change = Callable[[Session, Visit, Mapping[str, str]], object]


class NobodyToShow(Missing):
    """No customer of that number writes from anywhere, so nothing can be shown as theirs."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the shop's words."""

    @made.get("/words")
    async def words(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.WRITE_WORDS)
        return await _page(office, visit, {"done": done})

    @made.get("/words/reply")
    async def reply(request: Request, id: Id = "") -> Response:
        visit = await who(office, request, Act.WRITE_WORDS)
        facts = await office.units.read(lambda db: _reply(db, id))
        return _reply_page(visit, facts)

    @made.post("/words/reply")
    async def write(request: Request) -> Response:
        visit, form = await checked(office, request, Act.WRITE_WORDS)
        try:
            await office.units.write(lambda db: _write(db, visit, form))
        except (CannedMalformed, PlaceUnknown, ShortcutTaken, CannedMoved) as refused:
            problem = {
                CannedMalformed: "malformed", PlaceUnknown: "place", ShortcutTaken: "taken",
                CannedMoved: "moved",
            }[type(refused)]  # fmt: skip
            names = ", ".join(refused.names) if isinstance(refused, PlaceUnknown) else ""
            told = {"problem": problem, "names": names}
            facts = await office.units.read(lambda db: _reply(db, form.get("id", "")))
            status = 422 if problem in ("malformed", "place") else 409
            return _reply_page(visit, {**facts, **told, **_typed(form)}, status=status)
        return onward(f"{HOME}/words?done=saved", request)

    @made.post("/words/reply/preview")
    async def preview(request: Request) -> Response:
        visit, form = await checked(office, request, Act.WRITE_WORDS)
        told: dict[str, Any] = {
            "customer_no": form.get("customer_no", "").strip()[:60],
            "item": form.get("item", "").strip()[:60],
            "version": _number(form.get("version", "")),
        }
        facts = await office.units.read(lambda db: _reply(db, form.get("id", "")))
        try:
            told["previews"] = await office.units.read(lambda db: _previewed(db, visit, form, told))
        except PlaceUnknown as unknown:
            told |= {"problem": "place", "names": ", ".join(unknown.names)}
        except NobodyToShow:
            told |= {"problem": "nobody"}
        status = 422 if "problem" in told else 200
        return _reply_page(visit, {**facts, **_typed(form), **told}, status=status)

    _add_macros(made, office)
    _add_changes(made, office)


def _add_macros(made: APIRouter, office: Office) -> None:
    @made.get("/words/macro")
    async def macro(request: Request, id: Id = "") -> Response:
        visit = await who(office, request, Act.WRITE_WORDS)
        return await _macro_page(office, visit, id, {})

    @made.post("/words/macro")
    async def write(request: Request) -> Response:
        visit, form = await checked(office, request, Act.WRITE_WORDS)
        told = {"name": form.get("name", ""), "steps": _steps(form)}
        try:
            await office.units.write(lambda db: _macro(db, visit, form))
        except (MacroMalformed, MacroKnown, MacroMoved) as refused:
            problem, status = {
                MacroMalformed: ("steps", 422), MacroKnown: ("known", 409),
                MacroMoved: ("moved", 409),
            }[type(refused)]  # fmt: skip
            more = {"problem": problem, **told}
            return await _macro_page(office, visit, form.get("id", ""), more, status=status)
        return onward(f"{HOME}/words?done=saved", request)


def _add_changes(made: APIRouter, office: Office) -> None:
    changes: dict[str, tuple[Change, str]] = {
        "reply/retire": (_retire_reply, "ended"),
        "macro/retire": (_retire_macro, "ended"),
        "label": (_label, "saved"),
        "label/retire": (_retire_label, "ended"),
    }

    def of(name: str, change: Change, done: str) -> None:
        @made.post(f"/words/{name}")
        async def changed(request: Request) -> Response:
            visit, form = await checked(office, request, Act.WRITE_WORDS)
            try:
                await office.units.write(lambda db: change(db, visit, form))
            except LabelKnown:
                return await _page(office, visit, {"problem": "known"}, status=409)
            except LabelMalformed:
                return await _page(office, visit, {"problem": "name"}, status=422)
            return onward(f"{HOME}/words?done={done}", request)

    for name, (change, done) in changes.items():
        of(name, change, done)


def _write(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    actor, typed = visit.session.actor, _typed(form)
    if form.get("id"):
        canned.change(
            db, form["id"], typed["shortcut"], typed["title"], typed["texts"], actor,
            version=_number(form.get("version", "")), now=visit.now,
        )  # fmt: skip
    else:
        canned.write(db, typed["shortcut"], typed["title"], typed["texts"], actor, now=visit.now)


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0


def _previewed(
    db: Session, visit: Visit, form: Mapping[str, str], told: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Each text as that customer would read it now, and what is left for a person to write. Raises
    NobodyToShow, PlaceUnknown.
    """
    customer = customers.by_number(db, told["customer_no"])
    talks = customers.conversations(db, customer) if customer is not None else []
    if not talks:
        raise NobodyToShow(told["customer_no"])
    shown = []
    for lang, body in _typed(form)["texts"].items():
        if body.strip():
            facts = replies.facts_for(
                db, talks[0], visit.session.staff_id, lang=lang, item=told["item"] or None,
                now=visit.now,
            )  # fmt: skip
            text, left = partly(body, facts)
            shown.append({"lang": lang, "text": text, "left": left})
    return shown


def _typed(form: Mapping[str, str]) -> dict[str, Any]:
    texts = {each: form.get(f"text-{each}", "").replace("\r\n", "\n") for each in LANGUAGES}
    return {"shortcut": form.get("shortcut", ""), "title": form.get("title", ""), "texts": texts}


def _retire_reply(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    canned.retire(db, form.get("id", ""), visit.session.actor, now=visit.now)


def _macro(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    actor, name, steps = visit.session.actor, form.get("name", ""), _steps(form)
    if form.get("id"):
        version = _number(form.get("version", ""))
        macros.change(db, form["id"], name, steps, actor, version=version, now=visit.now)
    else:
        macros.write(db, name, steps, actor, now=visit.now)


def _steps(form: Mapping[str, str]) -> list[Step]:
    told = [form.get(f"step-{place}", "").partition(":") for place in range(STEPS)]
    return [Step(Do(do), what) for do, _, what in told if do in set(Do)]


def _retire_macro(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    macros.retire(db, form.get("id", ""), visit.session.actor, now=visit.now)


def _label(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    name, colour, actor = form.get("name", ""), form.get("colour", ""), visit.session.actor
    if colour not in set(Colour):
        raise LabelMalformed("no such colour")
    if form.get("id"):
        labels.change(db, form["id"], name, Colour(colour), actor, now=visit.now)
    else:
        labels.define(db, name, Colour(colour), actor, now=visit.now)


def _retire_label(db: Session, visit: Visit, form: Mapping[str, str]) -> None:
    labels.retire(db, form.get("id", ""), visit.session.actor, now=visit.now)


async def _macro_page(
    office: Office, visit: Visit, id: str, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        found = macros.get(db, id) if id else None
        return {
            "id": id,
            "version": found.version if found is not None else 0,
            "name": found.name if found is not None else "",
            "steps": list(found.steps) if found is not None else [],
            **_choices(db),
        }

    facts = {"problem": None, "places": range(STEPS), **await office.units.read(look), **more}
    return page("words_macro", visit.lang, {"visit": visit, **facts}, status=status)


def _choices(db: Session) -> dict[str, Any]:
    """What a step can be about."""
    answers, people, known = replies.in_use(db), notes.people(db), labels.in_use(db)
    return {
        "replies": answers,
        "labels": known,
        "people": notes.talkers(db),
        "moments": [each.value for each in Later],
        "named": {
            **{each.id: each.title for each in answers},
            **{each.id: each.name for each in people},
            **{each.id: each.name for each in known},
        },
    }


async def _page(
    office: Office, visit: Visit, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        return {"macros": macros.in_use(db), **_choices(db)}

    facts = await office.units.read(look)
    told: dict[str, Any] = {"done": "", "problem": None}
    choices = {"colours": [each.value for each in Colour]}
    shown = {"visit": visit, **told, **choices, **facts, **more}
    return page("words", visit.lang, shown, status=status)


def _reply(db: Session, id: str) -> dict[str, Any]:
    if not id:
        return {"id": "", "shortcut": "", "title": "", "version": 0, "texts": {}, "versions": []}
    found = replies.get(db, id)
    return {
        "id": found.id,
        "shortcut": found.shortcut,
        "title": found.title,
        "version": found.version,
        "texts": found.texts,
        "versions": replies.versions(db, id),
    }


def _reply_page(visit: Visit, facts: Mapping[str, Any], *, status: int = 200) -> Response:
    told: dict[str, Any] = {
        "problem": None, "names": "", "previews": None, "customer_no": "", "item": "",
    }  # fmt: skip
    places = [each.value for each in Place]
    shown = {"visit": visit, "languages": LANGUAGES, "places": places, **told, **facts}
    return page("words_reply", visit.lang, shown, status=status)
