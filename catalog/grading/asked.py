"""Which pictures somebody at home is asked for before a piece is priced (写真のご案内), and what
those that came show.

People do not say what a picture shows: they are asked for one shot after another and pictures count
in that order; those sent together are the next shots in theirs. A blurred one shows nothing, and
its shot is asked for again. Pure; not here: measuring how sharp a picture is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from catalog.grading.checklists import CHECKLISTS, Shot
from catalog.items.kinds import Category

# Of each checklist what a telephone can take and what a price rests on, the telling ones first.
_CODES = MappingProxyType(
    {
        Category.WATCH: ("dial", "case_back", "side_crown", "clasp", "serial", "accessories"),
        Category.DIAMOND: ("face_up", "side", "mount_marks", "report_front"),
        Category.BAG: (
            "front", "back", "base", "corner_front_left", "handle", "interior", "code",
            "accessories",
        ),
        Category.APPAREL: ("front", "back", "label", "composition_tag", "defect_1"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture that came. `batch` is the same for those sent together."""

    batch: str
    is_sharp: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is shown by now. `blurred`: shots whose picture was not sharp enough and that are still
    missing, so each of them is in `missing` too.
    """

    shown: tuple[str, ...]
    missing: tuple[str, ...]
    blurred: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Every shot that is asked for is there."""
        return not self.missing


def shots_of(category: Category) -> tuple[Shot, ...]:
    """The shots somebody at home is asked for, in order."""
    by_code = {shot.code: shot for shot in CHECKLISTS[category].shots}
    return tuple(by_code[code] for code in _CODES[category])


def covered(category: Category, pictures: Sequence[Picture]) -> Coverage:
    """What the pictures show, in the order they came. More than are asked for change nothing."""
    order = [shot.code for shot in shots_of(category)]
    missing = list(order)
    blurred: set[str] = set()
    batch: str | None = None
    turn: list[str] = []
    for picture in pictures:
        if picture.batch != batch:
            batch, turn = picture.batch, list(missing)
        if not turn:
            continue
        code = turn.pop(0)
        if picture.is_sharp:
            missing.remove(code)
            blurred.discard(code)
        else:
            blurred.add(code)
    return Coverage(
        shown=tuple(code for code in order if code not in missing),
        missing=tuple(missing),
        blurred=tuple(code for code in missing if code in blurred),
    )
