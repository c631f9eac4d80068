"""What becomes of a proposal nobody agreed to: one stands, it can be taken back, it is over with
its offer, and the piece of a seller who said no goes home (CON-5, CON-10).
"""

from datetime import timedelta

import pytest
from sqlmodel import Session

from catalog.buyback import answers
from catalog.buyback.answers import After
from catalog.buyback.cases import MoverRefused
from catalog.buyback.tables import Quote
from catalog.consignment import actions, proposals
from catalog.consignment.actions import Proposal, Renewal
from catalog.consignment.backing import GuaranteeUnbound
from catalog.consignment.contracts import ContractElsewhere, StaffOnly, UnitPromised
from catalog.consignment.intake import UNWANTED, NotTheirs
from catalog.duties.actors import BOT, Actor
from catalog.ground import worklist
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.kinds import UnitState
from tests.catalog.buyback.deals import Deals
from tests.catalog.consignment.shelf import MANAGER, STAFF, Shelf


def wished(shelf: Shelf) -> tuple[Deals, Actor, str, str]:
    """A seller chose consignment of what they sent in: the deals, who, the case, the offer."""
    deals = Deals(shelf.database, now=shelf.now)
    seller = deals.seller()
    case_id = deals.here(seller)
    quote_id = deals.offered(case_id, 400_000)
    deals.do(answers.decline, quote_id, after=After.CONSIGN, actor=seller)
    shelf.now = deals.now
    return deals, seller, case_id, quote_id


def proposed(shelf: Shelf, deals: Deals, seller: Actor, case_id: str, quote_id: str) -> str:
    unit = deals.unit(case_id)
    wanted = Proposal(
        UnitId(unit.id), seller.id, Yen(650_000), Yen(0), Yen(400_000), case_id=case_id,
        quote_id=quote_id,
    )  # fmt: skip
    made = shelf.write(actions.propose, wanted, actor=STAFF, now=shelf.now, key=shelf.key())
    return made.contract_id


def open_tasks(shelf: Shelf, name: str) -> list[str]:
    rows = shelf.read(lambda db: worklist.open_tasks_named(db, name))
    return [row.subject for row in rows]


def test_the_piece_of_a_seller_who_said_no_is_sent_home_by_whoever_handles_pieces(
    shelf: Shelf,
) -> None:
    """R-050: it stood in the shop for good; before the no, only a manager may."""
    deals, seller, case_id, quote_id = wished(shelf)
    contract_id = proposed(shelf, deals, seller, case_id, quote_id)
    piece_id = deals.piece(case_id).id
    home = {"reason": "委託をお断り", "now": shelf.now}
    with pytest.raises(MoverRefused):
        shelf.write(proposals.send_home, piece_id, actor=STAFF, key="h", **home)
    shelf.write(proposals.decline, contract_id, actor=seller, now=shelf.now, key=shelf.key())
    assert open_tasks(shelf, UNWANTED) == [f"case:{case_id}"]
    for _ in range(2):
        shelf.write(proposals.send_home, piece_id, actor=STAFF, key="h", **home)
    assert deals.piece(case_id).stage == "return_shipping"
    assert deals.unit(case_id).state == UnitState.RETURN_PENDING.value
    assert open_tasks(shelf, UNWANTED) == []
    assert shelf.told(f"case:{case_id}").count("return_begun") == 1


def test_a_manager_sends_home_what_is_proposed_and_the_proposal_is_over(shelf: Shelf) -> None:
    deals, seller, case_id, quote_id = wished(shelf)
    contract_id = proposed(shelf, deals, seller, case_id, quote_id)
    shelf.write(
        proposals.send_home, deals.piece(case_id).id, reason="店では扱えません", actor=MANAGER,
        now=shelf.now, key="h",
    )  # fmt: skip
    assert shelf.contract(contract_id).state == "declined"
    with pytest.raises(ContractElsewhere):
        shelf.agree(contract_id, deals.case(case_id).customer_id)


def test_a_seller_who_said_no_has_the_piece_back_or_another_proposal(shelf: Shelf) -> None:
    """Another proposal leaves nothing to send home; the seller's own word brings it home."""
    deals, seller, case_id, quote_id = wished(shelf)
    for _ in range(2):
        contract_id = proposed(shelf, deals, seller, case_id, quote_id)
        assert open_tasks(shelf, UNWANTED) == []
        shelf.write(proposals.decline, contract_id, actor=seller, now=shelf.now, key=shelf.key())
    assert open_tasks(shelf, UNWANTED) == [f"case:{case_id}"]
    piece_id = deals.piece(case_id).id
    shelf.write(proposals.bring_home, piece_id, actor=seller, now=shelf.now, key="b")
    assert deals.piece(case_id).stage == "return_shipping"
    assert open_tasks(shelf, UNWANTED) == []
    assert shelf.is_replayed()


def test_what_a_contract_took_is_no_longer_the_cases_to_send_home(shelf: Shelf) -> None:
    deals, seller, case_id, quote_id = wished(shelf)
    contract_id = proposed(shelf, deals, seller, case_id, quote_id)
    shelf.agree(contract_id, deals.case(case_id).customer_id)
    piece_id = deals.piece(case_id).id
    with pytest.raises((NotTheirs, UnitPromised)):
        shelf.write(proposals.bring_home, piece_id, actor=seller, now=shelf.now, key="b")
    with pytest.raises((NotTheirs, UnitPromised)):
        shelf.write(
            proposals.send_home, piece_id, reason="x", actor=MANAGER, now=shelf.now, key="h"
        )


def test_another_proposal_takes_the_place_of_the_one_before(shelf: Shelf) -> None:
    """A mistyped price does not stand beside the right one to be signed."""
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    wrong = shelf.propose(who, unit_id, 38_000).contract_id
    right = shelf.propose(who, unit_id, 380_000).contract_id
    assert (shelf.contract(wrong).state, shelf.contract(right).state) == ("declined", "proposed")
    assert shelf.told(f"contract:{wrong}") == ["consignment_proposed", "consignment_taken_back"]
    with pytest.raises(ContractElsewhere):
        shelf.agree(wrong, who)
    assert shelf.agree(right, who).state == "active"
    assert shelf.is_replayed()


def test_another_renewal_takes_the_place_of_the_one_before(shelf: Shelf) -> None:
    """CON-10: the contract that runs is not touched."""
    who = shelf.consignor()
    old, _ = shelf.consigned(who)
    first, second = (
        shelf.write(
            actions.renew, old, Renewal(Yen(price), Yen(0)), actor=STAFF, now=shelf.now,
            key=shelf.key(),
        ).contract_id
        for price in (28_000, 280_000)
    )  # fmt: skip
    assert [shelf.contract(each).state for each in (old, first, second)] == [
        "active", "declined", "proposed",
    ]  # fmt: skip
    shelf.agree(second, who)
    assert [shelf.contract(each).state for each in (old, second)] == ["renewed", "active"]


def test_what_was_proposed_is_taken_back_by_the_shop_until_it_is_agreed(shelf: Shelf) -> None:
    deals, seller, case_id, quote_id = wished(shelf)
    contract_id = proposed(shelf, deals, seller, case_id, quote_id)
    told = {"reason": "価格の誤り", "now": shelf.now}
    for actor in (BOT, seller):
        with pytest.raises(StaffOnly):
            shelf.write(proposals.take_back, contract_id, actor=actor, key="t", **told)
    for _ in range(2):
        shelf.write(proposals.take_back, contract_id, actor=STAFF, key="t", **told)
    assert shelf.contract(contract_id).state == "declined"
    assert shelf.told(f"contract:{contract_id}").count("consignment_taken_back") == 1
    assert open_tasks(shelf, "consignment_proposal") == [f"case:{case_id}"]  # they still wait
    assert open_tasks(shelf, UNWANTED) == []
    again = proposed(shelf, deals, seller, case_id, quote_id)
    assert open_tasks(shelf, "consignment_proposal") == []
    shelf.agree(again, deals.case(case_id).customer_id)
    with pytest.raises(ContractElsewhere):
        shelf.write(proposals.take_back, again, actor=STAFF, key="u", **told)


def test_a_proposal_is_agreed_to_only_while_the_offer_behind_it_holds(shelf: Shelf) -> None:
    """CON-5, QUO-5: through its last day by the moment of the press, and never once withdrawn."""
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    last_day = shelf.now.date() + timedelta(days=14)
    contract_id = shelf.propose(who, unit_id, guarantee=200_000).contract_id

    def told(**columns: object) -> None:
        def unit(db: Session) -> None:
            quote = db.get_one(Quote, shelf.contract(contract_id).quote_id)
            for name, value in columns.items():
                setattr(quote, name, value)
            db.add(quote)

        shelf.database.write(unit)

    told(valid_through=last_day)
    pressed_at = shelf.now + timedelta(days=14)
    shelf.go(days=15)
    with pytest.raises(GuaranteeUnbound):
        shelf.agree(contract_id, who)
    told(state="withdrawn")
    with pytest.raises(GuaranteeUnbound):
        shelf.agree(contract_id, who, accepted_at=pressed_at)
    told(state="expired")
    assert shelf.agree(contract_id, who, accepted_at=pressed_at).state == "active"
