"""Bringing a database to this release, and refusing to work on one that is not (alembic, one linear
history).
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from catalog.ground.errors import Refused
from catalog.ground.session import Database

_HERE = Path(__file__).parent


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


def head() -> str:
    """The revision of this release."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(_config()).get_current_head())


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to a revision, all in one transaction; a run that was killed begins anew."""
    from alembic import command

    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def held_revision(database: Database) -> str | None:
    """Where the database stands; None before its first migration."""
    from alembic.runtime.migration import MigrationContext

    with database.engine().connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found


def need_current(database: Database) -> None:
    """Raises DatabaseBehind unless the database has exactly this release's shape."""
    held, wanted = held_revision(database), head()
    if held != wanted:
        raise DatabaseBehind(held, wanted)
