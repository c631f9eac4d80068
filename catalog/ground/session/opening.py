"""Opening the database that the settings name."""

from catalog.ground.errors import Malformed
from catalog.ground.session.database import Database
from catalog.ground.session.postgres import PostgresDatabase
from catalog.ground.session.sqlite import SqliteDatabase


class DatabaseUrlMalformed(Malformed):
    """AKASHI_DATABASE_URL names neither sqlite nor postgresql."""


def open_database(url: str) -> Database:
    """`sqlite:///path` or `postgresql://…`. Raises DatabaseUrlMalformed."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return SqliteDatabase(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        return PostgresDatabase(url.replace("postgres://", "postgresql://", 1))
    raise DatabaseUrlMalformed("the database URL must begin with sqlite:/// or postgresql://")
