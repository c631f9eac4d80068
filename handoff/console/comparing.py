"""Two captures of one piece beside each other (見比べ, R-018): locked zoom, wipe, blink, two points
to lay them over each other, an aid that points at what may be new, and what a person found.

GET  /console/compare?a=&b=            the page; without `b` the likeliest other picture
GET  /console/compare?dispute=         as it was sold beside the piece that came back and what the
                                       claimant sent in, shot by shot
POST /console/compare/register         two points of each; none takes them back
POST /console/compare/aid              the aid looks (seconds)
POST /console/compare/decide           what a person found, with both digests in the log

The aid decides nothing and nothing is decided by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from catalog.ground.record import AssetId
from catalog.items.tables import Unit
from handoff.console.asked import FieldMalformed, key_of, maybe_words
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.looking import picture
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets.kinds import AssetKind
from media.assets.queries import AssetMissing, asset_of
from media.assets.tables import Asset
from media.comparing import actions, aid, queries, rules
from media.comparing.queries import Beside, Pair
from media.comparing.rules import ALIKE, Laying, PointsMalformed
from media.comparing.tables import Verdict
from media.decoding import comparing as decoder
from media.disputes import queries as disputes
from media.disputes.actions import subject
from media.intake import attaching
from media.renditions import queries as renditions

_MOST_NOTE = 600
Id = Annotated[str, Query(max_length=64)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of comparing."""

    @made.get("/compare")
    async def compare(
        request: Request, a: Id = "", b: Id = "", dispute: Id = "", done: str = ""
    ) -> Response:
        visit = await who(office, request)

        def look(db: Session) -> dict[str, Any]:
            beside = queries.pairs_of_dispute(db, dispute) if dispute else []
            one, other = (a, b) if a or not dispute else of_dispute(db, dispute, beside)
            shown = _shown(db, visit, AssetId(one), AssetId(other) if other else None)
            return {**shown, "beside": beside}

        facts = await office.units.read(look)
        told = {"done": done if done.isalpha() else "", "dispute": dispute}
        return page("compare", visit.lang, {**facts, **told})

    @made.post("/compare/register")
    async def register(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        points = points_of(form.get("points", ""))
        by = visit.session.actor.name

        def unit(db: Session) -> Pair:
            pair = _pair(db, form)
            actions.register(db, pair, points, by=by, now=visit.now)
            return pair

        pair = await office.units.write(unit)
        return onward(_place(pair, "laid" if points else "loosened", form), request)

    @made.post("/compare/aid")
    async def ask(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        pair, keys = await office.units.read(lambda db: _keys(db, form))
        laid = await run_in_threadpool(aid.look, office.store, *keys)
        by = visit.session.actor.name
        await office.units.write(
            lambda db: actions.keep_candidates(db, pair, laid, by=by, now=visit.now)
        )
        return onward(_place(pair, "looked", form), request)

    @made.post("/compare/decide")
    async def decide(request: Request) -> Response:
        visit, form = await checked(office, request, Act.GRADE)
        if form.get("verdict") not in set(Verdict):
            raise FieldMalformed("verdict")
        verdict, note = Verdict(form["verdict"]), maybe_words(form, "words", most=_MOST_NOTE)
        by, key = visit.session.actor.name, key_of(form, visit)

        def unit(db: Session) -> Pair:
            pair = _pair(db, form)
            actions.decide(db, pair, verdict, note=note, by=by, now=visit.now, key=key)
            return pair

        pair = await office.units.write(unit)
        return onward(_place(pair, "decided", form), request)


def points_of(told: str) -> list[list[float]]:
    """`[[x,y],[x,y],[x,y],[x,y]]`, or nothing. Raises PointsMalformed."""
    if not told.strip():
        return []
    try:
        found = orjson.loads(told[:400])
    except ValueError:
        raise PointsMalformed from None
    if not isinstance(found, list) or not all(isinstance(each, list) for each in found):
        raise PointsMalformed
    if not all(type(value) in (int, float) for each in found for value in each):
        raise PointsMalformed
    return [[float(value) for value in each] for each in found]


def of_dispute(db: Session, dispute_id: str, beside: Sequence[Beside]) -> tuple[str, str]:
    """The first pair there is; else what shows it as it was sold, or what was sent in for it.
    Raises AssetMissing when there is no picture at all.
    """
    if beside:
        return beside[0].sold.id, beside[0].now.id
    sold = [asset_of(db, each) for each in disputes.as_sold(db, dispute_id)]
    sent = attaching.of_subject(db, subject(dispute_id))
    found = [
        *(each.id for each in sold if each.kind == AssetKind.STILL.value),
        *(each.asset_id for each in sent if each.kind is AssetKind.STILL),
    ]
    if not found:
        raise AssetMissing(dispute_id)
    return found[0], ""


def _pair(db: Session, form: Mapping[str, str]) -> Pair:
    return queries.pair_of(db, AssetId(form.get("a", "")), AssetId(form.get("b", "")))


def _keys(db: Session, form: Mapping[str, str]) -> tuple[Pair, Sequence[str]]:
    pair = _pair(db, form)
    found = [queries.shown_key(db, AssetId(each.id)) for each in (pair.earlier, pair.later)]
    keys = [each for each in found if each is not None]
    if len(keys) < 2:
        raise AssetMissing(pair.later.id)
    return pair, keys


def _place(pair: Pair, done: str, form: Mapping[str, str]) -> str:
    of = f"&dispute={quote(told, safe='')}" if (told := form.get("dispute")) else ""
    return f"{HOME}/compare?a={pair.earlier.id}&b={pair.later.id}&done={done}{of}"


def _shown(db: Session, visit: Visit, one: AssetId, other: AssetId | None) -> dict[str, Any]:
    asset = asset_of(db, one)
    choices = queries.others(db, asset)
    if other is None and choices:
        other = AssetId(choices[0].id)
    unit_id = queries.unit_of(db, asset)
    told: dict[str, Any] = {
        "visit": visit,
        "unit": db.get(Unit, unit_id) if unit_id is not None else None,
        "asset": asset,
        "choices": [asset, *choices],
        "pair": None,
        "has_aid": decoder.is_there(),
        "verdicts": [each.value for each in Verdict],
        "most_note": _MOST_NOTE,
    }
    return told if other is None else {**told, **_both(db, queries.pair_of(db, one, other))}


def _both(db: Session, pair: Pair) -> dict[str, Any]:
    """The two as viewers take them, how they lie over each other, what was said of them."""
    candidates = queries.candidates_of(db, pair)
    registration = queries.registration_of(db, pair)
    sides = [_side(db, each) for each in (pair.earlier, pair.later)]
    laying, by = ALIKE, None
    if registration is not None:
        laying, by = rules.laying(registration.points), "points"
    elif candidates is not None and candidates.matrix is not None and sides[1] is not None:
        laid = _by_aid(candidates.matrix, sides[1])
        laying, by = (laid, "aid") if laid is not None else (ALIKE, None)
    found = queries.findings(db, pair)
    return {
        "pair": pair,
        "sides": sides,
        "laying": {
            "scale": laying.scale, "degrees": laying.degrees, "x": laying.x, "y": laying.y,
        },
        "laid_by": by,
        "candidates": candidates,
        "boxes": _boxes(candidates.boxes if candidates is not None else []),
        "findings": found,
        "names": names_of(db, [each.decided_by for each in found]),
    }  # fmt: skip


def _by_aid(matrix: Sequence[Sequence[float]], later: Mapping[str, Any]) -> Laying | None:
    try:
        return rules.of_matrix(matrix, height=later["height"] / later["width"])
    except PointsMalformed:
        return None


def _side(db: Session, asset: Asset) -> dict[str, Any] | None:
    return picture(renditions.of_asset(db, AssetId(asset.id)), asset)


def _boxes(boxes: Sequence[Sequence[float]]) -> list[dict[str, float]]:
    return [dict(zip(("x", "y", "width", "height"), each, strict=True)) for each in boxes]
