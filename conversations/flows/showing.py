"""A capture as letters: the film or picture itself, and a card that says what, when and in what
grade.

Used when somebody asks, and when a capture that was waited for arrives (`reminders`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import ConversationId, PartnerId
from catalog.items.queries import UnitFacts
from conversations.messages import Button, Card, Clip, Letter, Picture
from conversations.wording.voice import Voice
from media.renditions.moments import Moment
from media.renditions.queries import Showable
from media.sharing import passes, views


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom it goes, and the address of the media the platform will fetch. `partner`: whose
    grants let them see it.
    """

    conversation: ConversationId
    public_url: str
    partner: PartnerId | None = None


def media_letters(
    db: Session, shown: Showable, to: Recipient, *, said: str, now: datetime
) -> Sequence[Letter]:
    """The film with its poster, or the picture, under links made for this letter alone; `said` is
    what they show (`told`).
    """
    if shown.film is not None and shown.poster is not None:
        issued = _passes(db, [shown.film, shown.poster], to, now=now)
        return [
            Clip(
                url=_url(to, issued[shown.film]),
                poster_url=_url(to, issued[shown.poster]),
                tracking_id=views.tracking_id(issued[shown.film]),
                said=said,
            )
        ]
    large, small = shown.full or shown.poster, shown.preview or shown.poster
    if large is None or small is None:
        return []
    issued = _passes(db, list(dict.fromkeys([large, small])), to, now=now)
    return [
        Picture(
            url=_url(to, issued[large]),
            preview_url=_url(to, issued[small]),
            said=said,
        )
    ]


def still_letters(
    db: Session, still: Moment, to: Recipient, *, said: str, now: datetime
) -> Sequence[Letter]:
    """A still out of a film, small enough to be its own preview."""
    url = _url(to, _passes(db, [still.rendition_id], to, now=now)[still.rendition_id])
    return [Picture(url=url, preview_url=url, said=said)]


def _passes(
    db: Session, rendition_ids: Sequence[str], to: Recipient, *, now: datetime
) -> dict[str, str]:
    return passes.issue(db, rendition_ids, to.conversation, partner=to.partner, now=now)


def _url(to: Recipient, token: str) -> str:
    return f"{to.public_url}/m/{token}"


def told(voice: Voice, unit: UnitFacts, shown: Showable) -> str:
    """What a capture shows, in words."""
    captured = voice.captured(shown.captured_at)
    return voice.film_said(unit.named(voice.lang), captured, voice.grade(unit.grade))


def caption(voice: Voice, unit: UnitFacts, shown: Showable, *, buttons: tuple[Button, ...]) -> Card:
    """What is seen: name, code, grade, capture date, part, and what one may do next."""
    lines = [
        (voice.label_code(), unit.code),
        (voice.label_grade(), voice.grade(unit.grade)),
        (voice.label_captured(), voice.captured(shown.captured_at)),
    ]
    if shown.part is not None:
        lines.append((voice.label_part(), voice.part(shown.part)))
    return Card(
        heading=unit.named(voice.lang),
        lines=tuple(lines),
        note=voice.film_card_note() if shown.part is None else None,
        buttons=buttons,
        said=told(voice, unit, shown),
    )
