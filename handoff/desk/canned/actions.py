"""Verbs on canned replies: write, change by a new version, retire; the first set of a new shop."""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib import resources

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import new_id
from catalog.ground.session.database import insert_once
from handoff.desk.canned.rules import MOST, pieces
from handoff.desk.canned.tables import Canned, CannedText
from handoff.staff.permissions import Act, need

_SHORTCUT = re.compile(r"[\w-]{1,30}")
LANGUAGES = frozenset({"ja", "en", "zh_hant", "zh_hans", "ko"})
_START = "start.toml"
_TITLE_MOST = 60


class CannedMissing(Missing):
    """No such reply, or it is not in use any more."""


class CannedMalformed(Malformed):
    """A shortcut, title, language or text that cannot be."""


class ShortcutTaken(Refused):
    """Another reply has the shortcut."""


class CannedMoved(Stale):
    """Somebody else changed it first. `version`: the one that holds."""

    def __init__(self, version: int) -> None:
        super().__init__("somebody else changed the reply first")
        self.version = version


def write(
    db: Session,
    shortcut: str,
    title: str,
    bodies: Mapping[str, str],
    actor: Actor,
    *,
    now: datetime,
) -> str:
    """A new reply; its id. `bodies`: language → text. Raises NotAllowed, CannedMalformed,
    PlaceUnknown, ShortcutTaken.
    """
    need(actor, Act.WRITE_WORDS)
    return _write(db, shortcut, title, bodies, by=actor.name, now=now)


def _write(
    db: Session, shortcut: str, title: str, bodies: Mapping[str, str], *, by: str, now: datetime
) -> str:
    short, named, texts = _checked(shortcut, title, bodies)
    row = Canned(
        id=new_id(now), shortcut=short, open_shortcut=short, title=named, version=1, changed_at=now
    )
    if not insert_once(db, Canned, row.model_dump()):
        raise ShortcutTaken("another reply has the shortcut")
    _keep(db, row.id, 1, texts, by=by, now=now)
    journal.record(db, f"canned:{row.id}", "written", actor=by, at=now, facts={"version": 1})
    return row.id


def change(
    db: Session,
    canned_id: str,
    shortcut: str,
    title: str,
    bodies: Mapping[str, str],
    actor: Actor,
    *,
    version: int,
    now: datetime,
) -> int:
    """The next version, made from that one; its number. Raises NotAllowed, CannedMissing,
    CannedMalformed, PlaceUnknown, ShortcutTaken, CannedMoved.
    """
    need(actor, Act.WRITE_WORDS)
    short, named, texts = _checked(shortcut, title, bodies)
    stands = _in_use(db, canned_id)
    taken = select(Canned.id).where(Canned.open_shortcut == short, Canned.id != canned_id)
    if db.exec(taken).first() is not None:
        raise ShortcutTaken("another reply has the shortcut")
    changed = db.connection().execute(
        update(Canned)
        .where(col(Canned.id) == canned_id, col(Canned.version) == version)
        .values(
            shortcut=short, open_shortcut=short, title=named, version=version + 1, changed_at=now
        )
    )
    if not changed.rowcount:
        raise CannedMoved(stands.version)
    db.expire_all()
    _keep(db, canned_id, version + 1, texts, by=actor.name, now=now)
    facts = {"version": version + 1}
    journal.record(db, f"canned:{canned_id}", "changed", actor=actor.name, at=now, facts=facts)
    return version + 1


def retire(db: Session, canned_id: str, actor: Actor, *, now: datetime) -> None:
    """It is offered no more; its versions stay. Raises NotAllowed, CannedMissing."""
    need(actor, Act.WRITE_WORDS)
    _in_use(db, canned_id)
    db.connection().execute(
        update(Canned).where(col(Canned.id) == canned_id).values(open_shortcut=None, retired_at=now)
    )
    db.expire_all()
    journal.record(db, f"canned:{canned_id}", "retired", actor=actor.name, at=now)


def begin(db: Session, *, by: str, now: datetime) -> int:
    """The first set of a shop that has none; how many were written. A shop that ever had one keeps
    its own.
    """
    if db.exec(select(Canned.id).limit(1)).first() is not None:
        return 0
    told = resources.files("handoff.desk.canned").joinpath(_START).read_text(encoding="utf-8")
    replies = tomllib.loads(told)["reply"]
    for each in replies:
        bodies = {lang: body.strip() for lang, body in each["text"].items()}
        _write(db, each["shortcut"], each["title"], bodies, by=by, now=now)
    return len(replies)


def _checked(
    shortcut: str, title: str, bodies: Mapping[str, str]
) -> tuple[str, str, dict[str, str]]:
    short, named = shortcut.strip().removeprefix("/").lower(), " ".join(title.split())
    if not _SHORTCUT.fullmatch(short):
        raise CannedMalformed("a shortcut has 1 to 30 letters, digits and hyphens")
    if not named or len(named) > _TITLE_MOST:
        raise CannedMalformed(f"a title has 1 to {_TITLE_MOST} characters")
    texts = {lang: body.replace("\x00", "").strip() for lang, body in bodies.items()}
    texts = {lang: body for lang, body in texts.items() if body}
    if not texts or not texts.keys() <= LANGUAGES:
        raise CannedMalformed("a reply has a text in a language of the chat")
    for body in texts.values():
        if len(body) > MOST:
            raise CannedMalformed(f"a text has at most {MOST} characters")
        pieces(body)
    return short, named, texts


def _keep(
    db: Session,
    canned_id: str,
    version: int,
    texts: Mapping[str, str],
    *,
    by: str,
    now: datetime,
) -> None:
    for lang, body in texts.items():
        db.add(
            CannedText(
                canned_id=canned_id, version=version, lang=lang, body=body, written_by=by,
                written_at=now,
            )
        )  # fmt: skip
    db.flush()


def _in_use(db: Session, canned_id: str) -> Canned:
    row = db.get(Canned, canned_id, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise CannedMissing(canned_id)
    return row
