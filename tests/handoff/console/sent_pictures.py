"""A picture somebody sent in their chat, as the register knows it."""

from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.ground.record import CustomerId
from media.intake.tables import ReceivedFile, ReceivedState
from tests.catalog.buyback.deals import Deals


def sent_picture(deals: Deals, customer: str, file_id: str = "01PICTURE") -> str:
    """Its id; the bytes lie nowhere."""
    user = f"U{customer}"

    def unit(db: Session) -> str:
        customers.bind(db, CustomerId(customer), "line", user, by="t", now=deals.now)
        db.add(
            ReceivedFile(
                id=file_id, conversation=f"line:{user}", channel="line", message_id=file_id,
                kind="image", state=ReceivedState.STORED.value, source="LINE", sha256="c" * 64,
                size=1, key="received/x", sent_at=deals.now, wanted_at=deals.now,
                stored_at=deals.now,
            )
        )  # fmt: skip
        db.flush()
        return file_id

    return deals.database.write(unit)
