"""Holds by chat (R-032): asked back, until closing, taken by somebody else, tampered with."""

from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session

from catalog.items.holds.queries import active_hold
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from conversations.flows.flow import read_tap
from tests.conversations.flows import stall
from tests.conversations.flows.stall import NOW, Person, ask, told
from tests.databases import fresh


def seated(db: Session, address: str, code: str) -> None:
    partner = partners.enter(db, code, code, by="t", now=NOW)
    partners.seat(db, partner, "line", address, by="t", now=NOW)
    partners.grant(
        db, partner, None, rights=["hold", "media"], media_kinds=["film"], expires_on=None,
        by="t", now=NOW,
    )  # fmt: skip


def button(person: Person) -> str:
    """The button of the open question."""
    assert person.memory.pending is not None
    return person.memory.pending.tap


def test_a_customer_holds_a_visitor_is_asked_to_link(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        unit_id = stall.piece(db, 1042)
        stall.customer(db, "U1")
        visitor, misaki = Person("U0"), Person("U1")
        assert "membership.link" in told(ask(db, visitor, "item.hold", {"sku": ["W-1042"]}))
        answer = ask(db, misaki, "item.hold", {"sku": ["W-1042"]})
        assert "本日 19:00まで" in told(answer)
        assert active_hold(db, unit_id, now=NOW) is None
        pressed = button(misaki)
        assert not misaki.memory.pending.binds  # type: ignore[union-attr]  # asserted in button
        assert "お取り置きしております" in told(ask(db, misaki, pressed))
        assert "お取り置きしております" in told(ask(db, misaki, pressed))  # pressed twice: one hold
        held = active_hold(db, unit_id, now=NOW)
        assert held is not None
        assert held.holder.startswith("customer:")
        assert "お取り置き中(本日 19:00まで)" in told(ask(db, misaki, "pieces.show?sku=W-1042"))
        for other in (Person("U0"), Person("U5")):
            assert "商談中" in told(ask(db, other, "pieces.show?sku=W-1042"))
        assert "商談中" not in told(
            ask(db, Person("U5"), "pieces.show?sku=W-1042", now=NOW + timedelta(hours=6))
        )

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_between_question_and_yes_it_may_be_taken_sold_or_too_late(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        unit_id = stall.piece(db, 1042)
        seated(db, "Ua", "A")
        seated(db, "Ub", "B")
        first, second = Person("Ua"), Person("Ub")
        for each in (first, second):
            ask(db, each, "item.hold", {"sku": ["W-1042"]})
        pressed = button(second)
        late = ask(db, second, pressed, now=NOW + timedelta(hours=9))
        assert "よろしければ" in told(late)
        ask(db, first, button(first))
        taken = told(ask(db, second, pressed))
        assert "商談中" in taken
        assert "alerts.watch" in taken
        unit_row = db.get_one(Unit, unit_id)
        unit_row.state = UnitState.SOLD.value
        db.flush()
        assert "承れない" in told(ask(db, Person("Ub"), pressed.replace("once=1", "once=7")))

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_button_of_another_or_tampered_with_holds_nothing(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        unit_id = stall.piece(db, 1042)
        seated(db, "Ua", "A")
        seated(db, "Ub", "B")
        group = "G1"
        first, second = Person("Ua", group), Person("Ub", group)
        ask(db, first, "item.hold", {"sku": ["W-1042"]})
        second.memory = first.memory  # they share the group's talk
        pressed = button(first)
        assert "見つかりません" in told(ask(db, second, pressed))
        name, slots = read_tap(pressed)
        for wrong in ("", "tomorrow", "2026-11-22T19:00", "9999-01-01T00:00:00+00:00"):
            ask(db, first, name, {**slots, "until": wrong})
        assert active_hold(db, unit_id, now=NOW) is None
        assert "お取り置きしております" in told(ask(db, first, pressed))
        assert "1対1" in told(ask(db, first, "holds.mine"))
        assert "すでに終了" in told(ask(db, second, "holds.release?sku=W-1042"))

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)


def test_a_day_beyond_the_terms_is_answered_with_the_latest(tmp_path: Path) -> None:
    def unit(db: Session) -> None:
        stall.piece(db, 1042)
        stall.customer(db, "U1")
        person = Person("U1")
        far = ask(db, person, "item.hold", {"sku": ["W-1042"], "date": date(2026, 12, 24)})
        assert "承れるのは、11月24日(火) 14:00まで" in told(far)
        near = ask(db, person, "item.hold", {"sku": ["W-1042"], "date": date(2026, 11, 23)})
        assert "明日 19:00まで" in told(near)
        ask(db, person, button(person))
        extended = told(ask(db, person, "", text="W-1042の取り置きを延長して"))
        assert "11月24日(火) 14:00まで" in extended

    with fresh("sqlite", tmp_path) as database:
        database.write(unit)
