"""Account link as verbs: whatever is tried, only the right code in time gives a nonce, and only
that nonce for that address, once, binds it (R-118, decision 0024).
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.customers import actions as customers
from catalog.customers import linking, passes
from catalog.customers.actions import Particulars
from catalog.customers.linking import LinkMissing, LinkTooOften
from catalog.customers.passes import PageKind, PageMissing
from catalog.customers.tables import Contact
from catalog.ground import journal
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.databases import fresh

SECRET = b"s" * 32


def misaki(database: Database, now: datetime, number: str = "C-1") -> CustomerId:
    return database.write(
        lambda db: customers.register(
            db, number, "佐藤", given_name=None, language="ja",
            more=Particulars(email="misaki@example.com"), by="test", now=now,
        )
    )  # fmt: skip


def asked(database: Database, customer: CustomerId | None, now: datetime) -> tuple[str, str]:
    """Token and id of a page on which the order of that customer was told."""

    def unit(db: Any) -> tuple[str, str]:
        token = linking.begin(db, "line", "U1", lang="ja", now=now)
        linking.ask(db, token, f"ORD-{now.isoformat()}", customer, lang="ja", now=now)
        return token, linking.find(db, token, now=now).id

    return database.write(unit)


def issued(database: Database, link: str, now: datetime) -> str:
    return database.write(lambda db: linking.issue(db, link, SECRET, by="test", now=now)).code


def prove(database: Database, token: str, code: str, now: datetime) -> str | None:
    proven = database.write(lambda db: linking.prove(db, token, code, SECRET, now=now))
    return proven.nonce if proven is not None else None


def test_the_right_code_gives_a_nonce_that_binds_once(database: Database, now: datetime) -> None:
    customer = misaki(database, now)
    token, link = asked(database, customer, now)
    nonce = prove(database, token, issued(database, link, now), now)
    assert nonce is not None and 10 <= len(nonce) <= 255

    def settle(address: str) -> CustomerId:
        return database.write(
            lambda db: linking.settle(db, nonce, "line", address, by="customer", now=now)
        )

    with pytest.raises(LinkMissing):
        settle("U2")
    assert settle("U1") == customer
    with pytest.raises(LinkMissing):
        settle("U1")
    assert database.read(lambda db: linking.owner(db, "line", "U1")) == customer
    verbs = [
        entry.verb for entry in database.read(lambda db: journal.of(db, f"customer:{customer}"))
    ]
    assert verbs == ["registered", "link_code", "bound"]


def test_nobodys_page_can_be_proven_by_no_code(database: Database, now: datetime) -> None:
    token, link = asked(database, None, now)
    with pytest.raises(LinkMissing):
        issued(database, link, now)
    assert prove(database, token, "000000", now) is None


def test_a_new_code_voids_the_old_one_and_a_new_ask_what_was_proven(
    database: Database, now: datetime
) -> None:
    customer = misaki(database, now)
    token, link = asked(database, customer, now)
    first = issued(database, link, now)
    second = issued(database, link, now)
    if first != second:
        assert prove(database, token, first, now) is None
    nonce = prove(database, token, second, now)
    assert nonce is not None
    database.write(lambda db: linking.ask(db, token, "ORD-2", None, lang="ja", now=now))
    with pytest.raises(LinkMissing):
        database.write(lambda db: linking.settle(db, nonce, "line", "U1", by="customer", now=now))


def test_a_nonce_is_over_after_its_time(database: Database, now: datetime) -> None:
    token, link = asked(database, misaki(database, now), now)
    nonce = prove(database, token, issued(database, link, now), now)
    assert nonce is not None
    late = now + linking.NONCE_LIFE
    with pytest.raises(LinkMissing):
        database.write(lambda db: linking.settle(db, nonce, "line", "U1", by="customer", now=late))


def test_a_link_to_another_customer_ends_the_first(database: Database, now: datetime) -> None:
    first, second = misaki(database, now), misaki(database, now, "C-2")
    for number, customer in enumerate((first, second)):
        at = now + timedelta(minutes=number)
        token, link = asked(database, customer, at)
        nonce = prove(database, token, issued(database, link, at), at)
        assert nonce is not None
        database.write(
            lambda db, nonce=nonce, at=at: linking.settle(  # type: ignore[misc]  # bound at once
                db, nonce, "line", "U1", by="customer", now=at
            )
        )
    told = database.read(lambda db: journal.of(db, f"customer:{first}"))
    assert told[-1].verb == "unbound"
    assert database.read(lambda db: linking.owner(db, "line", "U1")) == second


def test_so_many_codes_an_hour_and_a_day_for_one_order_number(
    database: Database, now: datetime
) -> None:
    def ask(address: str, at: datetime) -> None:
        def unit(db: Any) -> None:
            token = linking.begin(db, "line", address, lang="ja", now=at)
            linking.ask(db, token, "ORD-1", None, lang="ja", now=at)

        database.write(unit)

    asked_at = [now + timedelta(hours=2) * (n // linking.ASKS_AN_HOUR) for n in range(6)]
    for n, at in enumerate(asked_at):
        ask(f"U{n}", at)
    with pytest.raises(LinkTooOften):
        ask("U7", now + timedelta(hours=12))
    ask("U8", now + timedelta(days=1, hours=3))


@settings(max_examples=40, deadline=None)
@given(
    tries=st.lists(st.tuples(st.booleans(), st.integers(0, 240)), max_size=12),
    reissued=st.integers(0, 12),
)
def test_never_after_five_tries_or_ten_minutes(
    tries: list[tuple[bool, int]], reissued: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is tried when: right only while tries and time are left, and only once."""
    now = datetime.fromisoformat("2026-11-22T05:00:00+00:00")
    with fresh("sqlite", tmp_path_factory.mktemp("linking")) as database:
        customer = misaki(database, now)
        token, link = asked(database, customer, now)
        code, until, left = issued(database, link, now), now + linking.CODE_LIFE, linking.TRIES
        at = now
        for number, (is_right, seconds) in enumerate(tries):
            at += timedelta(seconds=seconds)
            if number == reissued:
                code, until, left = (
                    issued(database, link, at), at + linking.CODE_LIFE, linking.TRIES,
                )  # fmt: skip
            told = code if is_right else f"{(int(code) + 1) % 1_000_000:06}"
            proven = prove(database, token, told, at)
            may = is_right and left > 0 and at < until
            assert (proven is not None) == may
            if at < until:
                left = max(0, left - 1)
            if may:
                left = 0


def test_a_pass_opens_for_its_own_kind_and_address_only(database: Database, now: datetime) -> None:
    customer = misaki(database, now)

    def unit(db: Any) -> str:
        customers.bind(db, customer, "line", "U1", by="test", now=now)
        return passes.issue(db, PageKind.OWN, customer, "line", "U1", lang="ja", now=now)

    token = database.write(unit)
    found = database.read(lambda db: passes.find(db, token, PageKind.OWN, now=now))
    assert (found.customer, found.address) == (customer, "U1")
    with pytest.raises(PageMissing):
        database.read(lambda db: passes.find(db, token, PageKind.DATA, now=now))
    with pytest.raises(PageMissing):
        database.read(lambda db: passes.find(db, "x" * 5_000, PageKind.OWN, now=now))
    late = now + passes.LIFE[PageKind.OWN]
    with pytest.raises(PageMissing):
        database.read(lambda db: passes.find(db, token, PageKind.OWN, now=late))
    database.write(lambda db: customers.unbind(db, "line", "U1", by="test", now=now))
    with pytest.raises(PageMissing):
        database.read(lambda db: passes.find(db, token, PageKind.OWN, now=now))


def test_a_pass_is_used_once(database: Database, now: datetime) -> None:
    token = database.write(
        lambda db: passes.issue(db, PageKind.DATA, None, "line", "U1", lang="ja", now=now)
    )
    assert database.write(lambda db: passes.use(db, token, PageKind.DATA, now=now)).customer is None
    with pytest.raises(PageMissing):
        database.write(lambda db: passes.use(db, token, PageKind.DATA, now=now))


def test_unbinding_keeps_the_person_reachable(database: Database, now: datetime) -> None:
    customer = misaki(database, now)
    database.write(lambda db: customers.bind(db, customer, "line", "U1", by="test", now=now))
    assert database.write(lambda db: customers.unbind(db, "line", "U1", by="test", now=now))
    assert not database.write(lambda db: customers.unbind(db, "line", "U1", by="test", now=now))
    contact = database.read(lambda db: db.get(Contact, ("line", "U1")))
    assert contact is not None and contact.customer_id is None
