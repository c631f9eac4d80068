"""A code seats one person once; wrong ones are one answer and are counted (R-031)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from catalog.ground.session.database import Database
from catalog.partners import queries as partners
from catalog.partners.actions import enter
from catalog.partners.invitations import TRIES_COUNT_FOR, InvitationMissing, invite, join
from tests.catalog.items.pieces import NOW


def invited(database: Database) -> str:
    def unit(db: Session) -> str:
        partner = enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
        return invite(db, partner, by="t", now=NOW)

    return database.write(unit)


def tried(database: Database, code: str, address: str, at: datetime = NOW) -> bool:
    """Whether the code opened the door; the try is kept either way, as in a turn."""

    def unit(db: Session) -> bool:
        try:
            join(db, code, "line", address, now=at)
        except InvitationMissing:
            return False
        return True

    return database.write(unit)


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_code_works_once_however_it_is_written(
    database: Database, written: Callable[[str], str]
) -> None:
    code = invited(database)
    assert tried(database, written(code), "U1")
    assert not tried(database, code, "U2")
    assert database.read(lambda db: partners.seated(db, "line", "U1")) is not None
    assert database.read(lambda db: partners.seated(db, "line", "U2")) is None


def test_after_too_many_wrong_ones_the_right_one_is_wrong_too_for_an_hour(
    database: Database,
) -> None:
    code = invited(database)
    assert not any(tried(database, f"AAAAA-{n}{n}{n}{n}{n}", "U1") for n in range(2, 7))
    assert not tried(database, code, "U1")
    assert not tried(database, code, "U1", NOW + TRIES_COUNT_FOR - timedelta(seconds=1))
    assert tried(database, code, "U2")
    later = invited_again(database)
    assert tried(database, later, "U1", NOW + 3 * TRIES_COUNT_FOR)


def invited_again(database: Database) -> str:
    def unit(db: Session) -> str:
        partner = partners.by_code(db, "GINZA")
        assert partner is not None
        return invite(db, partner, by="t", now=NOW)

    return database.write(unit)


def test_a_code_has_a_digit_and_a_word_of_its_form_is_none(database: Database) -> None:
    """R-031: `never-there` is a word; only after "code" may one without a digit be tried."""
    from bot.app import FLOWS

    def unit(db: Session) -> list[str]:
        partner = enter(db, "GINZA", "銀座リテール", by="t", now=NOW)
        return [invite(db, partner, by="t", now=NOW) for _ in range(300)]

    for code in database.write(unit):
        for written in (code, code.lower()):
            assert (told := FLOWS.command(written)) is not None, code
            assert (told[0], told[1]["bare"]) == ("retail.join", written.lower())
    for word in ("never-there", "extra-petit", "never-there です", "Never-There"):
        assert FLOWS.command(word) is None, word
    assert FLOWS.command("招待コード never-there") == ("retail.join", {"code": "never-there"})
