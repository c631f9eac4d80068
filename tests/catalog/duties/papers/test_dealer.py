"""No paper leaves the shop without the dealer's name, address and licence."""

import pytest
from sqlmodel import Session

from catalog.duties.papers.dealer import DealerUnnamed, dealer
from catalog.ground.policy import PolicyMalformed
from catalog.ground.session.database import Database
from tests.catalog.duties.law import house


def test_a_shop_that_told_nothing_of_itself_prints_nothing(database: Database) -> None:
    def unit(db: Session) -> None:
        with pytest.raises(DealerUnnamed) as unnamed:
            dealer(db)
        assert unnamed.value.keys == [
            "dealer.name", "dealer.address", "dealer.authority", "dealer.licence_no"
        ]  # fmt: skip
        house(
            db, dealer__name="あかし商会", dealer__address="銀座", dealer__licence_no="3010",
            dealer__authority="東京都公安委員会", dealer__phone="03-1234-5678",
            dealer__seller_number="t7000012050002",
        )  # fmt: skip
        us = dealer(db)
        assert (us.name, us.complaints, us.seller_number) == (
            "あかし商会", "03-1234-5678", "T7000012050002"
        )  # fmt: skip

    database.write(unit)


@pytest.mark.parametrize(
    ("key", "value"),
    [("dealer__seller_number", "T1"), ("dealer__name", "a\nb"), ("dealer__name", 5),
     ("kob__image_checks_through", "soon"), ("kob__seller_age", 17), ("kob__retain_months", 35),
     ("aml__cash_limit", 2_000_001)],
)  # fmt: skip
def test_terms_laxer_than_the_law_or_malformed_are_refused(
    database: Database, key: str, value: object
) -> None:
    with pytest.raises(PolicyMalformed):
        database.write(lambda db: house(db, **{key: value}))
