"""A consignment from the task to the term, at the console: what the customer would get is shown,
proposed once, and begins when they said yes and the piece is here (R-040, R-067 to R-071, CON-6).
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from catalog.buyback import answers
from catalog.buyback.answers import After
from catalog.consignment import actions, proposals
from catalog.consignment.actions import Proposal
from catalog.consignment.intake import NotTheirs
from catalog.consignment.tables import Contract
from catalog.duties.actors import Role
from catalog.ground import worklist
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from tests.catalog.buyback.deals import Deals
from tests.catalog.consignment.shelf import STAFF, Shelf
from tests.handoff.console.window import Opened, window


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)


@pytest.fixture
def seat(shelf: Shelf) -> Iterator[Opened]:
    with window(shelf.database, lambda: shelf.now) as opened:
        yield opened


def contracts(shelf: Shelf) -> list[Contract]:
    return shelf.read(lambda db: list(db.exec(select(Contract))))


def test_a_seller_who_wishes_consignment_is_proposed_it_once_from_the_task(
    shelf: Shelf, seat: Opened
) -> None:
    """R-040, R-071, CON-5: the offer that was made is its guarantee."""
    deals = Deals(shelf.database, now=shelf.now)
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id, 400_000)
    code = deals.unit(case_id).code
    adviser = seat("鈴木", Role.ADVISER)
    path = f"/console/items/{code}/consign"
    early = {"price": "650000", "guarantee": "none", "settles_in": "bank"}
    refused = adviser.send(path, path, **early)  # still for sale
    assert "段階ではこの操作はできません" in refused.text
    deals.do(answers.decline, quote_id, after=After.CONSIGN, actor=seller)
    piece, shelf.now = deals.piece(case_id), deals.now

    def unit(db: Session) -> int:
        worklist.task(
            db, "consignment_proposal", f"case:{case_id}", due_at=shelf.now, now=shelf.now,
            facts={"piece": piece.id, "quote": quote_id},
        )  # fmt: skip
        return worklist.task_id(db, "consignment_proposal", f"case:{case_id}")

    task = shelf.database.write(unit)
    assert f'href="{path}"' in adviser.page(f"/console/tasks/{task}")
    assert f'href="{path}"' in adviser.page(f"/console/cases/{deals.case(case_id).case_no}")
    shown = adviser.send(path, path, price="¥650,000", guarantee=quote_id)
    assert "この価格ならお受取 ¥552,500(85%)" in shown.text
    assert "保証額を下回るため" in shown.text  # the last step would pay less than ¥400,000
    assert contracts(shelf) == []  # only looked at
    assert adviser.confirm(shown, times=2).status_code == 303
    [made] = contracts(shelf)
    assert (made.initial_list_price, made.min_price, made.guarantee_amount, made.case_id) == (
        650_000, 0, 400_000, case_id,
    )  # fmt: skip
    assert shelf.told(f"contract:{made.id}") == ["consignment_proposed"]
    assert "済み" in adviser.page(f"/console/tasks/{task}")
    assert made.contract_no in adviser.page(path)
    cheap = adviser.send(path, path, price="19999", guarantee="none")
    assert "委託は ¥20,000 以上の品に限ります" in cheap.text


def test_a_piece_that_comes_after_the_yes_begins_its_term_when_it_is_here(
    shelf: Shelf, seat: Opened
) -> None:
    """CON-6."""
    who = shelf.consignor()
    unit_id = shelf.piece(who, UnitState.APPRAISING)

    def unit(db: Session) -> str:
        wanted = Proposal(unit_id, who, Yen(300_000), Yen(0))
        made = actions.propose(db, wanted, actor=STAFF, now=shelf.now, key="p")
        db.get_one(Contract, made.contract_id).in_custody_at = None  # it was still to come
        return made.contract_id

    contract_id = shelf.database.write(unit)
    shelf.agree(contract_id, who)
    no = shelf.contract(contract_id).contract_no
    path, adviser = f"/console/consignments/{no}", seat("鈴木", Role.ADVISER)
    assert path in adviser.page("/console/consignments")
    today = shelf.now.date()
    assert f'href="{path}"' in adviser.page("/console/consignments")
    early = adviser.send(path, f"{path}/arrive", on=str(today))
    assert "商品は「査定中」です" in early.text
    shelf.move(unit_id, UnitState.APPRAISED)
    ahead = adviser.send(path, f"{path}/arrive", on=str(today + timedelta(days=1)))
    assert ahead.status_code == 422
    shown = adviser.send(path, f"{path}/arrive", on=str(today))
    assert "2026年10月1日(木) から 2027年3月30日(火) まで" in shown.text
    assert shelf.contract(contract_id).state == "agreed"
    assert adviser.confirm(shown, times=2).status_code == 303
    assert shelf.contract(contract_id).state == "active"
    assert shelf.unit(unit_id).state == "consigned"
    assert shelf.told(f"contract:{contract_id}").count("consignment_active") == 1
    assert f"{path}/arrive" not in adviser.page(path)


def test_a_piece_its_seller_does_not_consign_after_all_is_sent_home_from_its_case(
    shelf: Shelf, seat: Opened
) -> None:
    """R-050: the task leads to the form, which ends it; before the no, only a manager may."""
    deals = Deals(shelf.database, now=shelf.now)
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id, 400_000)
    deals.do(answers.decline, quote_id, after=After.CONSIGN, actor=seller)
    shelf.now = deals.now
    path = f"/console/cases/{deals.case(case_id).case_no}"
    consign = f"/console/items/{deals.unit(case_id).code}/consign"
    adviser, manager = seat("鈴木", Role.ADVISER), seat("佐藤", Role.MANAGER)
    shown = adviser.send(consign, consign, price="650000", guarantee=quote_id)
    assert adviser.confirm(shown).status_code == 303
    assert f"{path}/send_home" not in adviser.page(path)
    assert "お返事待ちの委託の提案は取り下げになります" in manager.page(path)
    early = {**manager.form(path, f"{path}/send_home").fields, "reason": "急ぎ"}
    early["csrf"] = adviser.form(path, "/console/sign-out").fields["csrf"]
    assert adviser.post(f"{path}/send_home", early).status_code == 409
    [made] = contracts(shelf)
    shelf.write(proposals.decline, made.id, actor=seller, now=shelf.now, key=shelf.key())
    task = shelf.read(lambda db: worklist.open_tasks_named(db, "consignment_declined")[0].id)
    assert f'href="{path}#piece-1"' in adviser.page(f"/console/tasks/{task}")
    assert "お客様は委託をお断りになりました" in adviser.page(path)
    done = adviser.send(path, f"{path}/send_home", times=2, reason="委託をお断り")
    assert done.status_code == 303
    assert deals.piece(case_id).stage == "return_shipping"
    assert "済み" in adviser.page(f"/console/tasks/{task}")
    assert f"{path}/ship_back" in adviser.page(path)


def test_a_proposal_is_replaced_or_taken_back_and_the_customer_is_told(
    shelf: Shelf, seat: Opened
) -> None:
    """A mistyped price does not stand beside the right one; what has not begun is in the list."""
    who = shelf.consignor()
    path = f"/console/items/{shelf.unit(shelf.piece(who)).code}/consign"
    adviser = seat("鈴木", Role.ADVISER)
    typed = {"guarantee": "none", "settles_in": "bank"}
    adviser.confirm(adviser.send(path, path, price="38000", **typed))
    [wrong] = contracts(shelf)
    shown = adviser.send(path, path, price="380000", **typed)
    assert f"お返事待ちの契約 {wrong.contract_no}(当初価格 ¥38,000)は取り下げになり" in shown.text
    assert adviser.confirm(shown, times=2).status_code == 303
    [right] = [each for each in contracts(shelf) if each.state == "proposed"]
    assert shelf.contract(wrong.id).state == "declined"
    listed = adviser.page("/console/consignments")
    assert (right.contract_no in listed, wrong.contract_no in listed) == (True, False)
    page = f"/console/consignments/{right.contract_no}"
    shown = adviser.send(page, f"{page}/take_back", reason="価格の誤り")
    assert "当初価格 ¥380,000 の提案を取り下げます" in shown.text
    assert shelf.contract(right.id).state == "proposed"  # only looked at
    assert adviser.confirm(shown, times=2).status_code == 303
    assert shelf.contract(right.id).state == "declined"
    assert shelf.told(f"contract:{right.id}").count("consignment_taken_back") == 1
    assert f"{page}/take_back" not in adviser.page(page)


def test_nobody_is_proposed_to_consign_anothers_piece(shelf: Shelf, seat: Opened) -> None:
    own, other = shelf.consignor(), shelf.consignor()
    code = shelf.unit(shelf.owned("W-1")).code
    adviser, accountant = seat("鈴木", Role.ADVISER), seat("経理", Role.ACCOUNTING)
    assert adviser.get(f"/console/items/{code}/consign").status_code == 404
    assert accountant.get(f"/console/items/{code}/consign").status_code == 403
    unit_id = UnitId(shelf.piece(own))
    wanted = Proposal(unit_id, other, Yen(300_000), Yen(0))
    with pytest.raises(NotTheirs):
        shelf.write(actions.propose, wanted, actor=STAFF, now=shelf.now, key="p")
    assert contracts(shelf) == []


def test_the_price_of_a_consigned_piece_leads_to_its_consignor(shelf: Shelf, seat: Opened) -> None:
    """R-074: no form on the piece's own page, and none that is sent all the same is taken."""
    contract_id, unit_id = shelf.consigned(shelf.consignor(), 300_000)
    code, no = shelf.unit(unit_id).code, shelf.contract(contract_id).contract_no
    path, manager = f"/console/items/{code}", seat("佐藤", Role.MANAGER)
    page = manager.page(path)
    assert f'action="{path}/price"' not in page
    assert f"/console/consignments/{no}#price" in page
    csrf = manager.form("/console/me", "/console/sign-out").fields["csrf"]
    told = {"csrf": csrf, "key": "k", "price": "1", "reason": "x", "consent": "お電話で"}
    refused = manager.post(f"{path}/price", told)
    assert refused.status_code == 409
    assert "委託者が承諾したときに変わります" in refused.text
    assert shelf.unit(unit_id).price == 300_000
