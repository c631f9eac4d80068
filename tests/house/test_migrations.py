"""The history builds exactly the tables the code knows, on both databases, from nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel

from bot.migrations import history, models
from catalog.buyback import inquiry, transit
from catalog.duties.actors import BOT
from catalog.ground.session.database import Database
from catalog.ground.session.postgres import PostgresDatabase
from catalog.ground.session.sqlite import SqliteDatabase
from conversations.inbox import intake, work
from tests.catalog.buyback.deals import Deals, basis
from tests.catalog.duties import law
from tests.databases import ENGINES, fresh_url

assert models.ALL  # the metadata knows every table
_ALLOWED = {"INTEGER", "TEXT", "REAL", "BLOB"}
_FTS = "unit_grams"


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database nothing was ever done to."""
    with fresh_url(request.param, tmp_path, migrated=False) as url:
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
        )
        yield engine
        engine.dispose()


def test_the_history_is_one_line() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(history._config())
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    for revision in script.walk_revisions():
        assert re.match(r"\d{4}_\d{2}_\d{2}_[a-z0-9_]+\.py$", Path(revision.path).name)


def test_from_empty_the_history_builds_what_the_code_knows(empty: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    history.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: not str(name).startswith(_FTS),
            },
        )
        differences = [
            each
            for each in compare_metadata(context, SQLModel.metadata)
            if empty.dialect.name == "postgresql" or not _is_of_postgres(each)
        ]
        assert context.get_current_revision() == history.HEAD
    assert not differences


def _is_of_postgres(difference: Any) -> bool:
    """An index that is created on PostgreSQL alone is missed on SQLite too."""
    return difference[0] == "add_index" and "postgresql_using" in difference[1].dialect_kwargs


def test_a_second_run_changes_nothing(empty: Engine) -> None:
    history.upgrade(empty)
    before = _shape(empty)
    history.upgrade(empty)
    assert _shape(empty) == before


def _shape(engine: Engine) -> dict[str, list[str]]:
    found = inspect(engine)
    return {
        table: [str(column) for column in found.get_columns(table)]
        for table in sorted(found.get_table_names())
    }


def test_who_was_entered_by_the_bot_itself_is_a_newcomer(empty: Engine) -> None:
    history.upgrade(empty, "2026_11_29_speaker")
    told = (("A", "N-261001-ABCDEFGH", "bot"), ("B", "N-1", "import"), ("C", "C-1", "bot"))
    is_sqlite = empty.dialect.name == "sqlite"
    at = 1_790_000_000_000 if is_sqlite else "2026-10-01T00:00:00+00:00"
    with empty.begin() as connection:
        for customer, number, actor in told:
            connection.execute(
                text(
                    "INSERT INTO customer (id, customer_no, family_name, marketing_opt_in,"
                    " language, written_at) VALUES (:id, :number, 'お客様', :no, 'ja', :at)"
                ),
                {"id": customer, "number": number, "no": 0 if is_sqlite else False, "at": at},
            )
            connection.execute(
                text(
                    "INSERT INTO journal (subject, number, verb, actor, at, facts, previous, hash)"
                    " VALUES (:subject, 1, 'registered', :actor, :at, '{}', 'x', 'y')"
                ),
                {"subject": f"customer:{customer}", "actor": actor, "at": at},
            )
    history.upgrade(empty)
    with empty.connect() as connection:
        found = (
            connection.execute(
                text("SELECT id FROM customer WHERE is_newcomer = :yes"),
                {"yes": 1 if is_sqlite else True},
            )
            .scalars()
            .all()
        )
    assert list(found) == ["A"]


@pytest.mark.parametrize("engine", ENGINES)
def test_who_left_before_keeps_no_name_from_anybody_and_what_points_at_them_stays(
    engine: str, tmp_path: Path
) -> None:
    with fresh_url(engine, tmp_path, migrated=False) as url:
        is_sqlite = engine == "sqlite"
        path = url.removeprefix("sqlite:///")
        database: Database = SqliteDatabase(path) if is_sqlite else PostgresDatabase(url)
        history.upgrade(database.engine(), "2026_12_02_corrections")
        at = 1_790_000_000_000 if is_sqlite else "2026-10-01T00:00:00+00:00"
        with database.engine().begin() as connection:
            for name, left_at in (("佐藤", at), ("鈴木", None)):
                connection.execute(
                    text(
                        "INSERT INTO staff (id, name, role, email, slack_id, added_at, left_at)"
                        " VALUES (:name, :name, 'store', :name, :name, :at, :left_at)"
                    ),
                    {"name": name, "at": at, "left_at": left_at},
                )
                connection.execute(
                    text(
                        "INSERT INTO staff_password (staff_id, digest, set_at)"
                        " VALUES (:id, '', :at)"
                    ),
                    {"id": name, "at": at},
                )
        history.upgrade(database.engine())
        with database.engine().begin() as connection:
            found = connection.execute(
                text("SELECT name, open_name, email, slack_id FROM staff ORDER BY id")
            )
            told = sorted(tuple(row) for row in found)
            assert told == [("佐藤", None, None, None), ("鈴木",) * 4]
            if is_sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                assert broken == []
        with pytest.raises(IntegrityError), database.engine().begin() as connection:
            connection.execute(text("DELETE FROM staff"))
        database.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_made_before_is_shown_as_before_and_a_film_takes_several_stills(
    engine: str, tmp_path: Path
) -> None:
    with fresh_url(engine, tmp_path, migrated=False) as url:
        is_sqlite = engine == "sqlite"
        path = url.removeprefix("sqlite:///")
        database: Database = SqliteDatabase(path) if is_sqlite else PostgresDatabase(url)
        history.upgrade(database.engine(), "2026_12_05_asked_captures")
        at = 1_790_000_000_000 if is_sqlite else "2026-10-01T00:00:00+00:00"
        no = 0 if is_sqlite else False
        made = (
            "INSERT INTO rendition (id, asset_id, recipe, version, {more}state, made_at)"
            " VALUES (:id, 'A', :recipe, 1, {told}'ready', :at)"
        )
        with database.engine().begin() as connection:
            for statement in (
                "INSERT INTO blob (sha256, bytes, mime, state, kept_at)"
                " VALUES ('x', 1, 'video/mp4', 'kept', :at)",
                "INSERT INTO asset (id, sha256, kind, name, source, place, captured_at,"
                " time_source, received_at, is_tag, readiness, log_number)"
                " VALUES ('A', 'x', 'film', 'a.mp4', '', '', :at, 'file', :at, :no, 'whole', 1)",
            ):
                told = {"at": at, "no": no} if ":no" in statement else {"at": at}
                connection.execute(text(statement), told)
            told = {"id": "F", "recipe": "film", "at": at}
            connection.execute(text(made.format(more="", told="")), told)
            connection.execute(
                text(
                    "INSERT INTO media_pass (token_hash, rendition_id, conversation, purpose,"
                    " issued_at, expires_at) VALUES ('t', 'F', 'line:U', 'letter', :at, :at)"
                ),
                {"at": at},
            )
        history.upgrade(database.engine())
        with database.engine().begin() as connection:
            found = connection.execute(
                text(
                    "SELECT r.id, r.at_ms, r.state FROM media_pass p"
                    " JOIN rendition r ON r.id = p.rendition_id"
                )
            ).one()
            assert tuple(found) == ("F", 0, "ready")
            for name, at_ms in (("M1", "1000, "), ("M2", "2000, ")):
                statement = made.format(more="at_ms, ", told=at_ms)
                connection.execute(text(statement), {"id": name, "recipe": "moment", "at": at})
            if is_sqlite:
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        with pytest.raises(IntegrityError), database.engine().begin() as connection:
            statement = made.format(more="at_ms, ", told="1000, ")
            connection.execute(text(statement), {"id": "M3", "recipe": "moment", "at": at})
        database.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_written_before_tells_its_piece_or_ends_where_nobody_needs_it(
    engine: str, tmp_path: Path
) -> None:
    """QUO-6: else nobody could end it, neither by its step nor by saying so."""
    with fresh_url(engine, tmp_path) as url:
        path = url.removeprefix("sqlite:///")
        database: Database = SqliteDatabase(path) if engine == "sqlite" else PostgresDatabase(url)
        deals = Deals(database)
        sellers = [deals.seller() for _ in range(2)]
        cases = [deals.inquiry(each) for each in sellers]
        for case_id in cases:
            deals.do(inquiry.quote, deals.piece(case_id).id, basis(), actor=BOT)

        def as_before(db: Session) -> None:
            for row in law.tasks(db, "quote_review"):
                row.facts = {name: told for name, told in row.facts.items() if name != "piece"}

        database.write(as_before)
        deals.do(transit.withdraw, cases[0], actor=sellers[0])
        _back_to(database, "2026_12_04_claims")
        history.upgrade(database.engine())
        ended, kept = deals.tasks("quote_review")
        assert (ended.state, kept.state) == ("done", "due")
        assert kept.facts["piece"] == deals.piece(cases[1]).id
        database.close()


def _back_to(database: Database, revision: str) -> None:
    """As it stood after `revision`: what was added since is taken out again."""
    with database.engine().begin() as connection:
        for each in ("outcome", "follow", "answer", "answer_salt", "return_id"):
            connection.execute(text(f"ALTER TABLE dispute DROP COLUMN {each}"))
        connection.execute(text("ALTER TABLE share DROP COLUMN evidence"))
        connection.execute(text("ALTER TABLE case_piece DROP COLUMN back_no"))
        connection.execute(text("ALTER TABLE api_key DROP COLUMN used_at"))
        connection.execute(text("ALTER TABLE condition_report DROP COLUMN waived"))
        connection.execute(text("DROP TABLE finding_gram"))
        for each in ("asset_captured", "asset_part", "report_finding_asset"):
            connection.execute(text(f"DROP INDEX {each}"))
        connection.execute(text("DROP TABLE store_place"))
        connection.execute(text("ALTER TABLE station_look DROP COLUMN disk"))
        connection.execute(text("ALTER TABLE capture_task DROP COLUMN asked_by"))
        if database.engine().dialect.name == "postgresql":  # SQLite builds the table anew
            connection.execute(text("ALTER TABLE rendition DROP COLUMN at_ms"))
            connection.execute(text("ALTER TABLE rendition ADD UNIQUE (asset_id, recipe, version)"))
        connection.execute(
            text("UPDATE alembic_version SET version_num = :before"), {"before": revision}
        )


def _sqlite(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path / 'house.db'}", poolclass=NullPool)
    history.upgrade(engine)
    return engine


def test_every_sqlite_table_is_strict_with_plain_types(tmp_path: Path) -> None:
    engine = _sqlite(tmp_path)
    with engine.connect() as connection:
        tables = connection.execute(text("PRAGMA table_list")).mappings().all()
        ours = [row["name"] for row in tables if row["name"] in SQLModel.metadata.tables]
        strict = {row["name"] for row in tables if row["strict"]}
        assert set(ours) == set(SQLModel.metadata.tables)
        assert set(ours) <= strict
        for table in ours:
            columns = connection.execute(text(f"PRAGMA table_info({table})")).mappings().all()
            assert {row["type"] for row in columns} <= _ALLOWED, table


def test_every_table_can_be_created_from_the_metadata_on_both_engines(empty: Engine) -> None:
    SQLModel.metadata.create_all(empty)
    assert set(SQLModel.metadata.tables) <= set(inspect(empty).get_table_names())


def _hot_statements() -> list[tuple[str, str, str]]:
    """(name, text on SQLite, text on PostgreSQL) of what is written in plain SQL."""
    found: list[tuple[str, str, str]] = [
        (
            "intake._EVENT",
            intake._statement(intake._EVENT, intake._EVENT_ROW, 1),
            intake._PG_EVENT,
        ),
    ]
    from catalog.ground.session.hot import Hot
    from conversations.outbox import actions as outbox

    for module in (work, outbox):
        for name, value in vars(module).items():
            if isinstance(value, Hot):
                found.append((f"{module.__name__}.{name}", value._sqlite, value._postgres))
            elif name.startswith("_") and isinstance(value, str) and "{}" in value:
                filled = value.format("'a'")
                found.append((f"{module.__name__}.{name}", filled, filled))
    return [
        each for each in found if each[1].split()[0] in {"SELECT", "UPDATE", "INSERT", "DELETE"}
    ]


@pytest.mark.parametrize("statement", _hot_statements(), ids=lambda each: each[0])
def test_a_hot_statement_names_only_what_is_there_on_sqlite(
    statement: tuple[str, str, str], tmp_path: Path
) -> None:
    engine = _sqlite(tmp_path)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        named = re.findall(r"(?<![:\w]):([a-z_]\w*)", statement[1])
        given = dict.fromkeys(named) if named else (None,) * statement[1].count("?")
        driver.execute(f"EXPLAIN {statement[1]}", given)


def test_hot_statements_name_only_what_is_there_on_postgres(tmp_path: Path) -> None:
    with fresh_url("postgres", tmp_path) as url:
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
        )
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            for number, (name, _, statement) in enumerate(_hot_statements()):
                filled = re.sub(
                    r"%\(\w+\)s|%s", _numbered(), re.sub(r"(?<![:\w]):[a-z_]\w*", "%s", statement)
                )
                try:
                    driver.execute(f"PREPARE hot_{number} AS {filled.replace('%%', '%')}")
                except Exception as wrong:
                    raise AssertionError(f"{name}: {wrong}") from wrong
        engine.dispose()


def _numbered() -> Any:
    count = iter(range(1, 1000))
    return lambda _: f"${next(count)}"


def test_the_revision_the_start_asks_for_is_the_newest_one() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(history.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [history.HEAD]
