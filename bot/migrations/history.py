"""Bringing a database to this release, and refusing to work on one that is not (alembic, one linear
history).
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from catalog.ground.errors import Refused
from catalog.ground.session.database import Database

_HERE = Path(__file__).parent
# The newest file in versions/; said here so that a start need not load alembic.
HEAD = "2026_12_05_key_use"


class DatabaseBehind(Refused):
    """The database has another release's shape. `akashi init` brings it up to date."""

    def __init__(self, held: str | None, wanted: str) -> None:
        told = (
            "has never been set up" if held is None else f"is at {held}, this release at {wanted}"
        )
        super().__init__(f"the database {told}; run: akashi init")
        self.held = held
        self.wanted = wanted


def _config(connection: Connection | None = None) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to a revision, all in one transaction; a run that was killed begins anew."""
    from alembic import command

    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def held_revision(database: Database) -> str | None:
    """Where the database stands; None before its first migration."""
    engine = database.engine()
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def need_current(database: Database) -> None:
    """Raises DatabaseBehind unless the database has exactly this release's shape."""
    held = held_revision(database)
    if held != HEAD:
        raise DatabaseBehind(held, HEAD)
