"""Hot statements: plain driver SQL with named parameters, for the few places every message passes.

The same statement runs on both databases; everything else is SQLModel.
"""

import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.ground.record import from_millis, to_millis
from catalog.ground.session.database import DatabaseUnavailable

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Hot:
    """One statement in plain driver SQL with `:named` parameters, for the few hot places.

    Moments are given aware and come back as the driver has them; read them with `moment`.
    `postgres` is the text for PostgreSQL where the two differ.
    """

    __slots__ = ("_places", "_postgres", "_sqlite")

    def __init__(self, sqlite: str, postgres: str | None = None) -> None:
        self._sqlite = sqlite
        told = (postgres or sqlite).replace("%", "%%")
        self._postgres = _PARAMETER.sub(r"%(\1)s", told)
        self._places = _PARAMETER.sub("?", sqlite), _PARAMETER.sub("%s", told)

    def __call__(self, db: Session, **params: Any) -> list[Any]:
        """The rows it answers with (tuples), or none."""
        driver = db.info.get("driver") or _driver(db)
        if isinstance(driver, sqlite3.Connection):
            for name, value in params.items():
                if isinstance(value, datetime):
                    params[name] = to_millis(value)
            try:
                return driver.execute(self._sqlite, params).fetchall()
            except sqlite3.OperationalError as broken:
                raise DatabaseUnavailable(str(broken)) from broken
        cursor = driver.execute(self._postgres, params)
        return cursor.fetchall() if cursor.description else []

    def many(self, db: Session, rows: Sequence[Sequence[Any]]) -> None:
        """The same once for each of these, its values in the order the text names them; it answers
        nothing. Moments as the driver has them. A quarter faster than by names.
        """
        driver = db.info.get("driver") or _driver(db)
        if isinstance(driver, sqlite3.Connection):
            try:
                driver.executemany(self._places[0], rows)
            except sqlite3.OperationalError as broken:
                raise DatabaseUnavailable(str(broken)) from broken
        else:
            driver.cursor().executemany(self._places[1], rows)


def _driver(db: Session) -> Any:
    """The driver's connection of this unit; a session lives no longer than its unit, so it is
    kept.
    """
    driver = db.connection().connection.driver_connection
    db.info["driver"] = driver
    return driver


class HotList:
    """A hot statement with a list of varying length where its text has `{}` (`id IN ({})`)."""

    __slots__ = ("_by_length", "_statement")

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._by_length: dict[int, Hot] = {}

    def __call__(self, db: Session, values: Sequence[Any], **params: Any) -> list[Any]:
        """The rows it answers with; none at once for an empty list."""
        if not values:
            return []
        hot = self._by_length.get(len(values))
        if hot is None:
            names = ", ".join(f":in_{n}" for n in range(len(values)))
            hot = self._by_length.setdefault(len(values), Hot(self._statement.format(names)))
        for n, value in enumerate(values):
            params[f"in_{n}"] = value
        return hot(db, **params)


def moment(value: Any) -> datetime:
    """A moment as a hot statement gave it: milliseconds on SQLite, a datetime on PostgreSQL."""
    return from_millis(value) if isinstance(value, int) else value
