"""Every address of the console that changes something, for every role, over HTTP (R-167): written
down here a second time, so that a slip shows, and asked of the app, so that none is forgotten.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi.routing import iter_route_contexts

from bot.findings import Finding
from bot.rulebook.book import TERMS
from catalog.duties.actors import STAFF_ROLES, Role
from catalog.ground.session.database import Database
from tests.handoff.console.window import Opened, Seat, window

LETTERS = {
    "o": Role.OWNER, "m": Role.MANAGER, "s": Role.SENIOR, "a": Role.APPRAISER, "t": Role.STORE,
    "v": Role.ADVISER, "r": Role.REMOTE, "c": Role.ACCOUNTING, "u": Role.AUDITOR,
}  # fmt: skip
# owner manager senior appraiser store adviser remote accounting auditor
TABLE = """
/appointments/new                o m s a t v r . .
/appointments/{appointment}/arrived o m s a t v r . .
/appointments/{appointment}/assign o m s a t v r . .
/appointments/{appointment}/cancel o m s a t v r . .
/appointments/{appointment}/link o m s a t v r . .
/appointments/{appointment}/move o m s a t v r . .
/appointments/{appointment}/no_show o m s a t v r . .
/approvals/credit/{wish}         o m . . . . . . .
/audit/export                    o m . . . . . . .
/audit/verify                    o m . . . . . . u
/breaches/note                   o m s a t v r c u
/breaches/sent                   o m . . . . . . .
/captures/close                  o m s a t v . . .
/captures/{asset}/aside          o m s a t v . . .
/captures/{asset}/chapter        o m s a t v . . .
/captures/{asset}/chapter/end    o m s a t v . . .
/captures/{asset}/correct        o m s a t v . . .
/captures/{asset}/moment         o m s a t v . . .
/captures/{asset}/masks          o m s a t v . . .
/captures/{asset}/masks/end      o m s a t v . . .
/cases/{no}/appraise             o m s a . . . . .
/cases/{no}/approve              o m s a . . . . .
/cases/{no}/arrive               o m s a t v . . .
/cases/{no}/begin                o m s a . . . . .
/cases/{no}/close                o m s a . . . . .
/cases/{no}/compensate           o m . . . . . . .
/cases/{no}/dispose              o m s a . . . . .
/cases/{no}/give_up              o m s a t v . . .
/cases/{no}/given_back           o m s a t v . . .
/cases/{no}/kit                  o m s a t v . . .
/cases/{no}/renumber_kit         o m s a t v . . .
/cases/{no}/renumber_back        o m s a t v . . .
/cases/{no}/let_out              o m s a . . . . .
/cases/{no}/range                o m s a . . . . .
/cases/{no}/refer/{number}       o m s a . . . . .
/cases/{no}/refused_at_home      o m s a t v . . .
/cases/{no}/reject               o m s a . . . . .
/cases/{no}/repaired             o m s a t v . . .
/cases/{no}/resume               o m s a . . . . .
/cases/{no}/send                 o m s a . . . . .
/cases/{no}/send_home            o m s a t v . . .
/cases/{no}/send_back            o m s a . . . . .
/cases/{no}/send_home            o m s a t v . . .
/cases/{no}/ship_back            o m s a t v . . .
/cases/{no}/visitor              o m s a t v . . .
/compare/aid                     o m s a t v . . .
/compare/decide                  o m s a . . . . .
/compare/register                o m s a t v . . .
/condition/{report}/correct      o m s a . . . . .
/condition/{report}/drop         o m s a t v . . .
/condition/{report}/issue        o m s a . . . . .
/condition/{report}/pin          o m s a t v . . .
/condition/{report}/print        o m s a . . . . .
/condition/{report}/repin        o m s a t v . . .
/condition/{report}/summary      o m s a t v . . .
/condition/{report}/unpin        o m s a t v . . .
/condition/{report}/waive        o m s a . . . . .
/consignments/{no}/arrive        o m s a t v . . .
/consignments/{no}/compensate    o m . . . . . . .
/consignments/{no}/hand_over     o m s a t v . . .
/consignments/{no}/send          o m s a t v . . .
/consignments/{no}/there         o m s a t v . . .
/consignments/{no}/price         o m s a t v . . .
/consignments/{no}/raise         o m s a . . . . .
/consignments/{no}/renew         o m s a t v . . .
/consignments/{no}/take_back     o m s a t v . . .
/credit/{no}/settle              o m . . . . . c .
/credit/{no}/{kind}              o m . . . . . c .
/customers/adviser               o m s a t v . . .
/customers/favour                o m s . . . . . .
/customers/refusal               o m s a t v r . .
/customers/step                  o m s a t v r . .
/customers/step/done             o m s a t v r . .
/customers/{customer}/account    o m s a t v . . .
/customers/{customer}/guardian   o m s a t v . . .
/customers/{customer}/identity   o m s a t v . . .
/customers/{customer}/revoke     o m s a t v . . .
/disputes/{dispute}/close        o m s a . . . . .
/disputes/{dispute}/evidence     o m . . . . . c .
/disputes/{dispute}/evidence/give o m . . . . . . .
/duties/decide                   o m . . . . . . .
/duties/diligence                o m s a t v . . .
/duties/paper                    o m s a t v . . .
/duties/received                 o m s a t v . . .
/duties/buyer                    o m s a t v . . .
/duties/suspect                  o m s a t v . . .
/finds/{task}/pass               o m s a t v r . .
/finds/{task}/tell               o m s a t v r . .
/hours/day                       o m . . . . . . .
/hours/week                      o m . . . . . . .
/inbox/bulk                      o m s . . . . . .
/items/import                    o m s a t v . . .
/items/new                       o m s a t v . . .
/items/{code}/consign            o m s a t v . . .
/items/{code}/back               o m s a t v . . .
/items/{code}/evidence           o m . . . . . c .
/items/{code}/evidence/give      o m . . . . . . .
/items/{code}/check              o m s a t v . . .
/items/{code}/flag               o m s a . . . . .
/items/{code}/grade              o m s a . . . . .
/items/{code}/hold               o m s a t v . . .
/items/{code}/police/answer    o m . . . . . . .
/items/{code}/police/claim     o m . . . . . . .
/items/{code}/police/go_on     o m . . . . . . .
/items/{code}/police/lift      o m . . . . . . .
/items/{code}/police/order     o m . . . . . . .
/items/{code}/police/rule      o m . . . . . . .
/items/{code}/police/settle    o m . . . . . . .
/items/{code}/police/stop      o m . . . . . . .
/items/{code}/police/suspect   o m s a t v . . .
/hours/place                     o m . . . . . . .
/items/{code}/put                o m s a t v . . .
/items/{code}/cost               o m . . . . . c .
/items/{code}/lost               o m . . . . . . .
/items/{code}/found              o m . . . . . . .
/items/{code}/lend               o m s a t v . . .
/items/{code}/price              o m s a t v . . .
/items/{code}/publish            o m s a t v . . .
/items/{code}/release            o m s a t v . . .
/items/{code}/reports            o m s a t v . . .
/items/{code}/settle             o m s a . . . . .
/items/{code}/share              o m s a t v . . .
/items/{code}/state              o m s a t v . . .
/items/{code}/want               o m s a t v . . .
/items/{code}/words              o m s a t v . . .
/keys/add                        o . . . . . . . .
/keys/revoke                     o . . . . . . . .
/line/check                      o m s . . . . . .
/line/event                      o m s . . . . . .
/line/letter                     o m s . . . . . .
/line/menus                      o m . . . . . . .
/me/language                     o m s a t v r c u
/me/passkeys                     o m s a t v r c u
/me/passkeys/ask                 o m s a t v r c u
/me/passkeys/end                 o m s a t v r c u
/me/passkeys/rename              o m s a t v r c u
/me/password                     o m s a t v r c u
/me/push                         o m s a t v r c u
/me/push/end                     o m s a t v r c u
/me/push/keep                    o m s a t v r c u
/me/push/try                     o m s a t v r c u
/me/sessions                     o m s a t v r c u
/newcomers/{task}/apart          o m s a t v . . .
/newcomers/{task}/join           o m s a t v . . .
/orders/{no}/cancel              o m . . . . . c .
/orders/{no}/compare             o m s a t v . . .
/orders/{no}/decide              o m . . . . . . .
/orders/{no}/deliver             o m s a t v . . .
/orders/{no}/hand_over           o m s a t v . . .
/orders/{no}/pack                o m s a t v . . .
/orders/{no}/label               o m s a t v . . .
/orders/{no}/lose                o m . . . . . . .
/orders/{no}/renumber            o m s a t v . . .
/orders/{no}/pay                 o m s a t v . . .
/orders/{no}/receive             o m s a t v . . .
/orders/{no}/refund              o m . . . . . c .
/orders/{no}/ship                o m s a t v . . .
/partners/checkpoints            o m . . . . . . .
/partners/enter                  o m . . . . . . .
/partners/grant                  o m . . . . . . .
/partners/grade                  o m . . . . . . .
/partners/invite                 o m . . . . . . .
/partners/revoke                 o m . . . . . . .
/partners/ungrade                o m . . . . . . .
/payouts/again                   o m . . . . . c .
/payouts/cash                    o m . . . . . c .
/payouts/prepare                 o m . . . . . c .
/payouts/{number}/came_back      o m . . . . . c .
/payouts/{number}/cancel         o m . . . . . c .
/payouts/{number}/file           o m . . . . . c .
/payouts/{number}/refused        o m . . . . . c .
/payouts/{number}/release        o m . . . . . c .
/payouts/{number}/result         o m . . . . . c .
/policy/preview                  o m . . . . . . .
/policy/settle                   o m . . . . . . .
/sale                            o m s a t v . . .
/shares/{share}/close            o m s a t v . . .
/shifts/away                     o m s a t v r . .
/shifts/days                     o m s a t v r c u
/shifts/profile                  o m . . . . . . .
/shifts/turn                     o m s a t v r . .
/shifts/week                     o m . . . . . . .
/shotlists/{category}            o m s . . . . . .
/sign-out                        o m s a t v r c u
/staff/add                       o . . . . . . . .
/staff/change                    o . . . . . . . .
/staff/hand_over                 o m s . . . . . .
/staff/invite                    o . . . . . . . .
/staff/leave                     o . . . . . . . .
/staff/role                      o . . . . . . . .
/staff/session                   o . . . . . . . .
/staff/uninvite                  o . . . . . . . .
/storage/answer                  o m . . . . . . .
/storage/check                   o m . . . . . . .
/storage/delete                  o m . . . . . . .
/storage/hold                    o m . . . . . . .
/storage/lift                    o m . . . . . . .
/station                         o m s a t v . . .
/stations/close                  o m s a t v . . .
/stations/open                   o m s a t v . . .
/tasks/{task}/code               o m s a t v . . .
/tasks/{task}/done               o m s a t v r c .
/talk/assign                     o m s a t v r . .
/talk/call_off                   o m s a t v r . .
/talk/claim                      o m s a t v r . .
/talk/close                      o m s a t v r . .
/talk/draft                      o m s a t v r . .
/talk/give_back                  o m s a t v r . .
/talk/label                      o m s a t v r . .
/talk/letter                     o m s . . . . . .
/talk/macro                      o m s a t v r . .
/talk/note                       o m s a t v r . .
/talk/reply                      o m s a t v r . .
/talk/retract                    o m s a t v r . .
/talk/seen                       o m s a t v r c u
/talk/send                       o m s a t v r . .
/talk/snooze                     o m s a t v r . .
/talk/wake                       o m s a t v r . .
/tray/assign                     o m s a t v . . .
/words/label                     o m s . . . . . .
/words/label/retire              o m s . . . . . .
/words/macro                     o m s . . . . . .
/words/macro/retire              o m s . . . . . .
/words/reply                     o m s . . . . . .
/words/reply/preview             o m s . . . . . .
/words/reply/retire              o m s . . . . . .
"""
DOORS = {"/passkey", "/passkey/ask", "/sign-in", "/welcome"}  # of who is outside
NOTHING = "/{path}"  # any other address, answered with the page of nothing
FILES = {
    "/items/import": "file", "/payouts/{number}/result": "answer", "/station": "file",
}  # fmt: skip
LAST = "/sign-out"  # nothing can be asked after it
REFUSED = "この操作は権限に含まれていません"

ALLOWED = {
    line.split()[0]: {LETTERS[each] for each in line.split()[1:] if each != "."}
    for line in TABLE.strip().splitlines()
}


async def _examined() -> list[Finding]:
    return []


async def _menus() -> int:
    return 0


@pytest.fixture
def seat(database: Database, now: datetime) -> Iterator[Opened]:
    more = {"subjects": TERMS, "examine": _examined, "menus": _menus}
    with window(database, lambda: now, **more) as opened:
        yield opened


def addresses(person: Seat) -> set[str]:
    """Whatever takes a form, as the app itself has it."""
    found = iter_route_contexts(person.client.app.routes)  # type: ignore[attr-defined]  # FastAPI's
    return {
        (each.path or "").removeprefix("/console").replace(":path}", "}")
        for each in found
        if "POST" in (each.methods or ())
    }


def asked(person: Seat, address: str, csrf: str) -> tuple[int, str]:
    """What comes of a form to that address; nothing of what it names is there."""
    path = "/console" + address.format(
        no="X-1",
        code="X-1",
        kind="goodwill",
        wish=1,
        number=1,
        task=1,
        report="X-1",
        category="watch",
        asset="x",
        dispute="X",
        share="X",
        appointment="X",
        customer="X",
    )
    more = {"files": {FILES[address]: ("list.csv", b"")}} if address in FILES else {}
    told = {"csrf": csrf, "key": "k", "id": "unknown", "c": "line:unknown"}
    answer = person.post(path, told, headers={"x-csrf": csrf}, **more)
    return answer.status_code, answer.text


def test_every_address_that_takes_a_form_stands_in_the_table(seat: Opened) -> None:
    assert addresses(seat("社長", Role.OWNER)) == {*ALLOWED, *DOORS, NOTHING}


def test_every_cell_of_the_table_is_so_over_http(seat: Opened) -> None:
    for role in STAFF_ROLES:
        person = seat(f"{role.value} さん", role)
        csrf = person.form("/console/me", "/console/sign-out").fields["csrf"]
        for address in sorted(ALLOWED, key=lambda each: (each == LAST, each)):
            status, page = asked(person, address, csrf)
            is_refused = REFUSED in page
            assert is_refused is (role not in ALLOWED[address]), (role, address, status)
            assert (status == 403) is is_refused or address == "/me/passkeys", (role, address, page)
            assert status < 500, (role, address, page)


def test_nobody_changes_anything_from_outside(seat: Opened) -> None:
    person = seat("社長", Role.OWNER)
    csrf = person.form("/console/me", "/console/sign-out").fields["csrf"]
    person.client.cookies.clear()
    for address in ALLOWED:
        answer = person.post("/console" + address.format(
            no="X-1", code="X-1", kind="goodwill", wish=1, number=1, task=1,
        report="X-1", category="watch", asset="x", dispute="X", share="X",
        appointment="X", customer="X",
        ), {"csrf": csrf, "key": "k"}, headers={"x-csrf": csrf})  # fmt: skip
        assert answer.status_code == 303, address
        assert answer.headers["location"].startswith("/console/sign-in"), address
