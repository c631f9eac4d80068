"""Several things at once: a macro is all or nothing, a bulk step is each for itself."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.line.render import render
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import ShopHours
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from conversations.outbox.tables import OutboxLetter
from handoff.desk import actions as desk
from handoff.desk import labels, macros
from handoff.desk.actions import HeldByAnother
from handoff.desk.canned import actions as canned
from handoff.desk.canned.rules import Unresolved
from handoff.desk.labels import Colour
from handoff.desk.macros import (
    Do,
    MacroKnown,
    MacroMalformed,
    MacroMissing,
    MacroMoved,
    Step,
)
from handoff.desk.queries import open_of
from handoff.dialogue.macros import Hands, in_each, run
from handoff.staff.permissions import NotAllowed
from tests.handoff.desk.talk import here, says, talk_of

USERS = ["U" + f"{n:032x}" for n in range(20, 23)]
TALKS = [talk_of(user) for user in USERS]
LEAD, SATO = Actor("lead", Role.SENIOR), Actor("sato", Role.ADVISER)


class Line:
    """LINE's rendering; nothing is sent."""

    name = "line"
    render = staticmethod(render)


HANDS = Hands({"line": Line()}, ShopHours())  # type: ignore[dict-item]  # it only renders


def held(database: Database, *, now: datetime) -> None:
    for user, talk in zip(USERS, TALKS, strict=True):
        says(database, user, "こんにちは", now=now)
        if talk != TALKS[2]:
            database.write(
                lambda db, talk=talk: desk.take_over(db, talk, LEAD, lang="ja", now=now)  # type: ignore[misc]  # bound at once
            )


def letters(database: Database) -> list[str]:
    return database.read(lambda db: list(db.exec(select(OutboxLetter.messages))))


def whose(database: Database, talk: ConversationId) -> str | None:
    ticket = database.read(lambda db: open_of(db, talk))
    return ticket.owner if ticket is not None else None


def prepared(database: Database, body: str, *, now: datetime) -> tuple[str, str]:
    """A label and a macro that labels, answers and ends."""
    label = database.write(lambda db: labels.define(db, "済", Colour.GREEN, LEAD, now=now))
    reply = database.write(lambda db: canned.write(db, "a", "礼", {"ja": body}, LEAD, now=now))
    steps = [Step(Do.LABEL, label), Step(Do.REPLY, reply), Step(Do.CLOSE)]
    return label, database.write(lambda db: macros.write(db, "終了", steps, LEAD, now=now))


def test_a_macro_does_every_step(database: Database, now: datetime) -> None:
    held(database, now=now)
    label, macro = prepared(database, "ありがとうございました。", now=now)
    database.write(lambda db: run(db, macro, TALKS[0], LEAD, HANDS, key="m", now=now))
    worn = database.read(lambda db: labels.of_conversations(db, TALKS))
    assert [each.id for each in worn[TALKS[0]]] == [label]
    assert database.read(lambda db: open_of(db, TALKS[0])) is None
    assert any("ありがとうございました" in each for each in letters(database))


def test_a_macro_that_is_refused_in_the_middle_leaves_nothing_behind(
    database: Database, now: datetime
) -> None:
    held(database, now=now)
    _, macro = prepared(database, "{{customer.family_name}}様", now=now)

    def unit(db: object) -> None:
        with pytest.raises(Unresolved):
            run(db, macro, TALKS[0], LEAD, HANDS, key="m", now=now)  # type: ignore[arg-type]  # a session

    database.write(unit)
    assert database.read(lambda db: labels.of_conversations(db, TALKS)) == {}
    assert letters(database) == []
    assert database.read(lambda db: open_of(db, TALKS[0])) is not None


def test_words_of_a_macro_that_ends_are_said_before_the_end_and_never_in_the_bots_time(
    database: Database, now: datetime
) -> None:
    """R-152: at 20:00 the end is told at once, so what the person says goes before it."""
    evening = now + timedelta(hours=6)
    assert not HANDS.hours.is_open(evening)
    held(database, now=evening)
    _, macro = prepared(database, "ありがとうございました。", now=evening)
    database.write(lambda db: run(db, macro, TALKS[0], LEAD, HANDS, key="m", now=evening))
    found = database.read(
        lambda db: db.exec(
            select(OutboxLetter.purpose, OutboxLetter.due_at)
            .where(OutboxLetter.conversation == TALKS[0])
            .order_by(col(OutboxLetter.id))
        ).all()
    )
    assert found[0] == (desk.STAFF_LETTER, evening)
    assert {at for _, at in found} == {evening}
    assert len(found) > 1


def test_words_of_a_macro_that_goes_on_wait_for_the_shop_to_open(
    database: Database, now: datetime
) -> None:
    evening = now + timedelta(hours=6)
    held(database, now=evening)
    reply = database.write(lambda db: canned.write(db, "a", "礼", {"ja": "では"}, LEAD, now=now))
    steps = [Step(Do.REPLY, reply), Step(Do.SNOOZE, "reply")]
    macro = database.write(lambda db: macros.write(db, "保留", steps, LEAD, now=now))
    database.write(lambda db: run(db, macro, TALKS[0], LEAD, HANDS, key="m", now=evening))
    (at,) = database.read(lambda db: db.exec(select(OutboxLetter.due_at)).all())
    assert at == HANDS.hours.after_work(evening, timedelta())


def test_a_macro_takes_no_conversation_from_whoever_has_it(
    database: Database, now: datetime
) -> None:
    """R-167: whose it is decides, not whom the macro names."""
    held(database, now=now)
    here(database, SATO, now=now)
    steps = [Step(Do.ASSIGN, SATO.id)]
    macro = database.write(lambda db: macros.write(db, "佐藤へ", steps, LEAD, now=now))
    with pytest.raises(HeldByAnother) as refused:
        database.write(lambda db: run(db, macro, TALKS[0], SATO, HANDS, key="m", now=now))
    assert refused.value.owner == LEAD.id
    assert whose(database, TALKS[0]) == LEAD.id
    database.write(lambda db: run(db, macro, TALKS[0], LEAD, HANDS, key="m", now=now))
    assert whose(database, TALKS[0]) == SATO.id


def test_in_bulk_each_conversation_is_its_own(database: Database, now: datetime) -> None:
    held(database, now=now)
    done = database.write(
        lambda db: in_each(db, Step(Do.CLOSE), TALKS, LEAD, HANDS, key="b", now=now)
    )
    assert done.done == (TALKS[0], TALKS[1])
    assert done.refused == ((TALKS[2], "NotHeld"),)
    with pytest.raises(NotAllowed):
        database.write(lambda db: in_each(db, Step(Do.CLOSE), TALKS, SATO, HANDS, key="b", now=now))


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [Step(Do.CLOSE), Step(Do.LABEL, "x")],
        [Step(Do.SNOOZE, "whenever")],
        [Step(Do.LABEL)],
        [Step(Do.LABEL, "x")] * 11,
    ],
)
def test_steps_that_cannot_be_are_no_macro(
    database: Database, now: datetime, steps: list[Step]
) -> None:
    with pytest.raises(MacroMalformed):
        database.write(lambda db: macros.write(db, "x", steps, LEAD, now=now))


def test_a_macro_is_changed_from_the_version_that_holds(database: Database, now: datetime) -> None:
    label, macro = prepared(database, "礼", now=now)
    other = database.write(lambda db: macros.write(db, "別", [Step(Do.CLOSE)], LEAD, now=now))

    def change(name: str, version: int, actor: Actor = LEAD) -> int:
        steps = [Step(Do.LABEL, label), Step(Do.SNOOZE, "reply")]
        return database.write(
            lambda db: macros.change(db, macro, name, steps, actor, version=version, now=now)
        )

    assert change("保留", 1) == 2
    with pytest.raises(MacroMoved):
        change("保留", 1)
    with pytest.raises(MacroKnown):
        change("別", 2)
    with pytest.raises(MacroMalformed):
        change(" ", 2)
    with pytest.raises(NotAllowed):
        change("保留", 2, SATO)
    held = database.read(lambda db: macros.get(db, macro))
    assert (held.name, held.version, [each.do for each in held.steps]) == (
        "保留", 2, [Do.LABEL, Do.SNOOZE],
    )  # fmt: skip
    database.write(lambda db: macros.retire(db, other, LEAD, now=now))
    assert change("別", 2) == 3  # the name is free again
    database.write(lambda db: macros.retire(db, macro, LEAD, now=now))
    with pytest.raises(MacroMissing):
        change("別", 3)
