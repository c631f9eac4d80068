"""What the own page and the pack of data say of sales and papers: one's own, in the words of the
register, and nobody else's.
"""

import json

import pytest

from bot.pages import own_facts, papers, taking
from bot.pages.papers import PaperMissing
from bot.pages.rendering import page
from bot.pages.taking import packed
from bot.unit import Units
from catalog.customers.passes import Passed
from catalog.duties.actors import Actor
from catalog.duties.identity.methods import Method
from catalog.duties.papers.facts import Paper
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import KEYS, Deals
from tests.catalog.duties.law import house


@pytest.fixture
def deals(database: Database) -> Deals:
    """A shop that has bought nothing yet, and whose name is set."""
    database.write(
        lambda db: house(
            db, dealer__name="あかし商会", dealer__address="銀座", dealer__licence_no="3010",
            dealer__authority="東京都公安委員会", dealer__phone="03-1234-5678",
        )
    )  # fmt: skip
    return Deals(database)


def who(seller: Actor) -> CustomerId:
    return CustomerId(seller.name.removeprefix("customer:"))


def test_a_sale_shows_its_stage_its_offer_and_its_papers(deals: Deals) -> None:
    seller, other = deals.seller(), deals.seller(account=False)
    case_id = deals.here(seller)
    deals.offered(case_id)
    own = deals.database.read(
        lambda db: own_facts.of_customer(db, who(seller), lang="ja", now=deals.now)
    )
    assert [case.case_id for case in own.cases] == [case_id]
    facts = {"own": own, "token": "T", "until": deals.now, "done": False}
    told = bytes(page("own", "ja", facts).body).decode()
    assert "査定額をご提示中" in told
    assert "¥400,000" in told
    assert [link.kind for link in own.papers] == [Paper.DEPOSIT_RECEIPT.value]
    assert f"/my/T/papers/deposit-receipt/{case_id}" in told
    theirs = deals.database.read(
        lambda db: own_facts.of_customer(db, who(other), lang="ja", now=deals.now)
    )
    assert (list(theirs.cases), list(theirs.papers)) == ([], [])


def test_a_paper_opens_for_its_own_customer_only(deals: Deals) -> None:
    seller, other = deals.seller(), deals.seller(account=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))

    def opened(customer: CustomerId, kind: Paper) -> str:
        return deals.database.write(
            lambda db: papers.printed(db, KEYS, customer, kind.value, case_id, now=deals.now)
        )

    assert "400,000円" in opened(who(seller), Paper.PURCHASE_STATEMENT)
    assert "預り証" in opened(who(seller), Paper.DEPOSIT_RECEIPT)
    for customer, kind in (
        (who(other), Paper.PURCHASE_STATEMENT),
        (who(seller), Paper.LEDGER),
        (who(seller), Paper.PAYMENT_NOTICE),
    ):
        with pytest.raises(PaperMissing):
            opened(customer, kind)


def test_the_pack_holds_sales_and_names_sealed_checks_by_their_dates(deals: Deals) -> None:
    import asyncio
    import zipfile

    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    passed = Passed(who(seller), "line", "U1", "ja", deals.now)
    taken = deals.database.read(lambda db: taking.of(db, passed, now=deals.now))
    units = Units(deals.database)
    path = asyncio.run(packed(taken, units, None, None))
    units.close()
    with zipfile.ZipFile(path) as pack:
        told = json.loads(pack.read("data.json"))
    path.unlink()
    [sale] = told["sales"]
    assert (sale["case_id"], sale["pieces"][0]["price"]) == (case_id, 400_000)
    [check] = told["identity_checks"]
    assert set(check) == {"method", "verified_at", "valid_through", "destroyed_at"}
    for hidden in ("sealed", "cost", "comparables", "hash"):
        assert hidden not in json.dumps(told)
