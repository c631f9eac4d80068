"""The share pages of a newcomer who turned out to be a known customer: they made them, and still
see and close them.
"""

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.customers.newcomers import Becoming
from catalog.items.rules import CUSTOMER
from media.sharing.tables import Share


def move(db: Session, becoming: Becoming) -> None:
    """What the newcomer passed on is the customer's to close."""
    db.connection().execute(
        update(Share)
        .where(col(Share.holder) == f"{CUSTOMER}{becoming.newcomer}")
        .values(holder=f"{CUSTOMER}{becoming.customer}")
    )
    db.expire_all()
