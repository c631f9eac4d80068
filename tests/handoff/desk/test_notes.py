"""Internal notes: written once, never changed, told to whom they call, and never in a letter."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.app import READERS
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from conversations.outbox.tables import OutboxLetter
from handoff.desk import actions as desk
from handoff.desk import erasing, notes, transcript
from handoff.desk.entries import Noted
from handoff.desk.mentions import Person, mentioned
from handoff.desk.notes import NoteMalformed, NotYourNote
from tests.handoff.desk.talk import hire, leaves, says, talk_of

USER = "U" + "b" * 32
TALK = talk_of(USER)
SATO, SATO_K = Person(StaffId("1"), "佐藤 花子"), Person(StaffId("2"), "佐藤 健")
TANAKA = Person(StaffId("3"), "田中", "tanaka@shop.example")
KEN, KENTA = Person(StaffId("4"), "Ken"), Person(StaffId("5"), "Kenta")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@田中さん お願いします", ["3"]),
        ("＠田中 と @佐藤花子 へ", ["3", "1"]),
        ("@佐藤 どちら？", []),  # two of that name
        ("@佐藤　健 へ", ["2"]),
        ("@tanaka please", ["3"]),
        ("mail tanaka@shop.example", []),
        ("@kenta and @ken", ["5", "4"]),
        ("@kent", []),
        ("@田中 @田中", ["3"]),
    ],
)
def test_a_name_after_an_at_calls_exactly_that_person(text: str, who: list[str]) -> None:
    assert list(mentioned(text, [SATO, SATO_K, TANAKA, KEN, KENTA])) == who


@given(st.text(max_size=80))
def test_any_text_calls_only_people_there_are_each_once(text: str) -> None:
    found = mentioned(text, [SATO, TANAKA, KEN])
    assert len(found) == len(set(found))
    assert set(found) <= {"1", "3", "4"}
    assert "@" in text or "＠" in text or "﹫" in text or not found


def test_whoever_is_called_is_told_once_and_nobody_who_left(
    database: Database, now: datetime
) -> None:
    def unit(db: object) -> tuple[StaffId, StaffId, StaffId]:
        return (
            hire(db, "田中", "adviser", now=now),  # type: ignore[arg-type]  # a session
            hire(db, "佐藤", "adviser", now=now),  # type: ignore[arg-type]  # a session
            hire(db, "鈴木", "adviser", now=now),  # type: ignore[arg-type]  # a session
        )

    tanaka, sato, suzuki = database.write(unit)
    database.write(lambda db: leaves(db, suzuki, now=now))

    def write(key: str) -> notes.Added:
        return database.write(
            lambda db: notes.add(
                db, TALK, tanaka, "@佐藤 @鈴木 @田中 確認を", source="console", key=key, now=now
            )
        )

    first, again = write("k"), write("k")
    assert first.called == (sato,)
    assert (again.note, again.called, again.is_new) == (first.note, (), False)
    due = database.write(
        lambda db: worklist.claim(db, [notes.MENTIONED], worker="t", now=now, lease_seconds=60)
    )
    assert [each.facts for each in due] == [{"note": first.note}]
    told = database.write(lambda db: notes.to_tell(db, first.note, now=now))
    assert told == notes.Calling(TALK, (sato,))
    assert database.write(lambda db: notes.to_tell(db, first.note, now=now)) is None


def test_a_note_is_taken_back_by_its_writer_alone_and_only_shown_as_such(
    database: Database, now: datetime
) -> None:
    says(database, USER, "こんにちは", now=now)
    note = database.write(
        lambda db: notes.add(db, TALK, StaffId("a"), "秘密", source="console", key="k", now=now)
    ).note
    with pytest.raises(NotYourNote):
        database.write(lambda db: notes.retract(db, note, StaffId("b"), now=now))
    later = now + timedelta(minutes=1)
    assert database.write(lambda db: notes.retract(db, note, StaffId("a"), now=later))
    assert not database.write(lambda db: notes.retract(db, note, StaffId("a"), now=later))
    page = database.read(lambda db: transcript.of(db, READERS, TALK))
    [shown] = [each for each in page.entries if isinstance(each, Noted)]
    assert shown.is_taken_back and shown.body is None
    assert database.read(lambda db: notes.of_conversations(db, [TALK])) == []


@pytest.mark.parametrize("body", ["", " \n ", "\x00", "x" * 5_001])
def test_nothing_and_too_much_are_no_note(database: Database, now: datetime, body: str) -> None:
    with pytest.raises(NoteMalformed):
        database.write(
            lambda db: notes.add(db, TALK, StaffId("a"), body, source="c", key="k", now=now)
        )


def test_no_word_of_a_note_is_in_any_letter(database: Database, now: datetime) -> None:
    sato = Actor("sato", Role.ADVISER)
    says(database, USER, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, TALK, sato, lang="ja", now=now))
    for n in range(5):
        secret = f"SECRET-{n}"
        calls = [[{"type": "text", "text": f"answer {n}"}]]

        def unit(db: object, n: int = n, secret: str = secret, calls: object = calls) -> None:
            notes.add(db, TALK, StaffId("sato"), secret, source="c", key=f"n{n}", now=now)  # type: ignore[arg-type]  # a session
            desk.answer(db, TALK, sato, calls, key=f"a{n}", now=now)  # type: ignore[arg-type]  # as above

        database.write(unit)
    letters = database.read(lambda db: db.exec(select(OutboxLetter)).all())
    assert len(letters) == 5
    assert not any("SECRET" in str(each.model_dump()) for each in letters)


def test_forgetting_a_person_empties_the_notes_about_them(
    database: Database, now: datetime
) -> None:
    says(database, USER, "こんにちは", now=now)
    database.write(
        lambda db: notes.add(db, TALK, StaffId("a"), "趣味は釣り", source="c", key="k", now=now)
    )
    database.write(lambda db: erasing.forget(db, f"conversation:{TALK}", now=now))
    rows = database.read(lambda db: db.exec(select(notes.Note.body)).all())
    assert list(rows) == [""]
