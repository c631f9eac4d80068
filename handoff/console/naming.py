"""What people, firms and pieces are called on a page (呼び名): `staff:ID`, `customer:ID`,
`partner:ID` and conversations told by name, never by id.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from catalog.customers.tables import Contact, Customer
from catalog.ground.record import ConversationId, PartnerId
from catalog.items.rules import CUSTOMER, PARTNER
from catalog.partners import queries as partners
from catalog.partners.tables import Partner, Seat
from handoff.staff.tables import Staff

_STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Name:
    """`sort`: staff, customer, partner, system or visitor. `number`: the customer's or firm's."""

    sort: str
    name: str | None = None
    number: str | None = None


def names_of(db: Session, whos: Collection[str | None]) -> Mapping[str, Name]:
    """The names of these actors, holders and owners; what is none of them is the system."""
    wanted = {who for who in whos if who}
    found: dict[str, Name] = {}
    for sort, prefix, query in (
        ("staff", _STAFF, select(Staff.id, Staff.name, Staff.id)),
        ("partner", PARTNER, select(Partner.id, Partner.name, Partner.partner_code)),
    ):
        table: Any = Staff if sort == "staff" else Partner
        ids = [who.removeprefix(prefix) for who in wanted if who.startswith(prefix)]
        for key, name, number in db.exec(query.where(col(table.id).in_(ids))):
            found[f"{prefix}{key}"] = Name(sort, name, number if sort == "partner" else None)
    ids = [who.removeprefix(CUSTOMER) for who in wanted if who.startswith(CUSTOMER)]
    for row in db.exec(select(Customer).where(col(Customer.id).in_(ids))):
        found[f"{CUSTOMER}{row.id}"] = Name("customer", _called(row), row.customer_no)
    return {who: found.get(who, Name("system", who)) for who in wanted}


def _called(customer: Customer) -> str:
    return " ".join(each for each in (customer.family_name, customer.given_name) if each)


def speakers_of(
    db: Session, conversations: Collection[ConversationId]
) -> Mapping[ConversationId, Name]:
    """With whom these conversations are: a firm's seat, a customer, or a visitor."""
    found: dict[ConversationId, Name] = {}
    for conversation in set(conversations):
        channel, _, address = conversation.partition(":")
        partner = db.get(Seat, (channel, address))
        if partner is not None:
            firm = partners.name_of(db, PartnerId(partner.partner_id))
            found[conversation] = Name("partner", firm)
            continue
        contact = db.get(Contact, (channel, address))
        customer = (
            db.get(Customer, contact.customer_id) if contact and contact.customer_id else None
        )
        known = Name("customer", _called(customer), customer.customer_no) if customer else None
        found[conversation] = known or Name("visitor")
    return found
