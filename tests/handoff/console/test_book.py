"""Who works here, what they look after, and who takes it over, by the console's forms (R-119)."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.customers import queries as customers_of
from catalog.customers.actions import Particulars
from catalog.duties.actors import Role
from catalog.ground import journal
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from conversations.threads import speaker
from handoff.desk import actions as desk
from handoff.desk.queries import open_of
from handoff.staff.tables import Staff
from tests.handoff.console.window import Opened, Seat, window
from tests.handoff.desk.talk import says, talk_of

USER = "U" + "7" * 32
TALK = talk_of(USER)
CHANGE, GIVE, LEAVE = (
    f"/console/staff/{each}" for each in ("change", "hand_over", "leave")
)  # fmt: skip


@pytest.fixture
def seat(database: Database, now: datetime) -> Iterator[Opened]:
    with window(database, lambda: now) as opened:
        yield opened


def client_of(database: Database, adviser: str, now: datetime, *, talks_to: Seat) -> CustomerId:
    """A customer with that adviser, who is being talked with."""
    says(database, USER, "こんにちは", now=now)

    def unit(db: Session) -> CustomerId:
        who = customers.register(
            db, "C-1", "<b>佐藤</b>", given_name=None, language="ja",
            more=Particulars(adviser=adviser), by="test", now=now,
        )  # fmt: skip
        customers.bind(db, who, "line", USER, by="test", now=now)
        desk.take_over(db, TALK, talks_to.actor, lang="ja", now=now)
        return who

    return database.write(unit)


def adviser_of(database: Database, who: CustomerId) -> str | None:
    return database.read(lambda db: customers_of.adviser_of(db, who))


def person(database: Database, who: Seat) -> Staff:
    return database.read(lambda db: db.get_one(Staff, who.staff_id))


def test_a_name_an_address_and_a_slack_id_are_changed_and_belong_to_one_person(
    database: Database, seat: Opened, now: datetime
) -> None:
    owner, tanaka = seat("社長", Role.OWNER), seat("田中", Role.ADVISER)
    seat("鈴木", Role.ADVISER)
    who = client_of(database, "田中", now, talks_to=tanaka)
    form = owner.form("/console/staff", CHANGE, id=tanaka.staff_id)
    told = {**form.fields, "name": "高橋", "email": "Taka@Example.jp", "slack": "U0AB12"}
    assert owner.post(CHANGE, told).status_code == 303
    changed = person(database, tanaka)
    assert (changed.name, changed.email, changed.slack_id) == (
        "高橋", "taka@example.jp", "U0AB12",
    )  # fmt: skip
    assert adviser_of(database, who) == "高橋"  # the register names its advisers
    verbs = database.read(
        lambda db: [each.verb for each in journal.of(db, f"staff:{tanaka.staff_id}")]
    )
    assert verbs == ["added", "signed_in", "renamed", "email_changed", "slack_changed"]
    assert owner.post(CHANGE, told).status_code == 303  # the same again is no change
    for wrong, status, why in (
        ({"name": "鈴木"}, 409, "登録済み"),
        ({"name": " "}, 422, "お名前は1文字以上"),
        ({"email": "nope"}, 422, "メールアドレスの形式"),
        ({"slack": "@taka"}, 422, "「U」で始まります"),
    ):
        refused = owner.post(CHANGE, {**told, "email": "other@example.jp", **wrong})
        assert (refused.status_code, why in refused.text) == (status, True), wrong
        assert person(database, tanaka).email == "taka@example.jp"  # all of a form or nothing
    assert owner.post(CHANGE, {**told, "email": "", "slack": ""}).status_code == 303
    assert person(database, tanaka).slack_id is None


def test_a_lead_hands_over_what_somebody_away_holds(
    database: Database, seat: Opened, now: datetime
) -> None:
    lead, tanaka, suzuki = (
        seat("佐藤", Role.SENIOR), seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER),
    )  # fmt: skip
    who = client_of(database, "田中", now, talks_to=tanaka)
    page = f"/console/staff/book?p={tanaka.staff_id}"
    shown = lead.page(page)
    assert "<b>佐藤</b>" not in shown and "&lt;b&gt;佐藤&lt;/b&gt;" in shown
    assert LEAVE not in shown  # only who answers for staff lets somebody go
    form = lead.form(page, GIVE)
    nobody = lead.post(GIVE, form.fields)
    assert (nobody.status_code, "引き継ぎ先を選んで" in nobody.text) == (422, True)
    bare = {name: value for name, value in form.fields.items() if not name.startswith("part-")}
    nothing = lead.post(GIVE, {**bare, "to": suzuki.staff_id})
    assert (nothing.status_code, "引き継ぐものを選んで" in nothing.text) == (422, True)
    stranger = lead.post(GIVE, {**form.fields, "to": "nobody"})
    assert (stranger.status_code, "ほかの方を選んで" in stranger.text) == (422, True)
    done = lead.post(GIVE, {**bare, "to": suzuki.staff_id, "part-talks": "yes"})
    assert "会話1件、ご予約0件、次の一手0件、お客様0名を引き継ぎました" in done.text
    assert database.read(lambda db: speaker.now_of(db, TALK)) == suzuki.staff_id
    assert adviser_of(database, who) == "田中"
    assert tanaka.get(page).status_code == 403


def test_somebody_leaves_and_all_they_hold_moves_in_the_same_moment(
    database: Database, seat: Opened, now: datetime
) -> None:
    owner, tanaka, suzuki = (
        seat("社長", Role.OWNER), seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER),
    )  # fmt: skip
    who = client_of(database, "田中", now, talks_to=tanaka)
    page = f"/console/staff/book?p={tanaka.staff_id}"
    form = owner.form(page, LEAVE)
    unsaid = owner.post(LEAVE, {**form.fields, "to": ""})
    assert (unsaid.status_code, "引き継ぎ先を選んで" in unsaid.text) == (422, True)
    assert person(database, tanaka).left_at is None
    gone = owner.post(LEAVE, {**form.fields, "to": suzuki.staff_id})
    assert (gone.status_code, gone.headers["location"]) == (303, "/console/staff?done=left")
    assert person(database, tanaka).left_at == now
    assert adviser_of(database, who) == "鈴木"
    assert database.read(lambda db: speaker.now_of(db, TALK)) == suzuki.staff_id
    assert owner.get(page).status_code == 404
    assert tanaka.get("/console/hours").status_code == 303  # to the door


def test_the_queue_takes_what_nobody_is_named_for(
    database: Database, seat: Opened, now: datetime
) -> None:
    owner, tanaka, suzuki = (
        seat("社長", Role.OWNER), seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER),
    )  # fmt: skip
    who = client_of(database, "田中", now, talks_to=tanaka)
    form = owner.form(f"/console/staff/book?p={tanaka.staff_id}", LEAVE)
    assert owner.post(LEAVE, {**form.fields, "to": "queue"}).status_code == 303
    ticket = database.read(lambda db: open_of(db, TALK))
    assert ticket is not None and (ticket.state, ticket.owner) == ("waiting", None)
    assert ticket.promised_at > now
    assert adviser_of(database, who) in {"社長", "鈴木"}
    assert suzuki.get("/console/inbox?list=waiting").status_code == 200


def test_a_role_that_talks_no_more_is_given_once_the_book_is_handed_over(
    database: Database, seat: Opened, now: datetime
) -> None:
    owner, tanaka = seat("社長", Role.OWNER), seat("田中", Role.ADVISER)
    client_of(database, "田中", now, talks_to=tanaka)
    form = owner.form("/console/staff", "/console/staff/role", id=tanaka.staff_id)
    refused = owner.post(form.action, {**form.fields, "role": "accounting"})
    assert (refused.status_code, "先に引き継いで" in refused.text) == (409, True)
    assert person(database, tanaka).role == "adviser"


def test_a_customer_is_given_an_adviser_and_put_first_by_who_may(
    database: Database, seat: Opened, now: datetime
) -> None:
    """R-119, R-131."""
    lead, tanaka, remote = (
        seat("佐藤", Role.SENIOR), seat("田中", Role.ADVISER), seat("林", Role.REMOTE),
    )  # fmt: skip
    who = client_of(database, "鈴木", now, talks_to=tanaka)
    page = f"/console/customers/{who}"
    form = tanaka.form(page, "/console/customers/adviser")
    assert tanaka.post(form.action, {**form.fields, "to": tanaka.staff_id}).status_code == 303
    assert adviser_of(database, who) == "田中"
    assert tanaka.post(form.action, {**form.fields, "to": "nobody"}).status_code == 404
    assert tanaka.post(form.action, {**form.fields, "to": ""}).status_code == 303
    assert adviser_of(database, who) is None
    assert "/console/customers/favour" not in tanaka.page(page)
    assert "/console/customers/adviser" not in remote.page(page)
    first = lead.form(page, "/console/customers/favour")
    assert lead.post(first.action, first.fields).status_code == 303
    assert "★" in lead.page(page)
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, f"customer:{who}")])
    assert verbs[-3:] == ["entrusted", "entrusted_no_more", "favoured"]
    off = lead.form(page, "/console/customers/favour", vip="no")
    assert lead.post(off.action, off.fields).status_code == 303
    assert "★" not in lead.page(page)
