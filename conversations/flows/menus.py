"""The menu under the chat follows who somebody is and what they speak (R-174).

Whatever changes that leaves one row of work; which menu it is comes from the registers when it is
worked (`bot/workers/menus`). Not here: the menus themselves (`bot/line/rich_menu`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground import worklist
from conversations.messages import Event

MENU = "menu"


def follow(db: Session, event: Event, *, now: datetime) -> None:
    """Role or language of who sent this event may be another now: one row for one event."""
    if event.is_group or event.sender is None:
        return
    follow_address(db, event.channel, event.sender, once=str(event.inbox_id), now=now)


def follow_address(db: Session, channel: str, address: str, *, once: str, now: datetime) -> None:
    """The same for an address, whatever it was that changed: one row for each `once`."""
    conversation = f"{channel}:{address}"
    worklist.add(
        db, MENU, conversation, f"{conversation}:{once}", due_at=now, now=now,
        facts={"channel": channel, "address": address},
    )  # fmt: skip
