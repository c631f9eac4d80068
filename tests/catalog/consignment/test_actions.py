"""Making a contract: who may, from which price, by which text, from which day on."""

import pytest
from sqlmodel import select

from catalog.consignment import actions, prices, proposals
from catalog.consignment.actions import (
    Proposal,
    Renewal,
    ShownText,
    TermsContradict,
    TooCheap,
)
from catalog.consignment.backing import GuaranteeUnbound
from catalog.consignment.contracts import (
    ConsignorOnly,
    ContractElsewhere,
    ContractMissing,
    StaffOnly,
    UnitPromised,
)
from catalog.consignment.states import Settlement
from catalog.credit import consents
from catalog.credit.consents import ConsentMissing
from catalog.duties.actors import BOT
from catalog.duties.identity.queries import IdentityMissing
from catalog.duties.tables import LedgerRow
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.kinds import UnitState
from tests.catalog.consignment.shelf import STAFF, TEXT, Shelf, day, person, tokyo


def test_an_agreed_contract_is_active_from_the_day_it_was_accepted(shelf: Shelf) -> None:
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id, 300_000, guarantee=200_000).contract_id
    shelf.now = tokyo("2026-12-01 10:00")
    shelf.agree(contract_id, who)
    contract, unit = shelf.contract(contract_id), shelf.unit(unit_id)
    assert (contract.state, contract.start_on, contract.last_day) == (
        "active", day("2026-12-01"), day("2027-05-30"),
    )  # fmt: skip
    assert (unit.state, unit.owner_kind, unit.owner_id) == ("consigned", "consignor", who)
    assert unit.price == 300_000
    rows = shelf.read(lambda db: db.exec(select(LedgerRow)).all())
    assert [(row.kind, row.identity_id) for row in rows] == [("consigned_in", contract.identity_id)]
    about = f"contract:{contract_id}"
    assert shelf.told(about) == ["consignment_proposed", "consignment_active"]
    assert shelf.is_replayed()


def test_the_accepted_text_is_kept_with_its_version_hash_and_time(shelf: Shelf) -> None:
    """R-079."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    contract = shelf.contract(contract_id)
    assert (contract.text_version, contract.text_sha256) == (TEXT.version, TEXT.sha256)
    assert contract.accepted_at == shelf.now
    with pytest.raises(TermsContradict):
        ShownText("1", "not a hash")


def test_the_term_begins_with_arrival_where_that_is_later(shelf: Shelf) -> None:
    """CON-6: accepted and in custody, whichever is later."""
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id).contract_id

    def not_here(db: object) -> None:
        contract = db.get_one(actions.Contract, contract_id)  # type: ignore[attr-defined]
        contract.in_custody_at = None
        db.add(contract)  # type: ignore[attr-defined]

    shelf.database.write(not_here)
    assert shelf.agree(contract_id, who).state == "agreed"
    shelf.go(days=3)
    arrived_at = shelf.now
    shelf.go(days=1)
    told = {"at": arrived_at, "by": "staff:S1", "now": shelf.now, "key": "a1"}
    assert shelf.write(actions.arrive, contract_id, **told).state == "active"
    assert shelf.write(actions.arrive, contract_id, **told).state == "active"
    assert shelf.contract(contract_id).start_on == day("2026-10-04")


@pytest.mark.parametrize(("price", "is_taken"), [(19_999, False), (20_000, True)])
def test_a_piece_below_the_least_price_is_not_taken(
    shelf: Shelf, price: int, is_taken: bool
) -> None:
    """CON-1, R-067."""
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    if is_taken:
        assert shelf.propose(who, unit_id, price).state == "proposed"
        return
    with pytest.raises(TooCheap) as refused:
        shelf.propose(who, unit_id, price)
    assert (refused.value.price, refused.value.least) == (19_999, 20_000)


def test_only_the_consignor_says_yes_and_only_staff_propose(shelf: Shelf) -> None:
    who, other = shelf.consignor(), shelf.consignor()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id).contract_id
    foreign = (person(other), ContractMissing)
    for actor, wrong in ((STAFF, ConsignorOnly), (BOT, ConsignorOnly), foreign):
        with pytest.raises(wrong):
            shelf.write(
                actions.agree, contract_id, TEXT, accepted_at=shelf.now, actor=actor,
                now=shelf.now, key=shelf.key(),
            )  # fmt: skip
    wanted = Proposal(unit_id, who, Yen(50_000), Yen(0))
    for actor in (BOT, person(who)):
        with pytest.raises(StaffOnly):
            shelf.write(actions.propose, wanted, actor=actor, now=shelf.now, key=shelf.key())
    assert shelf.contract(contract_id).state == "proposed"


def test_no_identity_no_contract(shelf: Shelf) -> None:
    """KOB-1: identity is needed for accepting a consignment too; nothing changes without."""
    who = shelf.customer()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id).contract_id
    with pytest.raises(IdentityMissing):
        shelf.agree(contract_id, who)
    assert shelf.contract(contract_id).state == "proposed"
    assert shelf.unit(unit_id).owner_kind == "customer"
    shelf.identify(who)
    assert shelf.agree(contract_id, who).state == "active"


def test_a_guarantee_is_an_offer_that_was_approved_and_sent(shelf: Shelf) -> None:
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    quote_id = shelf.quote(who, 200_000)
    for amount, quote in ((200_001, quote_id), (200_000, None), (200_000, "none")):
        wanted = Proposal(
            unit_id, who, Yen(300_000), Yen(0), Yen(amount), quote_id=quote
        )  # fmt: skip
        with pytest.raises(GuaranteeUnbound):
            shelf.write(actions.propose, wanted, actor=STAFF, now=shelf.now, key=shelf.key())


def test_one_piece_is_under_one_contract(shelf: Shelf) -> None:
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    shelf.agree(shelf.propose(who, unit_id).contract_id, who)
    with pytest.raises(UnitPromised):
        shelf.propose(who, unit_id)


def test_a_command_sent_again_has_one_effect_and_another_body_is_refused(shelf: Shelf) -> None:
    """CMD-1."""
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    wanted = Proposal(unit_id, who, Yen(300_000), Yen(0))
    told = {"actor": STAFF, "now": shelf.now, "key": "k"}
    made = {shelf.write(actions.propose, wanted, **told).contract_id for _ in range(4)}
    assert len(made) == 1
    with pytest.raises(KeyUsedOtherwise):
        shelf.write(actions.propose, Proposal(unit_id, who, Yen(300_001), Yen(0)), **told)
    contract_id = made.pop()
    states = {shelf.agree(contract_id, who, key="yes").version for _ in range(4)}
    assert len(states) == 1
    with pytest.raises(ContractElsewhere):
        shelf.write(
            proposals.decline, contract_id, actor=person(who), now=shelf.now, key=shelf.key()
        )


def test_a_declined_contract_changes_nothing_else(shelf: Shelf) -> None:
    who = shelf.consignor()
    unit_id = shelf.piece(who)
    contract_id = shelf.propose(who, unit_id).contract_id
    shelf.write(proposals.decline, contract_id, actor=person(who), now=shelf.now, key=shelf.key())
    assert shelf.contract(contract_id).state == "declined"
    assert shelf.unit(unit_id).state == UnitState.APPRAISED


def test_credit_is_chosen_only_by_who_knows_it_is_never_paid_out(shelf: Shelf) -> None:
    """CRD-13."""
    who = shelf.consignor()
    contract_id = shelf.propose(who, shelf.piece(who), settles_in=Settlement.CREDIT).contract_id
    with pytest.raises(ConsentMissing):
        shelf.agree(contract_id, who)
    consent = shelf.write(
        consents.agree, who, consents.NEVER_PAID_OUT, text_version="1", source="m1", by="bot",
        now=shelf.now,
    )  # fmt: skip
    assert shelf.agree(contract_id, who, consent_id=consent).state == "active"


def test_a_renewal_is_a_new_contract_and_the_old_guarantee_holds_to_its_own_end(
    shelf: Shelf,
) -> None:
    """CON-10."""
    who = shelf.consignor()
    old_id, _ = shelf.consigned(who, guarantee=250_000)
    shelf.go(days=170)
    wanted = Renewal(Yen(280_000), Yen(0), Yen(200_000), shelf.quote(who, 200_000))
    new_id = shelf.write(
        actions.renew, old_id, wanted, actor=STAFF, now=shelf.now, key=shelf.key()
    ).contract_id
    assert shelf.contract(old_id).state == "active"
    shelf.agree(new_id, who)
    new = shelf.contract(new_id)
    assert (shelf.contract(old_id).state, new.state) == ("renewed", "active")
    assert new.start_on == day("2027-03-20")
    assert (new.carried_guarantee, new.carried_through) == (250_000, day("2027-03-30"))
    shelf.go(days=11)  # the old term is over
    answer = shelf.request(new_id, who)
    assert (answer.state.value, answer.amount) == ("accepted", 200_000)
    assert shelf.is_replayed()


def test_a_renewed_contract_keeps_the_old_guarantee_until_its_last_day(shelf: Shelf) -> None:
    """CON-10: on day 180 of the old term the old amount still holds."""
    who = shelf.consignor()
    old_id, _ = shelf.consigned(who, guarantee=250_000)
    shelf.go(days=170)
    wanted = Renewal(Yen(280_000), Yen(0), Yen(200_000), shelf.quote(who, 200_000))
    new_id = shelf.write(
        actions.renew, old_id, wanted, actor=STAFF, now=shelf.now, key=shelf.key()
    ).contract_id
    shelf.agree(new_id, who)
    shelf.go(days=10)
    assert shelf.request(new_id, who).amount == 250_000


def test_a_list_price_changes_only_with_the_consignors_yes(shelf: Shelf) -> None:
    """R-074: no answer is no change."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)

    def propose(price: int) -> str:
        shelf.write(
            prices.propose_price, contract_id, Yen(price), reason="market", actor=STAFF,
            now=shelf.now, key=shelf.key(),
        )  # fmt: skip
        row = shelf.read(lambda db: prices.open_proposal(db, contract_id))
        assert row is not None
        return row.id

    def answer(proposal: str, *, is_yes: bool) -> None:
        shelf.write(
            prices.answer_price, proposal, is_yes=is_yes, message_id="m", actor=person(who),
            now=shelf.now, key=shelf.key(),
        )  # fmt: skip

    first = propose(250_000)
    shelf.go(days=30)
    assert shelf.unit(unit_id).price == 300_000
    second = propose(260_000)
    with pytest.raises(prices.ProposalOver):
        answer(first, is_yes=True)
    answer(second, is_yes=False)
    assert shelf.unit(unit_id).price == 300_000
    answer(propose(270_000), is_yes=True)
    assert shelf.unit(unit_id).price == 270_000
    assert shelf.told(f"contract:{contract_id}").count("price_changed") == 1
    assert shelf.is_replayed()


def test_a_foreign_unit_is_no_unit(shelf: Shelf) -> None:
    with pytest.raises(Exception, match="nowhere"):
        shelf.propose(shelf.consignor(), UnitId("nowhere"))
