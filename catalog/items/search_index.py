"""Writing the 2-gram index: FTS5 (detail=none) on SQLite, an array under GIN on PostgreSQL, the
same tokens.
"""

from collections.abc import Sequence

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from catalog.items.tables import UnitWords
from catalog.items.words import grams

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE unit_grams USING fts5"
    '(grams, detail=none, tokenize="unicode61 remove_diacritics 0")'
)


def add_words(db: Session, told: Sequence[tuple[str, str]]) -> None:
    """Make new units findable: pairs of unit id and its folded words."""
    rows = [
        {"unit_id": unit_id, "words": words, "grams": sorted(grams(words))}
        for unit_id, words in told
    ]
    db.connection().execute(insert(UnitWords), rows)
    if db.get_bind().dialect.name != "sqlite":
        return
    ids = [unit_id for unit_id, _ in told]
    known = select(UnitWords.unit_id, UnitWords.number).where(col(UnitWords.unit_id).in_(ids))
    numbers = dict(db.exec(known).all())
    db.connection().execute(
        text("INSERT INTO unit_grams (rowid, grams) VALUES (:number, :grams)"),
        [{"number": numbers[str(row["unit_id"])], "grams": " ".join(row["grams"])} for row in rows],
    )
