"""One line of a list of comparables (`akashi import comparables`) turned into a checked shape."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.grading.scale import Grade
from catalog.ground import lines
from catalog.ground.lines import LineMalformed
from catalog.ground.money import Yen
from catalog.items import lexicon
from catalog.items.words import plain_key

REQUIRED = ("brand", "model", "reference", "price", "grade", "sold_on")
OPTIONAL = ("source",)
_FILLED = tuple(name for name in REQUIRED if name != "reference")  # some pieces have none
_GRADE = lines.one_of(Grade)


@dataclass(frozen=True, slots=True)
class ComparableLine:
    """A line that can be taken; brand, model and reference in the form they are looked up by."""

    brand_key: str
    model_key: str
    reference_key: str | None
    price: Yen
    grade: Grade
    sold_on: date
    source: str | None

    @property
    def key(self) -> str:
        """The digest of all it says: the same sale told twice is one."""
        told = [
            self.brand_key,
            self.model_key,
            self.reference_key or "",
            str(self.price),
            self.grade.value,
            self.sold_on.isoformat(),
            self.source or "",
        ]
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def parse(cells: Mapping[str, str]) -> ComparableLine:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = lines.cells(cells, _FILLED, (*OPTIONAL, "reference"))
    brand_key = lexicon.brand_id(given["brand"])
    if brand_key is None:
        raise LineMalformed("brand", "holds no letter")
    model_key = lexicon.model_id(given["model"], given["brand"])
    if model_key is None:
        raise LineMalformed("model", "holds no letter")
    return ComparableLine(
        brand_key=brand_key,
        model_key=model_key,
        reference_key=plain_key(given["reference"]),
        price=lines.some_yen("price", given["price"]),
        grade=_GRADE("grade", given["grade"]),
        sold_on=lines.day("sold_on", given["sold_on"]),
        source=given["source"] or None,
    )
