"""What staff write in a conversation (返信・社内メモ): each kind of words has its own address and
form, so that a note can never become a reply.

    POST /console/talk/reply      to the customer, now or at a time
    POST /console/talk/note       to the shop
    POST /console/talk/retract    a note is taken back
    POST /console/talk/draft      what is not sent yet, kept as it is typed
    POST /console/talk/letter     try a letter again
    POST /console/talk/call_off   words that wait for their hour do not leave
    GET  /console/later           words of mine (of everybody, for who leads) that wait
    POST /console/talk/seen       read, unread, and what somebody is doing there
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.errors import Malformed, Missing, ShopError
from catalog.ground.record import ConversationId, LetterId
from conversations.messages import Text
from conversations.outbox import actions as outbox
from handoff.console.door import HOME, NotSignedIn, Visit, checked, onward, who
from handoff.console.moving import ahead, take, told_whose
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.console.talk import ConversationMissing, again, need, shown
from handoff.desk import actions, drafts, later, notes, seen, transcript
from handoff.desk.actions import HeldByAnother, Moved
from handoff.desk.drafts import DraftMoved, Mode, Sent
from handoff.desk.seen import Doing
from handoff.staff.permissions import Act

LONGEST_REPLY = 5_000  # characters of one text message
_LONGEST_KEY = 64

Done = Annotated[str, Query(max_length=20)]


class WordsMissing(Malformed):
    """Nothing to send, or more than one message holds."""


class LetterMissing(Missing):
    """No such letter, or it is not to be tried again."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of what is written."""
    _add_words(made, office)
    _add_letters(made, office)
    _add_keeping(made, office)


def _add_words(made: APIRouter, office: Office) -> None:
    @made.post("/talk/reply")
    async def reply(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk = ConversationId(form.get("c", ""))
        try:
            async with not_lost(office, visit, form, Mode.REPLY):
                await _answered(office, visit, talk, form)
        except Moved as moved:
            words, later = _words(form), form.get("later", "")
            return await _moved(office, visit, talk, moved, words, later=later)
        except HeldByAnother as held:
            return await told_whose(office, visit, talk, held, is_kept=True)
        return await again(office, request, visit, talk)

    @made.post("/talk/note")
    async def note(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk = ConversationId(form.get("c", ""))
        me = visit.session.staff_id
        sent = Sent(form.get("words", ""), _version(form) or 0)

        def unit(db: Session) -> None:
            need(db, talk)
            key = f"console:{key_of(form, visit)}"
            notes.add(db, talk, me, sent.words, source="console", key=key, now=visit.now)
            drafts.clear(db, talk, me, Mode.NOTE, sent, now=visit.now)

        async with not_lost(office, visit, form, Mode.NOTE):
            await office.units.write(unit)
        return await again(office, request, visit, talk)

    @made.post("/talk/retract")
    async def retract(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk = ConversationId(form.get("c", ""))
        me = visit.session.staff_id

        def unit(db: Session) -> None:
            need(db, talk)
            notes.retract(db, form.get("note", ""), me, of=talk, now=visit.now)

        await office.units.write(unit)
        return await again(office, request, visit, talk)


async def _answered(
    office: Office, visit: Visit, talk: ConversationId, form: Mapping[str, str]
) -> None:
    words, key = _words(form), key_of(form, visit)
    not_before = _later(form, now=visit.now)
    channel = office.channels.get(talk.partition(":")[0])
    if channel is None:
        raise ConversationMissing("no such channel")
    calls = channel.render([Text(words)])
    await take(office, visit, talk)
    now = office.clock()

    def unit(db: Session) -> None:
        actions.answer(
            db, talk, visit.session.actor, calls, key=key, now=now,
            not_before=not_before, seen=form.get("seen") or None, readers=office.readers,
            draft=Sent(words, _version(form) or 0),
        )  # fmt: skip

    await office.units.write(unit)


@asynccontextmanager
async def not_lost(
    office: Office, visit: Visit, form: Mapping[str, str], mode: Mode
) -> AsyncIterator[None]:
    """Words that are refused stand in the composer again. A browser with scripts still has them in
    its box and keeps them by itself, but for a conversation that moved on, which is drawn anew;
    without scripts the page that refuses takes their place.
    """
    try:
        yield
    except NotSignedIn:  # there is no composer
        raise
    except ShopError as error:
        is_drawn = isinstance(error, Moved) or not visit.is_part
        if is_drawn and form.get("words", "").strip():
            with suppress(ShopError):  # nothing can be kept just now; why stays the answer
                await office.units.write(lambda db: _keep_words(db, visit, form, mode))
        raise


def _keep_words(db: Session, visit: Visit, form: Mapping[str, str], mode: Mode) -> None:
    talk, me = ConversationId(form.get("c", "")), visit.session.staff_id
    words = form["words"].replace("\r\n", "\n")
    need(db, talk)
    try:
        drafts.save(db, talk, me, mode, words, version=_version(form) or 0, now=visit.now)
    except DraftMoved as other:  # begun in another window: both stand there
        both = f"{other.body}\n\n{words}" if other.body else words
        drafts.save(db, talk, me, mode, both, version=other.version, now=visit.now)


def _add_letters(made: APIRouter, office: Office) -> None:
    """What is done with a letter that was written: tried again, called off; what waits to leave."""

    @made.post("/talk/letter")
    async def letter(request: Request) -> Response:
        visit, form = await checked(office, request, Act.RETRY)
        talk = ConversationId(form.get("c", ""))
        number, by = _letter(form), visit.session.actor.name

        def unit(db: Session) -> None:
            need(db, talk)
            if not outbox.retry(db, number, by=by, of=talk, now=visit.now):
                raise LetterMissing("no such letter")

        await office.units.write(unit)
        return await again(office, request, visit, talk)

    @made.post("/talk/call_off")
    async def call_off(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk, number = ConversationId(form.get("c", "")), _letter(form)
        await office.units.write(
            lambda db: later.call_off(db, number, visit.session.actor, now=visit.now)
        )
        if form.get("back") == "later":
            return onward(f"{HOME}/later?done=called_off", request)
        return await again(office, request, visit, talk)

    @made.get("/later")
    async def waiting(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.TALK)
        author = None if visit.may(Act.DIRECT) else visit.session.staff_id
        words = await office.units.read(
            lambda db: later.waiting(db, office.readers, now=visit.now, author=author)
        )
        facts = {"visit": visit, "words": words, "done": done, "now": visit.now}
        return page("later", visit.lang, facts)


def _add_keeping(made: APIRouter, office: Office) -> None:
    @made.post("/talk/draft")
    async def draft(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk, mode = ConversationId(form.get("c", "")), _mode(form)
        me, words, before = visit.session.staff_id, form.get("words", ""), _version(form) or 0

        def unit(db: Session) -> int:
            need(db, talk)
            return drafts.save(db, talk, me, mode, words, version=before, now=visit.now)

        try:
            version = await office.units.write(unit)
        except DraftMoved as moved:
            facts = {"visit": visit, "moved": moved, "mode": mode.value, "id": talk}
            return page("_draft_moved", visit.lang, facts, status=409)
        return Response(status_code=204, headers={**PRIVATE, "X-Draft": str(version)})

    @made.post("/talk/seen")
    async def look(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        talk, me = ConversationId(form.get("c", "")), visit.session.staff_id
        doing, upto = form.get("doing", ""), form.get("upto", "")

        def unit(db: Session) -> None:
            need(db, talk)
            if form.get("unread") == "yes":
                seen.mark_unread(db, me, talk, now=visit.now)
            elif upto:
                seen.mark(db, me, talk, upto=upto, now=visit.now)
            if doing == "left":
                seen.leave(db, talk, me, now=visit.now)
            elif doing in set(Doing):
                seen.stay(db, talk, me, Doing(doing), now=visit.now)

        await office.units.write(unit, durable=False)
        return Response(status_code=204, headers=PRIVATE)


def _letter(form: Mapping[str, str]) -> LetterId:
    number = form.get("letter", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise LetterMissing("no such letter")
    return LetterId(int(number))


def _words(form: Mapping[str, str]) -> str:
    words = form.get("words", "").replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST_REPLY:
        raise WordsMissing(f"a reply has 1 to {LONGEST_REPLY} characters")
    return words


def key_of(form: Mapping[str, str], visit: Visit) -> str:
    """The same form sent twice is one message."""
    key = form.get("key", "")
    if not key or len(key) > _LONGEST_KEY:
        raise WordsMissing("a form without its key")
    return f"{visit.session.staff_id}:{key}"


def _version(form: Mapping[str, str]) -> int | None:
    told = form.get("version", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


def _mode(form: Mapping[str, str]) -> Mode:
    told = form.get("mode", "")
    if told not in set(Mode):
        raise WordsMissing("neither a reply nor a note")
    return Mode(told)


def _later(form: Mapping[str, str], *, now: datetime) -> datetime | None:
    return ahead(form["later"], now=now) if form.get("later") else None


async def _moved(
    office: Office, visit: Visit, talk: ConversationId, moved: Moved, words: str, *, later: str
) -> Response:
    """Something was said meanwhile: it is shown, and whoever wrote is asked once more. `later`: the
    hour they had chosen, as the form has it.
    """

    def look(db: Session) -> dict[str, object]:
        came = transcript.since(db, office.readers, talk, moved.seen)
        return {**shown(db, office, visit, talk), "came": came, "words": words, "hour": later}

    facts = await office.units.read(look)
    told = {"visit": visit, "talk": facts, "now": visit.now}
    return page("_talk" if visit.is_part else "moved", visit.lang, told, status=409)
