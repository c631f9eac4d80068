"""Run by alembic: the models of all floors, on the connection it was given."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from bot.migrations import models

del models  # imported for its effect: every table is known to the metadata


def _is_ours(name: str | None, kind: str) -> bool:
    """FTS5 keeps its own tables beside the virtual one."""
    return not (kind == "table" and name is not None and name.startswith("unit_grams"))


def run(connection: Connection) -> None:
    """One transaction for the whole way."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=lambda name, kind, _: _is_ours(name, kind),
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
