"""The pages about the shop itself, as staff use them: hours, shifts, terms, partners, channels,
people, journal, figures, words. Who may not is told so, a change is written down with its journal
row, and what people typed is never markup.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from html import escape
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.findings import Finding, State
from bot.rulebook.book import TERMS
from catalog.customers import actions as customers
from catalog.customers.tables import Contact, Customer
from catalog.duties.actors import Role
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import ShopHours, Span, at_tokyo
from catalog.ground.journal import Entry
from catalog.ground.record import ConversationId, PartnerId, StaffId
from catalog.ground.session.database import Database
from catalog.partners import actions as partners
from catalog.partners import queries as partners_of
from catalog.partners.tables import Grant, Partner
from conversations.inbox.tables import Heard
from conversations.outbox.tables import OutboxLetter
from conversations.threads import actions as threads
from handoff.appointments import actions as appointments
from handoff.appointments import attending
from handoff.appointments.actions import Wanted
from handoff.appointments.tables import Kind
from handoff.desk import actions as desk
from handoff.desk import labels, macros
from handoff.desk.canned import queries as replies
from handoff.desk.tables import TicketReason
from handoff.shifts import queries as shifts
from handoff.shifts.tables import ShiftWindow, Skills
from handoff.staff import actions as staff
from handoff.staff import passwords, sessions
from handoff.staff.permissions import ALLOWED, Act
from handoff.staff.tables import Staff
from tests.handoff.console.window import Opened, Seat, forms, window

HOSTILE = '<script>alert("x")</script> 髙𠮷\u202eab\'"'
PAGES = {
    "/console/hours": Act.LOOK,
    "/console/shifts": Act.LOOK,
    "/console/me": Act.LOOK,
    "/console/policy": Act.SETTLE_TERMS,
    "/console/policy/edit?of=CreditTerms": Act.SETTLE_TERMS,
    "/console/partners": Act.GRANT,
    "/console/line": Act.RETRY,
    "/console/audit": Act.AUDIT,
    "/console/storage": Act.REPORT,
    "/console/staff": Act.STAFF,
    "/console/reports": Act.REPORT,
    "/console/words": Act.WRITE_WORDS,
    "/console/words/reply": Act.WRITE_WORDS,
    "/console/words/macro": Act.WRITE_WORDS,
}
CHANGES = {
    "/console/hours/week": Act.PLAN,
    "/console/hours/day": Act.PLAN,
    "/console/shifts/week": Act.PLAN,
    "/console/shifts/profile": Act.PLAN,
    "/console/shifts/turn": Act.TALK,
    "/console/shifts/away": Act.TALK,
    "/console/policy/preview": Act.SETTLE_TERMS,
    "/console/policy/settle": Act.SETTLE_TERMS,
    "/console/partners/enter": Act.GRANT,
    "/console/partners/grant": Act.GRANT,
    "/console/partners/revoke": Act.GRANT,
    "/console/partners/invite": Act.GRANT,
    "/console/partners/checkpoints": Act.GRANT,
    "/console/line/check": Act.RETRY,
    "/console/line/menus": Act.SETTLE_TERMS,
    "/console/line/letter": Act.RETRY,
    "/console/line/event": Act.RETRY,
    "/console/audit/verify": Act.AUDIT,
    "/console/storage/check": Act.KEEP,
    "/console/storage/hold": Act.KEEP,
    "/console/storage/lift": Act.KEEP,
    "/console/storage/delete": Act.KEEP,
    "/console/storage/answer": Act.KEEP,
    "/console/audit/export": Act.EXPORT,  # and the journal itself
    "/console/staff/add": Act.STAFF,
    "/console/staff/role": Act.STAFF,
    "/console/staff/invite": Act.STAFF,
    "/console/staff/uninvite": Act.STAFF,
    "/console/staff/change": Act.STAFF,
    "/console/staff/hand_over": Act.DIRECT,
    "/console/staff/leave": Act.STAFF,
    "/console/staff/session": Act.STAFF,
    "/console/words/reply": Act.WRITE_WORDS,
    "/console/words/reply/retire": Act.WRITE_WORDS,
    "/console/words/reply/preview": Act.WRITE_WORDS,
    "/console/words/macro": Act.WRITE_WORDS,
    "/console/words/macro/retire": Act.WRITE_WORDS,
    "/console/words/label": Act.WRITE_WORDS,
    "/console/words/label/retire": Act.WRITE_WORDS,
}


class Moving:
    """The shop's clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Moving:
    return Moving(now)


async def _examined() -> list[Finding]:
    return [
        Finding("line token", State.BAD, f"LINE refuses the token. {HOSTILE}"),
        Finding("Slack", State.OFF, "Slack is off."),
    ]


async def _menus() -> int:
    return 3


@pytest.fixture
def seat(database: Database, clock: Moving) -> Iterator[Opened]:
    more = {"subjects": TERMS, "examine": _examined, "menus": _menus}
    with window(database, clock, **more) as opened:
        yield opened


def csrf(person: Seat) -> str:
    return person.form("/console/me", "/console/sign-out").fields["csrf"]


def verbs(database: Database, subject: str) -> list[str]:
    return database.read(lambda db: [each.verb for each in journal.of(db, subject)])


def test_each_page_and_each_change_opens_to_exactly_the_roles_of_the_table(
    database: Database, seat: Opened
) -> None:
    """R-167: asked before anything is looked up, and the menu offers no more than that."""
    for role in ALLOWED:
        person = seat(f"{role.value} さん", role)
        menu = person.page("/console/hours")
        for path, act in PAGES.items():
            wanted = 200 if act in ALLOWED[role] else 403
            assert person.get(path).status_code == wanted, (role, path)
            bare = path.partition("?")[0]
            if bare not in {
                "/console/policy/edit", "/console/words/reply", "/console/words/macro",
            }:  # fmt: skip
                assert (f'href="{bare}"' in menu) is (act in ALLOWED[role]), (role, path)
        token = csrf(person)
        for path, act in CHANGES.items():
            got = person.post(path, {"csrf": token, "id": "unknown"}).status_code
            needed = {act, Act.AUDIT} if act is Act.EXPORT else {act}
            assert (got == 403) is not (needed <= ALLOWED[role]), (role, path, got)


def test_no_change_is_made_without_the_pages_own_proof(database: Database, seat: Opened) -> None:
    owner = seat("社長", Role.OWNER)
    token = csrf(owner)
    for path in CHANGES:
        assert owner.post(path, {}).status_code == 403, path
        assert owner.post(path, {"csrf": "0" * 64}).status_code == 403, path
        strange = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert owner.post(path, {"csrf": token}, headers=strange).status_code == 403, path


def test_ids_of_nobody_are_all_answered_with_the_same_page(seat: Opened) -> None:
    owner = seat("社長", Role.OWNER)
    nothing = owner.get("/console/nothing-here").text
    for path in (
        "/console/hours?store=nowhere",
        "/console/shifts/person?p=01X",
        "/console/policy/edit?of=Nothing",
        "/console/partners/one?id=01X",
        "/console/words/reply?id=01X",
    ):
        answer = owner.get(path)
        assert (answer.status_code, answer.text) == (404, nothing), path
    token = csrf(owner)
    for path in (
        "/console/partners/revoke", "/console/partners/invite", "/console/partners/checkpoints",
        "/console/line/letter",
        "/console/line/event", "/console/staff/invite", "/console/staff/leave",
        "/console/staff/session", "/console/staff/uninvite", "/console/words/label/retire",
        "/console/me/sessions",
    ):  # fmt: skip
        told = {"csrf": token, "id": "01X", "session": "01X", "invitation": "01X"}
        assert owner.post(path, told).status_code == 404, path


def test_hours_of_several_spans_are_typed_as_people_type_them(
    database: Database, seat: Opened, clock: Moving
) -> None:
    """R-168: one calendar, and its journal."""
    manager = seat("佐藤", Role.MANAGER)
    answer = manager.send(
        "/console/hours", "/console/hours/week",
        d0="１０：３０〜１３：００、14:00-19:00", d6="休み", d7="11:00 - 17:00",
    )  # fmt: skip
    assert answer.status_code == 303
    held = database.read(lambda db: shifts.hours(db, usual=ShopHours()))
    split = (Span(time(10, 30), time(13)), Span(time(14), time(19)))
    assert (held.week[0], held.week[6], held.holidays) == (split, (), (Span(time(11), time(17)),))
    assert verbs(database, "hours:") == ["week_set"]
    form = manager.form("/console/hours", "/console/hours/week")
    assert (form.fields["d0"], form.fields["d6"]) == ("10:30-13:00 14:00-19:00", "休み")

    wrong = manager.send("/console/hours", "/console/hours/week", d1="9時から", d2="19:00-10:00")
    assert wrong.status_code == 422
    assert 'id="w1"' in wrong.text
    assert 'id="w2"' in wrong.text
    assert 'value="9時から"' in wrong.text  # what was typed is not lost
    assert verbs(database, "hours:") == ["week_set"]


def test_hours_changed_by_another_meanwhile_are_looked_at_first(
    database: Database, seat: Opened
) -> None:
    one, two = seat("佐藤", Role.MANAGER), seat("鈴木", Role.OWNER)
    old = two.form("/console/hours", "/console/hours/week")
    assert one.send("/console/hours", "/console/hours/week", d0="10:00-18:00").status_code == 303
    moved = two.post("/console/hours/week", {**old.fields, "d0": "12:00-13:00"})
    assert moved.status_code == 409
    assert "ほかの方が先に変更しました" in moved.text
    never = {f"d{day}": "休み" for day in range(8)}
    closed = two.send("/console/hours", "/console/hours/week", **never)
    assert closed.status_code == 409
    assert "2か月を超えて休業" in closed.text


def test_a_day_that_is_closed_says_why_and_can_be_taken_back(
    database: Database, seat: Opened
) -> None:
    manager = seat("佐藤", Role.MANAGER)
    typed = {"day": "2026-12-01", "spans": "休み", "note": HOSTILE}
    assert manager.send("/console/hours", "/console/hours/day", **typed).status_code == 303
    shown = manager.page("/console/hours")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    back = manager.form("/console/hours", "/console/hours/day", day="2026-12-01")
    assert manager.post(back.action, back.fields).status_code == 303
    assert "&lt;script&gt;" not in manager.page("/console/hours")
    past = manager.send("/console/hours", "/console/hours/day", day="2026-01-01", spans="9時半")
    assert past.status_code == 422
    assert 'value="9時半"' in past.text  # what was typed is not lost


def test_a_shift_absences_and_skills_are_entered_for_somebody(
    database: Database, seat: Opened
) -> None:
    """R-139, R-141."""
    manager, adviser = seat("佐藤", Role.MANAGER), seat("田中", Role.REMOTE)
    page = f"/console/shifts/person?p={adviser.staff_id}"
    week = {"d0": "10:00-12:00 20:00-22:00", "d7": "13:00-15:00"}
    assert manager.send(page, "/console/shifts/week", **week).status_code == 303
    days = {"first": "2026-12-01", "last": "2026-12-03", "spans": "休み"}
    assert manager.send(page, "/console/shifts/days", **days).status_code == 303
    told = database.read(
        lambda db: shifts.told_shift(db, adviser.staff_id, since=datetime(2026, 11, 22).date())
    )
    assert len(told.weekdays[0]) == 2
    assert [day.day for day in told.days] == [1, 2, 3]
    profile = {
        "category-bag": "yes", "brands": "エルメス、HERMES", "language-ja": "yes",
        "language-ko": "yes", "capacity": "5", "deputy": manager.staff_id,
    }  # fmt: skip
    assert manager.post(
        "/console/shifts/profile", {"csrf": csrf(manager), "p": adviser.staff_id, **profile}
    ).status_code == 303  # fmt: skip
    skills = database.read(lambda db: db.get_one(Skills, adviser.staff_id))
    assert (skills.categories, skills.languages, skills.capacity) == (["bag"], ["ja", "ko"], 5)
    assert skills.deputy == manager.staff_id
    assert len(skills.brands) == 1
    assert "week_planned" in verbs(database, f"staff:{adviser.staff_id}")
    wrong = {"csrf": csrf(manager), "p": adviser.staff_id, **profile, "capacity": "いっぱい"}
    refused = manager.post("/console/shifts/profile", wrong).text
    assert "0から50" in refused
    assert 'value="いっぱい"' in refused
    late = {"csrf": csrf(manager), "p": adviser.staff_id, "first": "2026-12-01", "spans": "10時"}
    assert 'value="10時"' in manager.post("/console/shifts/days", late).text
    assert "田中" in manager.page("/console/shifts")


def test_a_day_off_tells_whose_appointments_it_leaves_alone(
    database: Database, seat: Opened, clock: Moving
) -> None:
    """R-139."""
    manager, adviser = seat("佐藤", Role.MANAGER), seat("田中", Role.ADVISER)
    page = f"/console/shifts/person?p={adviser.staff_id}"
    at = at_tokyo(datetime(2026, 12, 1).date(), 15)

    def unit(db: Session) -> None:
        wanted = Wanted(
            kind=Kind.VIDEO, conversation=ConversationId("line:U1"), lang="ja", starts_at=at
        )
        row = appointments.hold(
            db, wanted, hours=ShopHours(), actor=manager.actor, now=clock.now, key="a"
        )
        attending.assign(db, row.id, StaffId(adviser.staff_id), manager.actor, now=clock.now)

    database.write(unit)
    assert "シフトに入っていない時間のご予約" not in manager.page(page)
    week = {f"d{day}": "10:00-19:00" for day in range(8)}
    assert manager.send(page, "/console/shifts/week", **week).status_code == 303
    assert "シフトに入っていない時間のご予約" not in manager.page(page)
    off = {"first": "2026-12-01", "spans": "休み"}
    assert manager.send(page, "/console/shifts/days", **off).status_code == 303
    shown = manager.page(page)
    assert "シフトに入っていない時間のご予約" in shown
    assert f'href="/console/staff/book?p={adviser.staff_id}"' in shown


def test_a_short_turn_and_stepping_out_are_one_press_from_every_page(
    database: Database, seat: Opened, clock: Moving
) -> None:
    """R-140."""
    adviser = seat("田中", Role.REMOTE)
    form = adviser.form("/console/hours", "/console/shifts/turn", minutes="20")
    here = {"referer": "http://testserver/console/hours"}
    answer = adviser.post(form.action, form.fields, headers=here)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/hours")
    window_ = database.read(lambda db: db.exec(select(ShiftWindow)).one())
    assert window_.ends_at == clock.now + timedelta(minutes=20)
    away = adviser.form("/console/hours", "/console/shifts/away")
    assert adviser.post(away.action, away.fields).status_code == 303
    assert database.read(lambda db: shifts.on_duty(db, now=clock.now)) == []
    assert "離席中" in adviser.page("/console/shifts")
    back = adviser.form("/console/hours", "/console/shifts/away", back="yes")
    assert adviser.post(back.action, back.fields).status_code == 303
    assert len(database.read(lambda db: shifts.on_duty(db, now=clock.now))) == 1
    # Where they are sent on is always a place of the console.
    out = adviser.post(form.action, form.fields, headers={"referer": "https://evil.example/x"})
    assert out.headers["location"] == "/console"


def test_a_short_turn_leads_to_the_next_conversation_that_fits(
    database: Database, seat: Opened, clock: Moving
) -> None:
    """R-140."""
    waits = ConversationId("line:Umisaki")

    def unit(db: Session) -> None:
        threads.open_in(db, waits, "line", lang="ja", now=clock.now)
        promised = clock.now + timedelta(minutes=30)
        desk.call(
            db, waits, TicketReason.ASKED, lang="ja", about_unit=None, promised_at=promised,
            now=clock.now,
        )  # fmt: skip

    adviser = seat("田中", Role.REMOTE)
    database.write(unit)
    form = adviser.form("/console/hours", "/console/shifts/turn", minutes="20")
    answer = adviser.post(form.action, form.fields)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/inbox?list=waiting&c=line%3AUmisaki"
    assert adviser.page(answer.headers["location"]).count("Umisaki") >= 1


def test_ones_own_days_off_are_ones_own_to_tell_and_nobody_elses(
    database: Database, seat: Opened
) -> None:
    adviser, other = seat("田中", Role.ADVISER), seat("鈴木", Role.ADVISER)
    token = csrf(adviser)
    day = {"csrf": token, "first": "2026-12-01", "spans": "休み"}
    mine = {**day, "p": adviser.staff_id}
    assert adviser.post("/console/shifts/days", mine).status_code == 303
    theirs = {**day, "p": other.staff_id}
    assert adviser.post("/console/shifts/days", theirs).status_code == 403
    longer = {**mine, "spans": "08:00-23:00"}
    assert adviser.post("/console/shifts/days", longer).status_code == 403


def test_a_change_of_terms_is_shown_before_it_is_settled_and_refused_with_the_reason(
    database: Database, seat: Opened
) -> None:
    """R-167: who changed what, version by version; contracts keep theirs."""
    manager = seat("佐藤", Role.MANAGER)
    edit = "/console/policy/edit?of=CreditTerms"
    wrong = manager.send(edit, "/console/policy/preview", **{"crd.bonus_bps": "20001"})
    assert wrong.status_code == 422
    assert "0から20000の数" in wrong.text
    assert 'value="20001"' in wrong.text
    same = manager.send(edit, "/console/policy/preview")
    assert (same.status_code, "変更された値がありません" in same.text) == (422, True)

    shown = manager.send(edit, "/console/policy/preview", **{"crd.bonus_bps": "800"})
    assert shown.status_code == 200
    assert "<del>1000</del>" in shown.text
    assert "<ins>800</ins>" in shown.text
    assert database.read(policy.current).version == 0  # only looked at
    (settle,) = [each for each in forms(shown.text) if each.action == "/console/policy/settle"]
    assert manager.post(settle.action, settle.fields).status_code == 303
    held = database.read(policy.current)
    assert (held.version, held.values["crd.bonus_bps"]) == (1, 800)
    # The same form again was looked at before: somebody else may have settled it.
    again = manager.post(settle.action, settle.fields)
    assert (again.status_code, database.read(policy.current).version) == (409, 1)
    second = manager.send(edit, "/console/policy/preview", **{"crd.bonus_bps": "900"})
    (settle,) = [each for each in forms(second.text) if each.action == "/console/policy/settle"]
    manager.post(settle.action, settle.fields)
    page = manager.page("/console/policy")
    assert "<del>800</del> → <ins>900</ins>" in page
    assert "佐藤" in page


def test_terms_that_contradict_each_other_are_never_settled(
    database: Database, seat: Opened
) -> None:
    manager = seat("佐藤", Role.MANAGER)
    token = csrf(manager)
    for key, value in (
        ("con.tiers", "[[0, 9000], [50000, 7000]]"),
        ("con.tier_mode", '"sideways"'),
        ("con.rounding", "{"),
        ("con.term_days", "1e3"),
        ("con.reminder_days", '["x"]'),
    ):
        told = {"csrf": token, "of": "ConsignmentTerms", "seen": "0", key: value}
        answer = manager.post("/console/policy/settle", told)
        assert answer.status_code == 422, (key, answer.status_code)
    foreign = {"csrf": token, "of": "ConsignmentTerms", "seen": "0", "crd.bonus_bps": "1"}
    manager.post("/console/policy/settle", foreign)
    assert database.read(policy.current).values.get("crd.bonus_bps", 1_000) == 1_000


def test_every_term_is_told_in_japanese(seat: Opened) -> None:
    manager = seat("佐藤", Role.MANAGER)
    page = manager.page("/console/policy")
    bare = [
        key
        for key, each in policy.known_keys(TERMS).items()
        if f"<dt>{escape(each.metadata['told'])}<br>" in page
    ]
    assert bare == []


def firm(database: Database, now: datetime, name: str) -> PartnerId:
    def unit(db: Session) -> PartnerId:
        found = partners.enter(db, "GINZA", name, by="test", now=now)
        partners.seat(db, found, "line", "Uretail1234", by="test", now=now)
        return found

    return database.write(unit)


def test_a_firm_is_entered_granted_invited_and_revoked(
    database: Database, seat: Opened, now: datetime
) -> None:
    """R-027, R-031."""
    manager = seat("佐藤", Role.MANAGER)
    entered = manager.send(
        "/console/partners", "/console/partners/enter", code="GINZA", name=HOSTILE
    )
    assert entered.status_code == 303
    assert "<script>alert" not in manager.page("/console/partners")
    again = manager.send("/console/partners", "/console/partners/enter", code="GINZA", name="x")
    assert (again.status_code, "登録済み" in again.text) == (409, True)
    found = database.read(lambda db: db.exec(select(Partner)).one())
    page = f"/console/partners/one?id={found.id}"
    base = manager.form(page, "/console/partners/grant").fields
    bare = {name: base[name] for name in ("csrf", "id")}
    for told in (
        {"units": "", "right-price": "yes"},
        {"units": "W-99999", "right-price": "yes"},
        {"every": "yes"},
        {"every": "yes", "right-media": "yes"},
        {"every": "yes", "right-price": "yes", "until": "2020-01-01"},
    ):
        assert manager.post("/console/partners/grant", {**bare, **told}).status_code == 422, told
    typo = {"units": "W-99999", "right-media": "yes", "kind-film": "yes", "until": "2026-12-31"}
    shown = manager.post("/console/partners/grant", {**bare, **typo}).text
    for kept in (
        'name="right-media" value="yes" checked', 'name="kind-film" value="yes" checked',
        'value="2026-12-31"', ">W-99999</textarea>",
    ):  # fmt: skip
        assert kept in shown  # a second press grants what was meant, and ends when it was to end
    assert 'value="yes" checked' not in shown.partition('name="every"')[2][:30]
    good = {"every": "yes", "right-media": "yes", "kind-film": "yes", "until": "2026-12-31"}
    assert manager.post("/console/partners/grant", {**bare, **good}).status_code == 303
    grant = database.read(lambda db: db.exec(select(Grant)).one())
    assert (grant.unit_code, grant.rights, grant.media_kinds) == (None, "media", "film")
    shown = manager.send(page, "/console/partners/invite")
    code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", shown.text)
    assert code is not None
    assert code[0] not in manager.page(page)  # told this once
    ended = manager.form(page, "/console/partners/revoke")
    told = manager.post(ended.action, ended.fields)
    assert "許可1件を取り消し、送信済みの写真・動画0件と共有リンク0件を無効にしました" in told.text
    assert database.read(
        lambda db: partners_of.grants_on(db, PartnerId(found.id), now.date())
    ) == ()  # fmt: skip
    assert verbs(database, f"partner:{found.id}") == [
        "entered", "granted", "invited", "revoked", "withdrawn",
    ]  # fmt: skip


def test_set_up_is_told_item_by_item_and_what_did_not_get_through_is_tried_again(
    database: Database, seat: Opened, now: datetime
) -> None:
    def unit(db: Session) -> None:
        db.add(
            Heard(
                channel="line",
                event_id="e1",
                conversation="line:U1",
                event_at=now,
                received_at=now,
                body="{}",
                state="dead",
                due_at=now,
                last_error=HOSTILE,
            )
        )
        db.add(
            OutboxLetter(
                dedupe="d1",
                channel="line",
                conversation="line:U1",
                purpose="answer",
                priority=0,
                messages='[{"type":"text","text":"x"}]',
                retry_key="k",
                state="dead",
                due_at=now,
                written_at=now,
                last_error="400",
            )
        )

    database.write(unit)
    lead = seat("佐藤", Role.MANAGER)
    page = lead.page("/console/line")
    assert "<script>alert" not in page
    checked = lead.send("/console/line", "/console/line/check")
    assert "チャネル基本設定" in checked.text
    assert "<script>alert" not in checked.text
    assert lead.send("/console/line", "/console/line/menus").status_code == 200
    assert verbs(database, "channel:line") == ["menus_put"]
    letter = lead.send("/console/line", "/console/line/letter")
    assert letter.status_code == 303
    assert lead.send("/console/line", "/console/line/event").status_code == 303
    states = database.read(
        lambda db: (db.exec(select(OutboxLetter.state)).one(), db.exec(select(Heard.state)).one())
    )
    assert states == ("due", "due")
    number = database.read(lambda db: db.exec(select(OutboxLetter.id)).one())
    assert verbs(database, f"letter:{number}") == ["retried"]
    twice = lead.post("/console/line/letter", {"csrf": csrf(lead), "id": str(number)})
    assert twice.status_code == 404


def test_whom_a_letter_did_not_reach_is_named(
    database: Database, seat: Opened, now: datetime
) -> None:
    """By the conversation, or on their own page where there was no address to write to."""
    whom = Customer(
        id="C1", customer_no="C-1", family_name="髙橋", given_name="美咲", language="ja",
        written_at=now,
    )  # fmt: skip

    def letter(number: int, conversation: str, state: str) -> OutboxLetter:
        return OutboxLetter(
            dedupe=f"d{number}", channel=conversation.split(":", maxsplit=1)[0],
            conversation=conversation, purpose="credit_issued", priority=0, messages="[]",
            retry_key=f"k{number}", state=state, due_at=now, written_at=now,
            last_error="no address to reach",
        )  # fmt: skip

    def unit(db: Session) -> None:
        db.add(whom)
        db.flush()
        db.add(
            Contact(
                channel="line", address="U1", customer_id="C1", first_seen_at=now, changed_at=now
            )
        )
        db.add(letter(1, "customer:C1", "suppressed"))
        db.add(letter(2, "line:U1", "dead"))
        db.add(letter(3, "line:Uabcdefghij", "dead"))

    database.write(unit)
    page = seat("佐藤", Role.MANAGER).page("/console/line")
    assert '<a href="/console/customers/C1">髙橋 美咲 様</a>' in page
    assert '<a href="/console/inbox?list=all&c=line%3AU1">LINE 髙橋 美咲 様</a>' in page
    assert "LINE …efghij" in page


def test_the_journal_is_sought_paged_verified_and_taken_out_by_who_may(
    database: Database, seat: Opened, now: datetime
) -> None:
    manager, auditor = seat("佐藤", Role.MANAGER), seat("監査人", Role.AUDITOR)

    def unit(db: Session) -> None:
        for number in range(120):
            journal.record(
                db, f"unit:{number % 3}", "priced", actor=manager.actor.name,
                at=now + timedelta(seconds=number), facts={"note": HOSTILE, "number": number},
            )  # fmt: skip

    database.write(unit)
    first = auditor.page("/console/audit?subject=unit:&actor=佐藤&verb=priced")
    assert "<script>alert" not in first
    seen = re.findall(r"number&#34;: (\d+)", first)
    assert seen == [str(n) for n in range(119, 69, -1)]
    after = re.search(r'href="(/console/audit\?[^"]*before=\d+)"', first)
    assert after is not None
    second = auditor.page(after[1].replace("&amp;", "&"))
    assert re.findall(r"number&#34;: (\d+)", second) == [str(n) for n in range(69, 19, -1)]
    assert "該当する記録はありません" in auditor.page("/console/audit?until=2026-11-01")
    whole = auditor.send("/console/audit", "/console/audit/verify")
    assert "記録の連鎖は完全です" in whole.text

    refused = auditor.post("/console/audit/export", {"csrf": csrf(auditor)})
    assert refused.status_code == 403
    told = manager.post(
        "/console/audit/export", {"csrf": csrf(manager), "subject": "unit:1", "verb": "priced"}
    )
    assert told.headers["content-disposition"].startswith("attachment")
    assert told.text.count("priced") == 40
    assert told.text.splitlines()[0].lstrip("\ufeff").startswith("at,subject,number")
    assert verbs(database, "journal") == ["exported"]

    def spoil(db: Session) -> None:
        entry = db.exec(select(Entry).where(Entry.subject == "unit:2", Entry.number == 7)).one()
        entry.facts = {"number": 1}
        db.add(entry)

    database.write(spoil)
    broken = auditor.send("/console/audit", "/console/audit/verify")
    assert "疑いがあります" in broken.text
    assert "unit:2" in broken.text


def test_journal_and_terms_name_whoever_left_beside_whoever_came_under_that_name(
    database: Database, seat: Opened, now: datetime
) -> None:
    owner = seat("社長", Role.OWNER)
    gone = seat("佐藤", Role.MANAGER)
    edit = "/console/policy/edit?of=CreditTerms"
    shown = gone.send(edit, "/console/policy/preview", **{"crd.bonus_bps": "800"})
    (settle,) = [each for each in forms(shown.text) if each.action == "/console/policy/settle"]
    gone.post(settle.action, settle.fields)
    database.write(lambda db: staff.leave(db, gone.staff_id, owner.actor, now=now))
    comes = seat("佐藤", Role.MANAGER)
    database.write(
        lambda db: journal.record(db, "unit:7", "priced", actor=comes.actor.name, at=now)
    )
    found = owner.page("/console/audit?actor=佐藤")
    assert "priced" in found and "policy" in found
    assert set(re.findall(r'data-label="操作した人">([^<]*)<', found)) == {"佐藤"}
    assert "佐藤" in owner.page("/console/policy")
    assert gone.staff_id not in owner.page("/console/policy")


def test_the_journal_names_partners_customers_and_the_bot(
    database: Database, seat: Opened, now: datetime
) -> None:
    auditor = seat("監査人", Role.AUDITOR)

    def unit(db: Session) -> None:
        ginza = partners.enter(db, "P-001", "銀座リテール", by="test", now=now)
        for actor in (f"partner:{ginza}", "customer", "bot", "scheduler"):
            journal.record(db, "unit:9", "held", actor=actor, at=now)

    database.write(unit)
    page = auditor.page("/console/audit?subject=unit:9")
    told = re.findall(r'data-label="操作した人">([^<]*)<', page)
    assert told == ["自動処理", "自動応答", "お客様", "銀座リテール"]
    assert "held" in auditor.page("/console/audit?actor=銀座リテール")


def test_people_are_taken_on_invited_once_given_roles_and_let_go(
    database: Database, seat: Opened
) -> None:
    owner = seat("社長", Role.OWNER)
    named = {"name": f"山田 {HOSTILE}", "role": "adviser", "email": "yamada@example.com"}
    assert owner.send("/console/staff", "/console/staff/add", **named).status_code == 303
    assert "<script>alert" not in owner.page("/console/staff")
    assert owner.send("/console/staff", "/console/staff/add", **named).status_code == 409
    bad = owner.send("/console/staff", "/console/staff/add", name="木村", email="nope")
    assert (bad.status_code, "メールアドレスの形式" in bad.text) == (422, True)
    person = database.read(
        lambda db: db.exec(select(Staff).where(Staff.email == "yamada@example.com")).one()
    )
    shown = owner.post("/console/staff/invite", {"csrf": csrf(owner), "id": person.id})
    link = re.search(r"/console/welcome\?t=[\w-]+", shown.text)
    assert link is not None
    assert owner.get(link[0]).status_code == 200
    assert link[0] not in owner.page("/console/staff")  # told this once
    off = owner.form("/console/staff", "/console/staff/uninvite")
    assert owner.post(off.action, off.fields).status_code == 303
    assert owner.get(link[0]).status_code == 404
    changed = {"csrf": csrf(owner), "id": person.id, "role": "appraiser"}
    assert owner.post("/console/staff/role", changed).status_code == 303
    assert owner.post("/console/staff/leave", changed).status_code == 303
    last = owner.post("/console/staff/leave", {"csrf": csrf(owner), "id": owner.staff_id})
    assert (last.status_code, "オーナーがいなくなる" in last.text) == (409, True)
    assert verbs(database, f"staff:{person.id}") == [
        "added", "invited", "invitation_revoked", "role_changed", "left",
    ]  # fmt: skip


def test_a_session_ended_by_the_owner_is_out_at_once(seat: Opened) -> None:
    owner, adviser = seat("社長", Role.OWNER), seat("田中", Role.ADVISER)
    assert adviser.get("/console/hours").status_code == 200
    page = owner.page("/console/staff")
    mine = page.index("田中")
    session = re.search(r'name="session" value="([^"]+)"', page[mine:])
    assert session is not None
    told = {"csrf": csrf(owner), "session": session[1]}
    assert owner.post("/console/staff/session", told).status_code == 303
    assert adviser.get("/console/hours").status_code == 303  # to the door


def test_ones_own_password_needs_the_old_one_and_ends_every_other_session(
    database: Database, seat: Opened, clock: Moving
) -> None:
    adviser = seat("田中", Role.ADVISER)
    old, fresh = "correct horse battery", "tall oranges sing 42"
    digest = passwords.digest_of(old, name="田中", email=None)
    who = StaffId(adviser.staff_id)

    def unit(db: Session) -> str:
        passwords.put(db, who, digest, by="test", now=clock.now)
        return sessions.begin(db, who, how=sessions.How.PASSWORD, agent=None, now=clock.now)

    adviser.client.cookies.set("akashi_staff", database.write(unit))
    other = database.write(
        lambda db: sessions.begin(db, who, how=sessions.How.PASSWORD, agent="phone", now=clock.now)
    )
    asked: dict[str, Any] = {"old": old, "password": fresh, "again": fresh}
    sends = lambda **more: adviser.send(  # noqa: E731
        "/console/me", "/console/me/password", **{**asked, **more}
    )
    assert "一致しません" in sends(again="x").text
    for _ in range(7):  # no try of the old one
        assert "12文字以上" in sends(password="short", again="short").text
    assert "現在のパスワードが違います" in sends(old="wrong horse battery").text
    assert sends().status_code == 303
    assert adviser.get("/console/me").status_code == 200  # a new session, here
    assert database.read(lambda db: sessions.find(db, other, now=clock.now)) is None


def test_figures_stand_in_tables_beside_their_charts(seat: Opened) -> None:
    """R-169, R-024."""
    lead = seat("佐藤", Role.ACCOUNTING)
    page = lead.page("/console/reports?since=2026-11-01&until=2026-11-22")
    charts = re.findall(r'<svg class="chart" role="img" aria-label="([^"]+)"', page)
    assert {"買取のご提示と成約", "証拠の備わり"} <= set(charts)
    assert "この期間の応答はありません" in page
    for told in ("成約率", "クレジット残高の合計", "買取保証の総額(0件)"):
        assert told in page
    assert lead.get("/console/reports?since=x&until=2999-01-01").status_code == 200


def test_words_of_the_shop_are_written_changed_and_ended(database: Database, seat: Opened) -> None:
    lead = seat("佐藤", Role.SENIOR)
    typed = {
        "shortcut": "thanks",
        "title": HOSTILE,
        "text-ja": "{{customer.name}}様 ありがとうございます",
    }
    page = "/console/words/reply"
    assert lead.send(page, page, **typed).status_code == 303
    assert "<script>alert" not in lead.page("/console/words")
    assert lead.send(page, page, **typed).status_code == 409
    wrong = lead.send(page, page, **{**typed, "shortcut": "b", "text-ja": "{{customer.shoe}}"})
    assert (wrong.status_code, "customer.shoe" in wrong.text) == (422, True)
    (kept,) = database.read(replies.in_use)
    one = f"{page}?id={kept.id}"
    old = lead.form(one, page)
    assert lead.post(page, {**old.fields, "text-en": "Thank you"}).status_code == 303
    moved = lead.post(page, {**old.fields, "text-en": "Thanks"})
    assert (moved.status_code, "ほかの方が先に" in moved.text) == (409, True)
    assert set(database.read(replies.in_use)[0].texts) == {"ja", "en"}

    assert lead.post(
        "/console/words/label", {"csrf": csrf(lead), "name": "至急", "colour": "red"}
    ).status_code == 303  # fmt: skip
    (label,) = database.read(labels.in_use)
    macro = {"name": "お礼して終える", "step-0": f"label:{label.id}", "step-1": "close:"}
    assert lead.post("/console/words/macro", {"csrf": csrf(lead), **macro}).status_code == 303
    (steps,) = database.read(macros.in_use)
    assert [each.do.value for each in steps.steps] == ["label", "close"]
    one = f"/console/words/macro?id={steps.id}"
    old = lead.form(one, "/console/words/macro")
    assert (old.fields["step-0"], old.fields["step-1"]) == (f"label:{label.id}", "close:")
    assert lead.post(old.action, {**old.fields, "step-0": "", "name": "終える"}).status_code == 303
    moved = lead.post(old.action, {**old.fields, "name": "別"})
    assert (moved.status_code, "ほかの方が先に" in moved.text) == (409, True)
    (changed,) = database.read(macros.in_use)
    assert (changed.name, changed.version, [each.do.value for each in changed.steps]) == (
        "終える", 2, ["close"],
    )  # fmt: skip
    back = {**macro, "name": "逆", "step-0": "close:", "step-1": f"label:{label.id}"}
    assert lead.post("/console/words/macro", {"csrf": csrf(lead), **back}).status_code == 422
    for kind, id in (("reply", kept.id), ("macro", steps.id), ("label", label.id)):
        told = {"csrf": csrf(lead), "id": id}
        assert lead.post(f"/console/words/{kind}/retire", told).status_code == 303
    assert database.read(labels.in_use) == []
    assert database.read(macros.in_use) == []
    assert database.read(replies.in_use) == []


def test_a_reply_is_shown_as_a_customer_would_read_it_and_nothing_is_kept(
    database: Database, seat: Opened, now: datetime
) -> None:
    """R-164: what is left open is named before anybody sends it."""
    lead = seat("佐藤", Role.SENIOR)

    def unit(db: Session) -> None:
        for number, name in (("C-1", HOSTILE), ("C-2", "鈴木")):
            who = customers.register(
                db, number, name, given_name=None, language="ja", by="test", now=now
            )
            if number == "C-1":
                customers.bind(db, who, "line", "U1", by="test", now=now)

    database.write(unit)
    page, preview = "/console/words/reply", "/console/words/reply/preview"
    typed = {
        **lead.form(page, page).fields, "shortcut": "hi", "title": "挨拶", "customer_no": "C-1",
        "text-ja": "{{customer.family_name}}様 {{order.number}} {{staff.name}}",
        "text-en": "Dear {{customer.name}}",
    }  # fmt: skip
    shown = lead.post(preview, typed)
    assert shown.status_code == 200
    assert f"{escape(HOSTILE, quote=False)[:20]}" in shown.text
    assert "<script>alert" not in shown.text
    assert "埋まらない差し込み: order.number" in shown.text
    assert "佐藤" in shown.text and "{{customer.name}}" in shown.text  # what was typed is kept
    assert database.read(replies.in_use) == []
    for wrong, why in (
        ({"customer_no": "C-2"}, "見つかりません"),  # writes from nowhere
        ({"customer_no": ""}, "見つかりません"),
        ({"text-ja": "{{customer.shoe}}"}, "customer.shoe"),
    ):
        refused = lead.post(preview, {**typed, **wrong})
        assert (refused.status_code, why in refused.text) == (422, True), wrong


def test_a_macro_that_names_what_is_no_more_says_so(database: Database, seat: Opened) -> None:
    lead = seat("佐藤", Role.SENIOR)
    told = {"csrf": csrf(lead), "name": "至急", "colour": "red"}
    assert lead.post("/console/words/label", told).status_code == 303
    (label,) = database.read(labels.in_use)
    macro = {"csrf": csrf(lead), "name": "急ぐ", "step-0": f"label:{label.id}"}
    assert lead.post("/console/words/macro", macro).status_code == 303
    gone = {"csrf": csrf(lead), "id": label.id}
    assert lead.post("/console/words/label/retire", gone).status_code == 303
    assert "使用を終えたもの" in lead.page("/console/words")
    (kept,) = database.read(macros.in_use)
    page = lead.page(f"/console/words/macro?id={kept.id}")
    assert "ラベルを付ける (使用を終えたもの)" in page


def todo(database: Database, now: datetime) -> int:
    """A task that tells all a task may tell."""
    facts = {
        "phone": "+819012345678", "lang": "ko", "why": "vip", "block": "no_account", "amount": 1,
        "phase": "accepted", "adviser": "Sato", "order_no": "O-1", "return_no": "R-1",
        "contract_no": "S-1", "price": 1, "due_on": "2026-12-01", "on": "2026-12-01",
    }  # fmt: skip
    about = "conversation:line:U1"

    def unit(db: Session) -> int:
        worklist.task(db, "call_back", about, due_at=now, now=now, facts=facts)
        return worklist.task_id(db, "call_back", about)

    return database.write(unit)


def test_every_page_stands_in_english_too(database: Database, seat: Opened, now: datetime) -> None:
    owner = seat("Sato", Role.OWNER)
    partner = firm(database, now, "Ginza Retail")
    owner.client.cookies.set("akashi_console_lang", "en")
    paths = [
        *PAGES,
        f"/console/partners/one?id={partner}",
        f"/console/shifts/person?p={owner.staff_id}",
        f"/console/staff/book?p={owner.staff_id}",
        "/console/newcomers",
        "/console/finds",
        f"/console/tasks/{todo(database, now)}",
        "/console/later",
        "/console/inbox/bulk",
    ]
    for path in paths:
        page = re.sub(r"<dd><code>.*?</dd>", "", owner.page(path))  # values are the shop's own
        assert '<html lang="en">' in page
        own = re.sub(r'<(\w+)[^>]* lang="ja"[^>]*>[^<]*</\1>', "", page)
        assert re.findall(r"[ぁ-ん一-龠ァ-ヺ]+", own) == [], path
