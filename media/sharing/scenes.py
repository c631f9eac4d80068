"""What a film on a share page shows when (チャプター): for each chapter the shot of the checklist
it is named after, or the part, and nothing else of what somebody of the shop wrote there.

A name in a chapter is a note of the shop's own; outside only what the shop tells everybody of its
pictures is told. What is neither a shot nor a part keeps its moment and its place in the order.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.ground.record import UnitId
from media import chapters
from media.assets.kinds import Part
from media.renditions.queries import Showable


@dataclass(frozen=True, slots=True)
class Scene:
    """From `at_ms` on. `told`, `told_en`: the label of the shot; empty where only the part is
    known, or nothing.
    """

    at_ms: int
    part: Part | None
    told: str = ""
    told_en: str = ""


def of_film(db: Session, unit_id: UnitId, media: Showable) -> Sequence[Scene]:
    """The scenes of a film that can be played, in order; none that begins after its end."""
    marked = chapters.of(db, media.asset_id) if media.playing is not None else ()
    if not marked:
        return ()
    shots = shotlists.current(db, grading.category_of(db, unit_id)).shots
    return tuple(
        scene(each.at_ms, each.part, each.label, shots)
        for each in marked
        if media.duration_ms is None or each.at_ms < media.duration_ms
    )


def scene(at_ms: int, part: str | None, label: str, shots: Sequence[Shot]) -> Scene:
    """What is told of a chapter, with the checklist its label may be from."""
    wanted = _plain(label)
    shot = next((s for s in shots if wanted in (_plain(s.told), _plain(s.told_en))), None)
    if shot is None:
        return Scene(at_ms, _part(part))
    return Scene(at_ms, _part(part) or _part(shot.part), shot.told, shot.told_en)


def _part(told: str | None) -> Part | None:
    return Part(told) if told in set(Part) else None


def _plain(label: str) -> str:
    """As two hands write the same label: width, case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
