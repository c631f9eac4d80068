"""A piece's film or picture into the conversation (商品の動画を送る, R-020): piece, capture, sent.

    GET  /console/talk/send?c=&q=&code=   a part: pieces to pick, then what there is of one
    POST /console/talk/send               it is sent, as the bot sends what is asked for

The messenger fetches the rendition under a pass made for this letter; a firm is only sent what it
was granted.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import AssetId, ConversationId, UnitId
from catalog.items import queries as items
from catalog.items.kinds import UnitState
from catalog.items.queries import UnitFacts, by_codes, search
from catalog.items.rules import STAFF, can_see
from catalog.partners import queries as partners
from conversations.flows import showing
from conversations.flows.flow import PERSON, tap
from conversations.flows.showing import Recipient, caption, media_letters
from conversations.messages import Button, Letter, Text
from conversations.threads import queries as threads
from conversations.threads.tables import Thread
from conversations.wording.voice import voice
from handoff.console.door import Visit, checked, who
from handoff.console.item import unit_of
from handoff.console.moving import take, told_whose
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.talk import Conversation, ConversationMissing, again, shown
from handoff.console.writing import LONGEST_REPLY, WordsMissing, key_of
from handoff.desk import actions, transcript
from handoff.desk.actions import HeldByAnother, Moved
from handoff.staff.permissions import Act
from media.assets import queries as assets
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.sharing.kinds import MEDIA_KINDS

_MOST_PIECES = 12
_MOST_CAPTURES = 24
_NEVER = frozenset({UnitState.POLICE_HOLD})


class NotForThem(Refused):
    """The firm in that conversation was not granted this, or the piece is frozen. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} may not be shown there")
        self.code = code


class NothingThere(Missing):
    """No such capture of that piece, or nothing can be shown of it yet."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of sending."""

    @made.get("/talk/send")
    async def pick(
        request: Request,
        c: Conversation,
        q: Annotated[str, Query(max_length=200)] = "",
        code: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        visit = await who(office, request, Act.TALK)
        talk = ConversationId(c)
        facts = await office.units.read(lambda db: _choice(db, visit, talk, q.strip(), code))
        return page("_send" if visit.is_part else "send", visit.lang, facts)

    @made.post("/talk/send")
    async def send(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk = ConversationId(form.get("c", ""))
        words = form.get("words", "").replace("\r\n", "\n").strip()
        if len(words) > LONGEST_REPLY:
            raise WordsMissing(f"at most {LONGEST_REPLY} characters")
        channel = office.channels.get(talk.partition(":")[0])
        if channel is None:
            raise ConversationMissing("no such channel")
        await office.units.read(lambda db: _chosen(db, visit, talk, form.get("asset", "")))
        try:
            await take(office, visit, talk)
        except HeldByAnother as held:
            return await told_whose(office, visit, talk, held)
        now = office.clock()

        def unit(db: Session) -> None:
            piece, media = _chosen(db, visit, talk, form.get("asset", ""))
            letters = _letters(db, office, talk, piece, media, words, now=now)
            actions.answer(
                db, talk, visit.session.actor, channel.render(letters),
                key=key_of(form, visit), now=now, seen=form.get("seen") or None,
                readers=office.readers,
            )  # fmt: skip

        try:
            await office.units.write(unit)
        except Moved as moved:
            return await _moved(office, visit, talk, moved)
        except HeldByAnother as held:
            return await told_whose(office, visit, talk, held)
        return await again(office, request, visit, talk)


def _letters(
    db: Session, office: Office, talk: ConversationId, piece: UnitFacts, media: Showable,
    words: str, *, now: Any,
) -> list[Letter]:  # fmt: skip
    """What the bot would send, with the words of whoever sends it before."""
    told = voice(db.get_one(Thread, talk).lang)
    person = Button(told.button_person(), data=tap(PERSON))
    said = showing.told(told, piece, media)
    channel, _, address = talk.partition(":")
    to = Recipient(talk, office.public_url, partners.seated(db, channel, address))
    return [
        *([Text(words)] if words else []),
        *media_letters(db, media, to, said=said, now=now),
        caption(told, piece, media, buttons=(person,)),
    ]


def _choice(
    db: Session, visit: Visit, talk: ConversationId, asked: str, code: str
) -> dict[str, Any]:
    if db.get(Thread, talk) is None:
        raise ConversationMissing("no such conversation")
    told: dict[str, Any] = {
        "visit": visit, "now": visit.now, "id": talk, "asked": asked, "piece": None,
        "last_id": transcript.last_id(db, talk),
    }  # fmt: skip
    if code:
        unit = unit_of(db, code)
        piece = items.by_id(db, UnitId(unit.id), viewer=STAFF)
        shots = [
            renditions.of_asset(db, AssetId(a.id)) for a in assets.of_unit(db, UnitId(unit.id))
        ]
        ready = [each for each in shots if each is not None and not each.is_pending]
        return {**told, "piece": piece, "captures": ready[:_MOST_CAPTURES]}
    memory = threads.memory_of(db, talk)
    lately = [each for each in (memory.unit, *memory.shown) if each]
    found = search(db, asked, viewer=STAFF, limit=_MOST_PIECES) if asked else []
    return {**told, "found": found, "lately": by_codes(db, lately, viewer=STAFF)}


def _chosen(
    db: Session, visit: Visit, talk: ConversationId, asset_id: str
) -> tuple[UnitFacts, Showable]:
    """The capture and its piece, when who is spoken with may see it. Raises NothingThere,
    NotForThem.
    """
    asset = assets.asset_of(db, AssetId(asset_id))
    media = renditions.of_asset(db, AssetId(asset_id))
    if asset.unit_id is None or asset.is_tag or media is None or media.is_pending:
        raise NothingThere(asset_id)
    piece = items.by_id(db, UnitId(asset.unit_id), viewer=STAFF)
    if piece is None:
        raise NothingThere(asset_id)
    channel, _, address = talk.partition(":")
    viewer = items.viewer(db, channel, address, today=tokyo_day(visit.now))
    is_firm = viewer.partner is not None
    seen = viewer.able_to(None, MEDIA_KINDS[media.kind])
    if piece.state in _NEVER or (is_firm and not can_see(seen, piece.standing)):
        raise NotForThem(piece.code)
    return piece, media


async def _moved(office: Office, visit: Visit, talk: ConversationId, moved: Moved) -> Response:
    """Something was said meanwhile: it is shown; what was picked is picked again."""

    def look(db: Session) -> dict[str, object]:
        came = transcript.since(db, office.readers, talk, moved.seen)
        return {**shown(db, office, visit, talk), "came": came}

    facts = await office.units.read(look)
    told = {"visit": visit, "talk": facts, "now": visit.now}
    return page("_talk" if visit.is_part else "moved", visit.lang, told, status=409)
