"""The shop's door at the console (R-044, R-046, R-049, R-060): kits leave, parcels are opened,
pieces go home; each click once, the customer told, the task of the staff done by it.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from catalog.buyback import answers, appraisal, returns, timers, transit
from catalog.buyback.answers import After, OfferChanged
from catalog.buyback.cases import StageRefused
from catalog.buyback.inquiry import Purpose
from catalog.buyback.stages import Stage
from catalog.buyback.transit import KitBox
from catalog.duties.actors import Role
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel
from catalog.duties.visits.tables import Visit, VisitRefusal
from catalog.grading.tables import Grading
from catalog.ground import worklist
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work, WorkState
from catalog.items.kinds import UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction
from conversations.wording.news import en, ja, ko, zh_hans, zh_hant
from media.assets.kinds import AssetKind, TimeSource
from media.intake.receive import Capture, receive
from tests.catalog.buyback.deals import DAYTONA, Deals
from tests.catalog.duties import law
from tests.handoff.console.window import Opened, window


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def page_of(deals: Deals, case_id: str) -> str:
    return f"/console/cases/{deals.case(case_id).case_no}"


def photographed(deals: Deals, case_id: str, *, digest: str = "a") -> str:
    """A picture of the parcel, taken under the code of its first piece."""

    def unit(db: Session) -> str:
        unit_id = UnitId(deals.piece(case_id).unit_id or "")
        told = Capture(
            sha256=digest * 64, size=1, mime="image/jpeg", kind=AssetKind.STILL, name="box.jpg",
            source="test", unit_id=unit_id, part=None, captured_at=deals.now,
            time_source=TimeSource.ARRIVAL,
        )  # fmt: skip
        return receive(db, told, actor="test", now=deals.now).asset_id

    return deals.database.write(unit)


def visit_of(deals: Deals, case_id: str) -> str:
    wanted = select(Visit.id).where(Visit.case_id == case_id)
    return deals.database.read(lambda db: db.exec(wanted).one())


def open_tasks(deals: Deals, name: str) -> list[Work]:
    return [each for each in deals.tasks(name) if each.state == WorkState.DUE.value]


def test_the_kit_leaves_with_its_number_and_its_task_is_done(deals: Deals, seat: Opened) -> None:
    """R-044: told once, however often somebody presses; the auditor only looks."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.do(transit.choose_box, case_id, KitBox.MEDIUM, actor=seller)
    [task] = open_tasks(deals, "packing_kit")
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    todo = store.page(f"/console/tasks/{task.id}")
    assert f'href="{page}#kit"' in todo
    assert "/done" not in todo
    assert "箱: 中" in store.page(page)
    assert f"{page}/kit" not in seat("監査", Role.AUDITOR).page(page)
    assert store.send(page, f"{page}/kit", times=2, tracking_no="1234-5678").status_code == 303
    assert deals.stage(case_id) is Stage.KIT_SENT
    assert deals.told(f"case:{case_id}", "kit_sent")["tracking_no"] == "1234-5678"
    assert deals.notices(f"case:{case_id}").count("kit_sent") == 1
    assert open_tasks(deals, "packing_kit") == []
    assert f"{page}/kit" not in store.page(page)


def test_a_kits_number_is_put_right_until_the_carrier_knows_it(deals: Deals, seat: Opened) -> None:
    """R-044, R-093: told once; what another carrier number said before is not this kit's."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    assert f"{page}/renumber_kit" not in store.page(page)
    store.send(page, f"{page}/kit", tracking_no="1234-5678")
    sent = store.send(page, f"{page}/renumber_kit", times=2, tracking_no="1234-5679")
    assert sent.status_code == 303
    assert deals.case(case_id).kit_no == "12345679"
    assert deals.notices(f"case:{case_id}").count("case_number_corrected") == 1
    deals.do(
        parcels.make, Direction.KIT, about=f"case:{case_id}", carrier="yamato",
        tracking_no="12345679", by="t",
    )  # fmt: skip
    form = store.form(page, f"{page}/renumber_kit")
    deals.database.write(
        lambda db: parcels.note_tracking(
            db, "yamato", "12345679", "配達完了", deals.now, now=deals.now
        )
    )
    assert f"{page}/renumber_kit" not in store.page(page)
    late = store.post(form.action, {**form.fields, "tracking_no": "99990000"})
    assert late.status_code == 409
    assert deals.case(case_id).kit_no == "12345679"


def test_the_number_of_what_went_home_is_put_right(deals: Deals, seat: Opened) -> None:
    """R-049, R-093: of that parcel alone, until it is there."""
    seller = deals.seller()
    case_id = deals.here(seller, DAYTONA, DAYTONA)
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    for number in (1, 2):
        deals.do(answers.decline, deals.offered(case_id, number=number), actor=seller)
        store.send(page, f"{page}/ship_back", tracking_no=f"7777-{number}")
    form = store.form(page, f"{page}/renumber_back", earlier="7777-1")
    for _ in range(2):
        done = store.post(form.action, {**form.fields, "tracking_no": "7777-9"})
        assert done.status_code == 303
    assert [each.back_no for each in deals.pieces(case_id)] == ["77779", "7777-2"]
    assert deals.told(f"case:{case_id}", "case_number_corrected")["tracking_no"] == "77779"
    last = store.form(page, f"{page}/renumber_back", earlier="7777-2")
    deals.do(returns.returned, case_id, actor=store.actor)
    assert f"{page}/renumber_back" not in store.page(page)
    assert store.post(last.action, {**last.fields, "tracking_no": "8888-1"}).status_code == 409


def test_a_parcel_is_opened_with_its_picture_weight_and_seal(deals: Deals, seat: Opened) -> None:
    """R-046: two of three pieces came, the third is still waited for; a foreign capture is no
    picture of this parcel.
    """
    seller = deals.seller()
    case_id, other = deals.inquiry(seller, DAYTONA, DAYTONA, DAYTONA), deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.submit(seller, other)
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    assert "到着の写真がありません" in store.page(page)
    foreign, photo = photographed(deals, other, digest="b"), photographed(deals, case_id)
    told = {
        "photo": photo, "seal": "broken", "grams-1": "４８０", "serial-1": "K123456",
        "grams-2": "210", "came-3": "",
    }  # fmt: skip
    for wrong in ({"photo": foreign}, {"seal": ""}, {"grams-1": "重い"}, {"grams-2": "0"}):
        assert store.send(page, f"{page}/arrive", **{**told, **wrong}).status_code == 422
    assert deals.stage(case_id) is Stage.SUBMITTED
    assert store.send(page, f"{page}/arrive", times=2, **told).status_code == 303
    assert [deals.stage(case_id, n) for n in (1, 2, 3)] == [
        Stage.ARRIVED, Stage.ARRIVED, Stage.SUBMITTED,
    ]  # fmt: skip
    first = deals.piece(case_id)
    assert (first.arrival["photo"], first.arrival["grams"], first.serial) == (photo, 480, "K123456")
    assert deals.unit(case_id).state == UnitState.RECEIVED.value
    assert deals.notices(f"case:{case_id}").count("arrived") == 1
    assert {each.facts["piece"] for each in open_tasks(deals, "seal_broken")} == {
        piece.id for piece in deals.pieces(case_id)[:2]
    }
    assert 'name="came-3"' in store.page(page)
    assert 'name="came-1"' not in store.page(page)


def test_what_is_handed_over_at_the_counter_has_no_seal(deals: Deals, seat: Opened) -> None:
    """R-041: nobody is told of a seal that never was."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id, Channel.STORE_DROP)
    photo, page = photographed(deals, case_id), page_of(deals, case_id)
    store = seat("中村", Role.STORE)
    assert 'name="seal"' not in store.page(page)
    sent = store.send(page, f"{page}/arrive", **{"photo": photo, "grams-1": "155"})
    assert sent.status_code == 303
    assert deals.stage(case_id) is Stage.ARRIVED
    assert deals.told(f"case:{case_id}", "arrived")["pieces"][0]["is_sealed"] is None
    for lang in (ja, en, zh_hant, zh_hans, ko):
        told = {seal: lang.arrived("B-1", 1, is_sealed=seal) for seal in (True, False, None)}
        assert len(told[None]) < min(len(told[True]), len(told[False]))
    assert open_tasks(deals, "seal_broken") == []


def test_who_goes_to_the_customer_has_a_card_before_anything_is_taken(
    deals: Deals, seat: Opened
) -> None:
    """KOB-8."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id, Channel.HOME_VISIT)
    photo, page = photographed(deals, case_id), page_of(deals, case_id)
    appraiser = seat("田中", Role.APPRAISER)
    subject, visit = f"case:{case_id}", {"visit": visit_of(deals, case_id)}
    deals.database.write(
        lambda db: worklist.task(
            db, "visit_wanted", subject, due_at=deals.now, now=deals.now, facts=visit
        )
    )
    [task] = open_tasks(deals, "visit_wanted")
    assert f'href="{page}#visitor"' in appraiser.page(f"/console/tasks/{task.id}")
    assert "#visitor" not in seat("在宅", Role.REMOTE).page(f"/console/tasks/{task.id}")
    appraiser.send(page, f"{page}/visitor", to=appraiser.staff_id, licence_no="第12-345号")
    assert open_tasks(deals, "visit_wanted") == []
    assert "第12-345号" in appraiser.page(page)
    assert appraiser.send(
        page, f"{page}/arrive", **{"photo": photo, "grams-1": "155"}
    ).status_code == 303  # fmt: skip
    assert deals.stage(case_id) is Stage.ARRIVED


def test_a_no_at_home_ends_what_was_not_accepted_and_nobody_asks_again(
    deals: Deals, seat: Opened
) -> None:
    """TOK-2, R-049: what was bought stays bought, the rest is theirs, the customer is told."""
    seller = deals.seller()
    case_id = deals.inquiry(seller, DAYTONA, DAYTONA, DAYTONA)
    deals.submit(seller, case_id, Channel.HOME_VISIT)
    deals.database.write(
        lambda db: worklist.task(
            db, "visit_wanted", f"case:{case_id}", due_at=deals.now, now=deals.now,
            facts={"visit": visit_of(deals, case_id)},
        )
    )  # fmt: skip
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    sent = store.send(page, f"{page}/refused_at_home", times=2)
    assert sent.status_code == 303
    assert deals.stage(case_id) is Stage.CLOSED
    assert deals.told(f"case:{case_id}", "withdrawn")["pieces"] == 3
    assert open_tasks(deals, "visit_wanted") == []
    assert f"{page}/refused_at_home" not in store.page(page)
    person = f"/console/customers/{seller.id}"
    assert "にお断り。ご本人からお申し出があるまで、お勧めしないでください。" in store.page(person)
    assert "/console/customers/refusal" not in store.page(person)
    refusals = deals.database.read(lambda db: db.exec(select(VisitRefusal)).all())
    assert [each.customer_id for each in refusals] == [seller.id]


def test_an_offer_they_said_no_to_at_home_is_over_and_the_piece_goes_back(
    deals: Deals, seat: Opened
) -> None:
    """TOK-2: no reminder of it is sent any more, and nobody can accept it by mistake."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    quote_id = deals.offered(case_id, 400_000)
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    assert store.send(page, f"{page}/refused_at_home", times=2).status_code == 303
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    with pytest.raises(OfferChanged):
        deals.accept(seller, quote_id)
    deals.adds_up()


def test_a_no_before_any_visit_stands_with_the_customer_until_they_ask(
    deals: Deals, seat: Opened
) -> None:
    """TOK-2."""
    seller, remote = deals.seller(), seat("在宅", Role.REMOTE)
    person = f"/console/customers/{seller.id}"
    assert remote.send(person, "/console/customers/refusal", times=2).status_code == 303
    assert "お勧めしないでください" in remote.page(person)
    assert len(deals.database.read(lambda db: db.exec(select(VisitRefusal)).all())) == 1
    deals.now += timedelta(minutes=1)
    deals.submit(seller, deals.inquiry(seller), Channel.HOME_VISIT)
    assert "お勧めしないでください" not in remote.page(person)


def test_pictures_of_a_piece_that_is_still_to_come_are_a_first_look_at_its_grade(
    deals: Deals, seat: Opened
) -> None:
    """R-092: provisional, by what could be seen; the piece itself is graded when it is here."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    unit, appraiser = deals.unit(case_id), seat("田中", Role.APPRAISER)
    path = f"/console/items/{unit.code}"
    assert "お客様からの写真で見える項目だけを採点します" in appraiser.page(path)
    form = appraiser.form(path, f"{path}/grade")
    blank = {name: "" for name in form.fields if name.startswith(("axis_", "asset_"))}
    assert appraiser.post(form.action, {**form.fields, **blank}).status_code == 422
    told = {**form.fields, **blank, "axis_case": "4", "axis_dial": "5"}
    for _ in range(2):
        assert appraiser.post(form.action, told).status_code == 303
    rows = deals.database.read(lambda db: db.exec(select(Grading)).all())
    assert [(each.standing, each.source, each.axes) for each in rows] == [
        ("provisional", "photos", {"case": 4, "dial": 5})
    ]
    assert deals.unit(case_id).grade is None


def test_a_repair_ends_with_its_button_and_goes_home(deals: Deals, seat: Opened) -> None:
    """R-060, R-049: the same stages; its task is done by the button, and by nothing else."""
    seller = deals.seller()
    case_id = deals.here(seller, purpose=Purpose.REPAIR)
    deals.accept(seller, deals.offered(case_id, 40_000), 40_000)
    [task] = open_tasks(deals, "repair")
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    csrf = store.form("/console/me", "/console/sign-out").fields["csrf"]
    refused = store.post(f"/console/tasks/{task.id}/done", {"csrf": csrf})
    assert refused.status_code == 409
    assert store.send(page, f"{page}/repaired", times=2).status_code == 303
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    assert open_tasks(deals, "repair") == []
    assert store.send(page, f"{page}/ship_back", times=2, tracking_no="77-1").status_code == 303
    assert deals.unit(case_id).state == UnitState.IN_TRANSIT_OUT.value
    assert f"{page}/ship_back" not in store.page(page)
    assert store.send(page, f"{page}/given_back", times=2).status_code == 303
    assert deals.stage(case_id) is Stage.RETURNED
    told = deals.notices(f"case:{case_id}")
    assert [told.count(each) for each in ("repaired", "return_shipping", "returned")] == [1, 1, 1]


def test_only_the_pieces_that_left_are_said_to_have_left(deals: Deals, seat: Opened) -> None:
    """R-049: one went home with its number, the other still lies in the safe; the customer is told
    of the one, and the case goes on.
    """
    seller = deals.seller()
    case_id = deals.here(seller, DAYTONA, DAYTONA)
    deals.do(answers.decline, deals.offered(case_id), actor=seller)
    page, store = page_of(deals, case_id), seat("中村", Role.STORE)
    store.send(page, f"{page}/ship_back", tracking_no="77-1")
    deals.do(answers.decline, deals.offered(case_id, number=2), actor=seller)
    form = store.form(page, f"{page}/given_back")
    assert "goes-1" in form.fields and "goes-2" not in form.fields  # the second did not leave
    none = {name: told for name, told in form.fields.items() if name != "goes-1"}
    assert store.post(f"{page}/given_back", none).status_code == 422
    assert "goes-1" not in store.form(page, f"{page}/ship_back").fields
    store.send(page, f"{page}/ship_back", tracking_no="77-2")
    assert deals.told(f"case:{case_id}", "return_shipping")["pieces"] == 1
    assert store.post(f"{page}/given_back", form.fields).status_code == 303
    assert [deals.stage(case_id, n) for n in (1, 2)] == [Stage.RETURNED, Stage.RETURN_SHIPPING]
    assert deals.told(f"case:{case_id}", "returned")["pieces"] == 1
    with pytest.raises(StageRefused):
        deals.do(returns.send_back, case_id, tracking_no="77-3", actor=store.actor)


def test_a_rejected_piece_goes_home_or_ends_disposed_of(deals: Deals, seat: Opened) -> None:
    """R-054, R-059: the shop sends it home where its customer does not say; what they gave up is
    disposed of, and each ends its task.
    """
    seller = deals.seller()
    case_id, appraiser, store = (
        deals.here(seller, DAYTONA, DAYTONA), seat("田中", Role.APPRAISER), seat("中村", Role.STORE)
    )  # fmt: skip
    page, [first, second] = page_of(deals, case_id), deals.pieces(case_id)
    for each in (first, second):
        deals.do(appraisal.reject, each.id, reasons=["偽造品"], actor=appraiser.actor)
    assert f"{page}/dispose" not in appraiser.page(page)  # nobody gave up anything
    deals.do(appraisal.consent_to_disposal, second.id, consent="m1", actor=seller)
    [task] = open_tasks(deals, "dispose")
    todo = appraiser.page(f"/console/tasks/{task.id}")
    assert f'href="{page}#piece-2"' in todo and "/done" not in todo
    assert f"{page}/dispose" not in store.page(page)
    assert appraiser.send(page, f"{page}/dispose", times=2).status_code == 303
    assert open_tasks(deals, "dispose") == []
    assert store.send(page, f"{page}/send_home", times=2, reason="ご返事なし").status_code == 303
    assert [deals.stage(case_id, n) for n in (1, 2)] == [Stage.RETURN_SHIPPING, Stage.CLOSED]
    assert deals.notices(f"case:{case_id}").count("return_begun") == 1


def test_where_silence_does_not_return_the_task_leads_to_the_way_home(
    deals: Deals, seat: Opened
) -> None:
    """QUO-5: a person decides, at the piece; the task is done by it."""
    deals.database.write(lambda db: law.house(db, buy__silence_returns=False))
    case_id = deals.here(deals.seller())
    deals.offered(case_id)
    deals.later(days=15)
    deals.at(timers.expire)
    [task], page = open_tasks(deals, "offer_unanswered"), page_of(deals, case_id)
    todo = seat("田中", Role.APPRAISER).page(f"/console/tasks/{task.id}")
    assert f'href="{page}#piece-1"' in todo
    store = seat("中村", Role.STORE)
    assert store.send(page, f"{page}/send_home", reason="ご返事なし").status_code == 303
    assert deals.stage(case_id) is Stage.RETURN_SHIPPING
    assert open_tasks(deals, "offer_unanswered") == []


def test_what_nobody_waits_for_any_more_is_no_task(deals: Deals) -> None:
    """A customer who changes their mind leaves no work behind."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id)
    deals.do(transit.choose_box, case_id, KitBox.SMALL, actor=seller)
    deals.do(transit.change_channel, case_id, Channel.STORE_DROP, actor=seller)
    assert open_tasks(deals, "packing_kit") == []
    deals.do(transit.change_channel, case_id, Channel.MAIL_IN, actor=seller)
    assert deals.case(case_id).kit_box is None  # asked again: nothing is packed yet
    deals.do(transit.choose_box, case_id, KitBox.SMALL, actor=seller)
    assert len(open_tasks(deals, "packing_kit")) == 1
    deals.do(transit.withdraw, case_id, actor=seller)
    assert open_tasks(deals, "packing_kit") == []
    second = deals.here(seller)
    quote_id = deals.offered(second)
    deals.do(answers.counter, quote_id, 450_000, actor=seller)
    assert len(open_tasks(deals, "counter_offer")) == 1
    deals.do(answers.decline, quote_id, after=After.RETURN, actor=seller)
    assert open_tasks(deals, "counter_offer") == []
