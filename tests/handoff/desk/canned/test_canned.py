"""Canned replies: places filled by the registers, or the reply is not sent."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.desk import actions as desk
from handoff.desk.canned import actions, queries
from handoff.desk.canned.actions import CannedMissing, CannedMoved, ShortcutTaken
from handoff.desk.canned.rules import (
    Place,
    PlaceUnknown,
    Unresolved,
    filled,
    need_resolved,
    partly,
    pieces,
)
from handoff.staff.permissions import NotAllowed
from tests.handoff.desk.talk import hire, says, talk_of

LEAD, ADVISER = Actor("lead", Role.SENIOR), Actor("sato", Role.ADVISER)
USER = "U" + "f" * 32
TALK = talk_of(USER)
PLAIN = st.text(st.characters(exclude_characters="{}｛｝", codec="utf-8"), max_size=10)
FACTS = st.dictionaries(st.sampled_from(list(Place)), PLAIN.filter(bool))


@given(st.lists(PLAIN | st.sampled_from(list(Place)), max_size=8), FACTS)
def test_a_text_is_filled_whole_or_refused_with_what_is_missing(
    cut: list[str], facts: dict[Place, str]
) -> None:
    body = "".join(f"{{{{ {each.value} }}}}" if isinstance(each, Place) else each for each in cut)
    missing = {each.value for each in cut if isinstance(each, Place) and each not in facts}
    told, left = partly(body, facts)
    assert set(left) == missing
    if missing:
        with pytest.raises(Unresolved) as refused:
            filled(body, facts)
        assert set(refused.value.names) == missing
        with pytest.raises(Unresolved):
            need_resolved(told)
    else:
        wanted = "".join(facts[each] if isinstance(each, Place) else each for each in cut)
        assert filled(body, facts) == told == wanted
        need_resolved(told)


def test_full_width_braces_are_places_too_and_unknown_ones_are_refused() -> None:
    assert pieces("｛｛customer.family_name｝｝様") == (Place.CUSTOMER_FAMILY_NAME, "様")
    with pytest.raises(PlaceUnknown) as refused:
        pieces("{{customer.__class__}} {{7*7}}")
    assert refused.value.names == ("customer.__class__", "7*7")


def test_what_is_not_filled_in_never_leaves(database: Database, now: datetime) -> None:
    says(database, USER, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, TALK, ADVISER, lang="ja", now=now))
    calls = [[{"type": "text", "text": "{{ customer.family_name }}様、"}]]
    with pytest.raises(Unresolved):
        database.write(lambda db: desk.answer(db, TALK, ADVISER, calls, key="k", now=now))


def test_the_registers_fill_what_they_know(database: Database, now: datetime) -> None:
    says(database, USER, "こんにちは", now=now)
    who = database.write(lambda db: hire(db, "佐藤", "adviser", now=now))

    def unit(db: Session) -> str:
        customer = customers.register(
            db, "C-1", "髙橋", given_name="花子", language="ja", by="test", now=now
        )
        customers.bind(db, customer, "line", USER, by="test", now=now)
        bodies = {"ja": "{{customer.family_name}}様、担当の{{staff.name}}です。{{credit.balance}}"}
        return actions.write(db, "hi", "挨拶", bodies, LEAD, now=now)

    reply = database.write(unit)
    told = database.read(lambda db: queries.fill(db, reply, TALK, who, lang="ja", now=now))
    assert told.text == "髙橋様、担当の佐藤です。{{credit.balance}}"
    assert told.left == ("credit.balance",)
    with pytest.raises(Unresolved):
        database.read(lambda db: queries.text_for(db, reply, TALK, who, lang="en", now=now))


def test_a_change_is_a_new_version_made_from_the_one_that_holds(
    database: Database, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        database.write(lambda db: actions.write(db, "a", "一", {"ja": "x"}, ADVISER, now=now))
    reply = database.write(lambda db: actions.write(db, "a", "一", {"ja": "x"}, LEAD, now=now))

    def change(version: int, body: str) -> int:
        return database.write(
            lambda db: actions.change(
                db, reply, "a", "一", {"ja": body, "en": "y"}, LEAD, version=version, now=now
            )
        )

    assert change(1, "二") == 2
    with pytest.raises(CannedMoved):
        change(1, "三")
    kept = database.read(lambda db: queries.versions(db, reply))
    assert [(each.version, each.lang, each.body) for each in kept] == [
        (2, "en", "y"), (2, "ja", "二"), (1, "ja", "x"),
    ]  # fmt: skip
    with pytest.raises(ShortcutTaken):
        database.write(lambda db: actions.write(db, "/A", "別", {"ja": "x"}, LEAD, now=now))
    database.write(lambda db: actions.retire(db, reply, LEAD, now=now))
    with pytest.raises(CannedMissing):
        database.read(lambda db: queries.get(db, reply))
    database.write(lambda db: actions.write(db, "a", "別", {"ja": "x"}, LEAD, now=now))


def test_the_first_set_is_polite_in_two_languages_and_found_by_any_spelling(
    database: Database, now: datetime
) -> None:
    assert database.write(lambda db: actions.begin(db, by="test", now=now)) == 20
    assert database.write(lambda db: actions.begin(db, by="test", now=now)) == 0
    replies = database.read(queries.in_use)
    for reply in replies:
        assert set(reply.texts) == {"ja", "en"}
        assert reply.texts["ja"].endswith(("。", "か。"))
        assert {each for each in pieces(reply.texts["ja"]) if isinstance(each, Place)} == {
            each for each in pieces(reply.texts["en"]) if isinstance(each, Place)
        }

    def found(asked: str) -> list[str]:
        return [each.shortcut for each in database.read(lambda db: queries.find(db, asked))]

    assert found("/film")[0] == "film"
    assert found("ｸﾚｼﾞｯﾄ") == found("クレジット") == found("くれじっと") == ["credit"]
    assert found("発送") == ["shipped"]
    assert found("zzz") == []


def test_a_language_without_a_text_gets_english_else_japanese() -> None:
    both = queries.Reply("1", "a", "t", 1, {"ja": "日", "en": "e"})
    assert [both.in_language(each) for each in ("ja", "en", "ko")] == ["日", "e", "e"]
    assert queries.Reply("1", "a", "t", 1, {"ja": "日"}).in_language("ko") == "日"
    assert StaffId("x")
