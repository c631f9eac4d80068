"""The duties of the clock, each once: its name, its hour, and the verb that does it.

A verb is named, not imported: most of them run once a day, and a process that hears and answers
should not wait for all of them when it starts.
"""

from datetime import datetime

from sqlmodel import Session

from bot.schedule import Slot
from catalog.customers import tastes
from conversations.inbox import queries as inbox
from conversations.outbox import actions as outbox
from conversations.threads import feed


def _scrub(db: Session, at: datetime) -> None:
    """What was said is forgotten after 30 days; that it was said stays."""
    inbox.scrub_old(db, now=at)
    outbox.scrub_old(db, before=at - inbox.KEPT_FOR, now=at)
    tastes.forget_unanswered(db, now=at)
    feed.forget_old(db, now=at)


SLOTS = (
    Slot("message-words", "bot.readers:find_words", every_minutes=1),
    Slot("message-words-emptied", "bot.readers:drop_words", every_minutes=60),
    Slot("scrub", _scrub, every_minutes=60),
    # What a day ends is over at midnight.
    Slot("credit-expiry", "catalog.credit.expiry:expire"),
    Slot("price-drops", "catalog.consignment.prices:run_drops"),
    Slot("consignment-terms", "catalog.consignment.ending:run_terms"),
    Slot("return-windows", "catalog.orders.dispatch:run_windows"),
    Slot("quote-expiry", "catalog.buyback.timers:expire"),
    Slot("cooling-off", "catalog.duties.visits.cooling_off:run"),
    # What people are reminded of, they hear in the morning.
    Slot("credit-reminders", "catalog.credit.reminders:remind", hour=10),
    Slot("consignment-reminders", "catalog.consignment.reminders:run_reminders", hour=10),
    Slot("quote-reminders", "catalog.buyback.timers:remind", hour=10),
    Slot("follow-ups", "catalog.orders.follow_ups:run", hour=10),
    # Told when the shop opens.
    Slot("capture-digest", "handoff.desk.digest:run", hour=5),
    # Originals are read and hashed through the night; the log goes into the store at once.
    Slot("fixity", "media.retention.passes:begin", hour=1),
    Slot("shown", "media.sharing.standing:begin", hour=2),
    Slot("leaf-pages", "media.retention.pages:due", every_minutes=1),
    # What is only looked at.
    Slot("erasures", "conversations.flows.forgetting:run", hour=4, minute=30),
    Slot("identity-retention", "catalog.duties.retention:run", hour=3, minute=30),
    Slot("sign-in-sweep", "handoff.staff.sweeping:run", hour=3, minute=45),
    Slot("prepaid-watch", "catalog.credit.reports:watch", hour=6),
    Slot("buyback-closing", "catalog.buyback.timers:close_done", hour=4),
    Slot("case-alarms", "catalog.buyback.timers:raise_alarms", every_minutes=5),
    Slot("buyback-settling", "catalog.buyback.settling:settle_waiting", every_minutes=5),
    Slot("consignment-payouts", "catalog.consignment.settling:note_paid", every_minutes=5),
    Slot("payouts-late", "catalog.buyback.payouts.actions:tell_late", every_minutes=30),
    Slot("credit-holds", "catalog.credit.redemption:lapse_holds", every_minutes=5),
    Slot("appointment-holds", "handoff.appointments.actions:lapse", every_minutes=5),
    Slot("upload-expiry", "media.intake.uploads.actions:sweep", every_minutes=10),
    Slot("order-lapses", "catalog.orders.lapsing:run_lapses", every_minutes=5),
)
