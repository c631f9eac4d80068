"""The customer register: particulars in one form, consents with their source, lists taken once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from catalog.customers import actions as customers
from catalog.customers.actions import CustomerNoTaken, Particulars
from catalog.customers.consents import (
    Category,
    CustomerMissing,
    ServiceStays,
    allows,
    consent,
    consents_of,
)
from catalog.customers.lines import OPTIONAL, REQUIRED, CustomerLine, parse
from catalog.customers.opening import take_lines
from catalog.customers.queries import by_number, by_numbers
from catalog.customers.reading import ContactMalformed, birthday_of, email_of, phone_of
from catalog.customers.tables import Customer
from catalog.ground import journal
from catalog.ground.lines import LineMalformed, Taken
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from tests.catalog.items.pieces import NOW

MISAKI = "U" + "0" * 31 + "1"
GOOD = {
    "customer_no": "C-1001",
    "family_name": "佐藤",
    "given_name": "美咲",
    "family_kana": "サトウ",
    "email": "Misaki@Example.JP",
    "phone": "090-1234-5678",
    "birthday": "1990/4/29",
    "line_user_id": MISAKI,
    "marketing_opt_in": "yes",
    "adviser": "田中",
}


def _take(database: Database, *cells: dict[str, str]) -> Taken:
    lines = [parse(each) for each in cells]
    return database.write(lambda db: take_lines(db, lines, by="test", now=NOW))


@pytest.mark.parametrize(
    "told", ["090-1234-5678", "０９０１２３４５６７８", "+81 90 1234 5678", "(090)12345678"]
)
def test_a_phone_number_has_one_form(told: str) -> None:
    assert phone_of(told) == "+819012345678"


@pytest.mark.parametrize("told", ["", "119", "abc", "0" * 40])
def test_no_phone_number_is_refused(told: str) -> None:
    with pytest.raises(ContactMalformed):
        phone_of(told)


@given(st.text(max_size=40))
def test_any_text_is_a_contact_or_refused(told: str) -> None:
    for read in (phone_of, email_of):
        try:
            assert read(told)
        except ContactMalformed as wrong:
            assert told not in str(wrong) or len(told) < 20
    try:
        birthday_of(told, today=date(2026, 11, 22))
    except ContactMalformed as wrong:
        assert wrong.what == "birthday"


def test_a_birthday_lies_in_the_past() -> None:
    assert birthday_of("2026-11-22", today=date(2026, 11, 22)) == date(2026, 11, 22)
    with pytest.raises(ContactMalformed):
        birthday_of("2026-11-23", today=date(2026, 11, 22))


def test_a_list_is_taken_once_with_address_and_consent(database: Database) -> None:
    """COM-1: the list is the source of the consent."""
    took = _take(database, GOOD, {"customer_no": "C-1002", "family_name": "Lee", "language": "ko"})
    assert (took.taken, took.refused) == (2, [])
    misaki = database.read(lambda db: by_number(db, "C-1001"))
    assert misaki is not None
    row = database.read(lambda db: db.get_one(Customer, misaki))
    assert (row.phone, row.email, row.birthday) == (
        "+819012345678",
        "misaki@example.jp",
        date(1990, 4, 29),
    )
    owner = text("SELECT customer_id FROM contact WHERE channel = 'line' AND address = :a")
    assert (
        database.read(lambda db: db.connection().execute(owner, {"a": MISAKI}).scalar()) == misaki
    )
    [given_] = database.read(lambda db: consents_of(db, misaki))
    assert (given_.category, given_.source, given_.text_version) == (
        "marketing",
        "import",
        "import",
    )
    assert database.read(lambda db: allows(db, misaki, Category.MARKETING))
    assert database.read(lambda db: journal.verify(db, f"customer:{misaki}"))
    again = _take(database, GOOD, {**GOOD, "customer_no": "C-1002"})
    assert (again.taken, again.already_there, again.different) == (
        0,
        ["C-1001", "C-1002"],
        ["C-1002"],
    )


def test_an_address_of_another_customer_is_refused_with_its_line(database: Database) -> None:
    _take(database, GOOD)
    took = _take(
        database,
        {"customer_no": "C-2", "family_name": "鈴木"},
        {**GOOD, "customer_no": "C-3"},
        {**GOOD, "customer_no": "C-4", "line_user_id": "", "birthday": "2099-01-01"},
    )
    assert took.taken == 1
    assert [number for number, _ in took.refused] == [1, 2]


def test_a_visitor_becomes_the_customer_of_the_list(database: Database) -> None:
    database.write(lambda db: customers.follow(db, "line", MISAKI, now=NOW))
    assert _take(database, GOOD).taken == 1
    owner = text("SELECT count(*) FROM contact WHERE customer_id IS NOT NULL")
    assert database.read(lambda db: db.connection().execute(owner).scalar()) == 1


def test_a_long_list_of_customers_is_taken_in_parts(database: Database) -> None:
    lines = [
        parse({**GOOD, "customer_no": f"C-{n}", "line_user_id": f"U{n:032x}"}) for n in range(5_000)
    ]
    for first in range(0, 5_000, 1_000):
        part = lines[first : first + 1_000]
        database.write(lambda db, part=part: take_lines(db, part, by="test", now=NOW))  # type: ignore[misc]  # bound at once
    assert len(database.read(lambda db: by_numbers(db, ["C-0", "C-4999", "C-5000"]))) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_no", ""), ("family_name", " "), ("email", "a@b"), ("phone", "x"),
        ("birthday", "1990-02-30"), ("line_user_id", "U123"), ("language", "fr"),
        ("marketing_opt_in", "maybe"), ("adviser", "x" * 501),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_and_never_quoted_where_it_is_personal(column: str, value: str) -> None:
    with pytest.raises(LineMalformed) as bad:
        parse({**GOOD, column: value})
    assert bad.value.column == column


@given(st.dictionaries(st.sampled_from([*REQUIRED, *OPTIONAL]), st.text(max_size=40)))
def test_any_cells_are_a_line_or_a_clear_refusal(cells: dict[str, str]) -> None:
    try:
        assert isinstance(parse(cells), CustomerLine)
    except LineMalformed as bad:
        assert bad.column in {*REQUIRED, *OPTIONAL}


def _register(database: Database, number: str = "C-1") -> CustomerId:
    return database.write(
        lambda db: customers.register(
            db,
            number,
            "佐藤",
            given_name=None,
            language="ja",
            more=Particulars(phone="03-1234-5678"),
            by="staff:1",
            now=NOW,
        )
    )


def test_each_category_is_stopped_alone_except_service(database: Database) -> None:
    """COM-1."""
    customer = _register(database)

    def allowed() -> list[bool]:
        return [database.read(lambda db, c=c: allows(db, customer, c)) for c in Category]  # type: ignore[misc]  # bound at once

    def answer(category: Category, given: bool) -> None:
        database.write(
            lambda db: consent(
                db,
                customer,
                category,
                given,
                text_version="2026-11",
                source="line:message",
                by=f"customer:{customer}",
                now=NOW,
            )
        )

    assert allowed() == [True, True, False]
    answer(Category.MARKETING, True)
    answer(Category.CREDIT_REMINDER, False)
    assert allowed() == [True, False, True]
    answer(Category.MARKETING, False)
    assert allowed() == [True, False, False]
    assert len(database.read(lambda db: consents_of(db, customer))) == 3
    with pytest.raises(ServiceStays):
        answer(Category.SERVICE, False)
    with pytest.raises(CustomerMissing):
        database.write(
            lambda db: consent(
                db,
                CustomerId("no"),
                Category.MARKETING,
                True,
                text_version="1",
                source="s",
                by="s",
                now=NOW,
            )
        )


def test_particulars_are_amended_and_the_journal_tells_only_which(database: Database) -> None:
    customer = _register(database)
    with pytest.raises(CustomerNoTaken):
        _register(database)
    told = Particulars(email="A@Example.jp", birthday=date(1990, 4, 29), adviser="staff:7")
    database.write(
        lambda db: customers.amend(db, customer, told, language="en", by="staff:1", now=NOW)
    )
    row = database.read(lambda db: db.get_one(Customer, customer))
    assert (row.email, row.language, row.phone) == ("a@example.jp", "en", "+81312345678")
    last = database.read(lambda db: journal.of(db, f"customer:{customer}"))[-1]
    assert last.facts == {"columns": ["adviser", "birthday", "email", "language"]}
    with pytest.raises(CustomerMissing):
        database.write(
            lambda db: customers.amend(db, CustomerId("no"), told, by="staff:1", now=NOW)
        )
