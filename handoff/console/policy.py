"""The shop's terms (取引条件): every value in force, how it came to be, and the next version.

    GET  /console/policy              every term by subject, versions, who changed what
    GET  /console/policy/edit?of=     the terms of one subject to be changed
    POST /console/policy/preview      what would change, and what keeps the terms it was made under
    POST /console/policy/settle       the next version

A value is typed as JSON; a bare word is text. What a term cannot be is said beside it.
"""

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.credit.terms import CreditTerms, warnings
from catalog.ground import policy
from catalog.ground.errors import Malformed, Missing
from catalog.ground.policy import PolicyMalformed, PolicyVersion, TermsMoved
from handoff.console import keeping
from handoff.console.asked import names
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

_MOST_VERSIONS = 30
Done = Annotated[str, Query(max_length=20)]
Of = Annotated[str, Query(max_length=60)]


class SubjectMissing(Missing):
    """No subject of the terms has this name."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the terms."""

    @made.get("/policy")
    async def terms(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.SETTLE_TERMS)
        facts = await office.units.read(lambda db: _all(db, office))
        return page("policy", visit.lang, {"visit": visit, "done": done, **facts})

    @made.get("/policy/edit")
    async def edit(request: Request, of: Of = "") -> Response:
        visit = await who(office, request, Act.SETTLE_TERMS)
        return await _edit(office, visit, of)

    @made.post("/policy/preview")
    async def preview(request: Request) -> Response:
        visit, form = await checked(office, request, Act.SETTLE_TERMS)
        kind = _kind(office, form.get("of", ""))
        typed = _typed(kind, form)
        read = await office.units.read(policy.current)
        changes, wrong = _changes(kind, typed, read)
        wrong |= _contradiction(office, read, changes) if not wrong else {}
        if wrong or not changes:
            return await _edit(
                office, visit, kind.__name__, typed=typed, wrong=wrong, same=not wrong
            )
        facts = await office.units.read(lambda db: _effect(db, kind, changes, read))
        return page("policy_preview", visit.lang, {"visit": visit, "now": visit.now, **facts})

    @made.post("/policy/settle")
    async def settle(request: Request) -> Response:
        visit, form = await checked(office, request, Act.SETTLE_TERMS)
        kind = _kind(office, form.get("of", ""))
        typed = {key: form[key] for key in _keys(kind) if key in form}
        changes = {key: _value(text) for key, text in typed.items()}
        seen, by = form.get("seen", ""), visit.session.actor.name
        if not seen.isascii() or not seen.isdigit():
            raise SubjectMissing("which version was looked at")

        def unit(db: Session) -> None:
            policy.amend(
                db, changes, known=office.subjects, by=by, now=visit.now, seen=int(seen[:9])
            )

        try:
            await office.units.write(unit)
        except PolicyMalformed as malformed:
            return await _edit(
                office, visit, kind.__name__, typed=typed, wrong={malformed.key: malformed}
            )
        except TermsMoved:
            return await _edit(office, visit, kind.__name__, typed=typed, moved=True)
        return onward(f"{HOME}/policy?done=settled", request)


def _kind(office: Office, name: str) -> type[Any]:
    found = next((each for each in office.subjects if each.__name__ == name), None)
    if found is None:
        raise SubjectMissing(name)
    return found


def _keys(kind: type[Any]) -> list[str]:
    return [str(each.metadata["key"]) for each in policy.terms_of(kind)]


def shown(value: Any) -> str:
    """A value as it is typed: text bare where that reads back, everything else as JSON."""
    if isinstance(value, str) and _value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)  # knows neither NaN nor endless nesting nor half a sign
    except orjson.JSONDecodeError:
        return text.strip()


def _typed(kind: type[Any], form: Mapping[str, str]) -> dict[str, str]:
    return {key: form.get(key, "").replace("\r\n", "\n").strip() for key in _keys(kind)}


def _changes(
    kind: type[Any], typed: Mapping[str, str], held: policy.Policy
) -> tuple[dict[str, Any], dict[str, Exception]]:
    """What differs from the version in force, and what a term cannot be, by key."""
    changes: dict[str, Any] = {}
    wrong: dict[str, Exception] = {}
    for each in policy.terms_of(kind):
        key = str(each.metadata["key"])
        before = held.values.get(key, each.metadata["default"])
        value = _value(typed[key])
        if typed[key] == shown(before) or value == before:
            continue
        try:
            each.metadata["read"](value)
        except (ValueError, Malformed) as malformed:
            wrong[key] = malformed
        changes[key] = value
    return changes, wrong


def _contradiction(
    office: Office, held: policy.Policy, changes: Mapping[str, Any]
) -> dict[str, Exception]:
    for kind in office.subjects:
        try:
            policy.read(kind, {**held.values, **changes})
        except PolicyMalformed as malformed:
            return {malformed.key: malformed}
    return {}


def _all(db: Session, office: Office) -> dict[str, Any]:
    held = policy.current(db)
    versions = policy.history(db, limit=_MOST_VERSIONS + 1)
    called = names(db)
    return {
        "version": held.version,
        "subjects": [(kind.__name__, _told(kind, held)) for kind in office.subjects],
        "history": [
            {
                "version": row.version,
                "at": row.written_at,
                "by": called.get(row.written_by, row.written_by),
                "changes": _differences(row, before) if before is not None else [],
            }
            for row, before in zip_longest(versions, versions[1:])
            if before is not None or row.version == 1
        ],
    }


def _told(kind: type[Any], held: policy.Policy) -> list[dict[str, Any]]:
    told = []
    for each in policy.terms_of(kind):
        key, usual = str(each.metadata["key"]), each.metadata["default"]
        value = held.values.get(key, usual)
        told.append(
            {
                "key": key,
                "told": each.metadata["told"],
                "value": shown(value),
                "usual": shown(usual) if value != usual else None,
                "is_flag": isinstance(usual, bool),
                "is_long": len(shown(value)) > 60,
            }
        )
    return told


def _differences(after: PolicyVersion, before: PolicyVersion) -> list[tuple[str, str, str]]:
    return [
        (key, shown(before.terms.get(key)), shown(value))
        for key, value in sorted(after.terms.items())
        if before.terms.get(key) != value
    ]


async def _edit(
    office: Office,
    visit: Visit,
    name: str,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, Exception] | None = None,
    same: bool = False,
    moved: bool = False,
) -> Response:
    kind = _kind(office, name)
    held = await office.units.read(policy.current)
    facts = {
        "visit": visit,
        "name": name,
        "version": held.version,
        "terms": _told(kind, held),
        "typed": typed or {},
        "wrong": wrong or {},
        "same": same,
        "moved": moved,
    }
    status = 422 if wrong or same else 409 if moved else 200
    return page("policy_edit", visit.lang, facts, status=status)


def _effect(
    db: Session, kind: type[Any], changes: Mapping[str, Any], held: policy.Policy
) -> dict[str, Any]:
    usual = {str(each.metadata["key"]): each.metadata for each in policy.terms_of(kind)}
    after = {**held.values, **changes}
    return {
        "name": kind.__name__,
        "version": held.version,
        "changes": [
            {
                "key": key,
                "told": usual[key]["told"],
                "before": shown(held.values.get(key, usual[key]["default"])),
                "after": shown(value),
                "sent": json.dumps(value, ensure_ascii=False),
            }
            for key, value in changes.items()
        ],
        "kept": keeping.kept(db, changes),
        "warnings": warnings(policy.read(CreditTerms, after)) if kind is CreditTerms else [],
    }
