"""Terms: read whole or refused, followed by another version, never changed behind a contract."""

from datetime import UTC, datetime

import pytest

from bot.rulebook.book import TERMS
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit.terms import CreditTerms, warnings
from catalog.ground import policy
from catalog.ground.policy import DEFAULTS, Policy, PolicyMalformed
from catalog.ground.session.database import Database

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_the_defaults_of_every_term_can_be_read_back_from_their_own_text() -> None:
    for kind in TERMS:
        defaults = {
            each.metadata["key"]: each.metadata["default"] for each in policy.terms_of(kind)
        }
        assert policy.read(kind, defaults) == kind()


def test_a_shop_without_a_version_keeps_the_defaults(database: Database) -> None:
    held = database.read(policy.current)
    assert held == DEFAULTS
    assert held.of(CreditTerms) == CreditTerms()


def test_a_contract_keeps_its_version_when_another_follows(database: Database) -> None:
    first = database.write(lambda db: policy.begin(db, known=TERMS, now=NOW))
    again = database.write(lambda db: policy.begin(db, known=TERMS, now=NOW))
    assert first.version == again.version == 1
    database.write(
        lambda db: policy.amend(db, {"crd.bonus_bps": 500}, known=TERMS, by="staff:1", now=NOW)
    )
    database.write(
        lambda db: policy.amend(db, {"con.term_days": 90}, known=TERMS, by="staff:1", now=NOW)
    )
    now = database.read(policy.current)
    assert (now.version, now.of(CreditTerms).bonus_bps) == (3, 500)
    assert now.of(ConsignmentTerms).term_days == 90
    before = database.read(lambda db: policy.at(db, 1))
    assert before.of(CreditTerms).bonus_bps == 1_000
    assert before.of(ConsignmentTerms).term_days == 180


def test_a_version_holds_every_value_so_that_new_defaults_do_not_reach_back(
    database: Database,
) -> None:
    held = database.write(lambda db: policy.begin(db, known=TERMS, now=NOW))
    assert set(held.values) == set(policy.known_keys(TERMS))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"no.such": 1}, "no.such"),
        ({"con.tiers": [[0, 9000], [10, 8000]]}, "con.tiers"),
        ({"crd.bonus_bps": "1000"}, "crd.bonus_bps"),
        (
            {"quo.approval_limits": {"appraiser": 2, "senior": 1, "manager": 3}},
            "quo.approval_limits",
        ),
    ],
)
def test_a_refused_amendment_changes_nothing(
    database: Database, changes: dict[str, object], key: str
) -> None:
    with pytest.raises(PolicyMalformed) as refused:
        database.write(lambda db: policy.amend(db, changes, known=TERMS, by="staff:1", now=NOW))
    assert refused.value.key == key
    assert database.read(policy.current) == DEFAULTS


def test_what_is_allowed_but_unwise_is_a_warning() -> None:
    """CRD-6 above 2,000 basis points; PRE-2 for return credit that lives too long."""
    assert warnings(CreditTerms()) == []
    risky = Policy(0, {"crd.bonus_bps": 2_001, "crd.life_days.return": 200}).of(CreditTerms)
    assert len(warnings(risky)) == 2
