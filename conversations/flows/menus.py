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
    worklist.add(
        db, MENU, event.conversation, f"{event.conversation}:{event.inbox_id}", due_at=now, now=now,
        facts={"channel": event.channel, "address": event.sender},
    )  # fmt: skip
