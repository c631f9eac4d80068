"""Bringing a call to people (呼び出し, R-156): when each of those who were called is there to hear
it, and what their browsers are told. Slack is told in `slack.actions`.

A call reaches nobody at night who begins at half past ten: it waits until they are there, and is
void when nobody has to come any more. What it says is a kind and the ticket's id.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.calendar import ShopHours
from catalog.ground.record import ConversationId, StaffId, TicketId, to_millis
from handoff.desk import notes, queries, tasks
from handoff.desk.notes import MENTIONED
from handoff.desk.queries import ALERT, Alarm, Alert
from handoff.desk.tasks import Told
from handoff.shifts import queries as shifts_of
from handoff.shifts import rules
from handoff.staff.push import actions as push
from handoff.staff.push.actions import News

AGAIN = "desk.call"  # work: those called who were not there when it began
KINDS = (ALERT, AGAIN, MENTIONED)
_ALARMS = frozenset(each.value for each in Alarm)
_TASKS = frozenset(each.value for each in Told)


def due(db: Session, work: worklist.DueWork, *, hours: ShopHours, now: datetime) -> Alert | None:
    """The call as far as it is to be brought to people now; None: to nobody. Those who are not
    there yet are called when they are. `hours`: of the shop, where it keeps no shifts.
    """
    alert = queries.alert_as_it_stands(db, work)
    if alert.is_over:
        return None
    if work.kind == AGAIN:
        return alert
    now_there: list[StaffId] = []
    for at, staff in _when(db, alert, hours=hours, now=now).items():
        if at <= now:
            now_there = staff
        else:
            key = f"{work.key}:{to_millis(at)}"
            facts = {**work.facts, "staff": staff}
            worklist.add(db, AGAIN, work.subject, key, due_at=at, now=now, facts=facts)
    if alert.staff and not now_there:
        return None
    return replace(alert, staff=tuple(now_there))


def _when(
    db: Session, alert: Alert, *, hours: ShopHours, now: datetime
) -> Mapping[datetime, list[StaffId]]:
    known = {each.id: each for each in shifts_of.people(db, now=now, of=alert.staff)}
    found: dict[datetime, list[StaffId]] = {now: []}
    for staff in alert.staff:
        found.setdefault(there_from(known.get(staff), hours=hours, now=now), []).append(staff)
    return found


def there_from(person: rules.Person | None, *, hours: ShopHours, now: datetime) -> datetime:
    """From when somebody hears a call: whoever is never there hears it at once."""
    return (next_there(person, hours=hours, now=now) if person is not None else None) or now


def next_there(person: rules.Person, *, hours: ShopHours, now: datetime) -> datetime | None:
    """Now, or when they are there next; where no shifts are kept, when the shop is open. None:
    never.
    """
    kept = person if person.is_told else replace(person, hours=hours)
    return rules.first_on_duty(kept, now)


def tell(db: Session, work: worklist.DueWork, alert: Alert, *, now: datetime) -> int:
    """The browsers of those called are told; how many there are."""
    return push.tell(
        db, alert.staff, _news(alert.alarm.value, alert.ticket), key=f"{work.kind}:{work.id}",
        now=now,
    )  # fmt: skip


def tell_mentioned(db: Session, work: worklist.DueWork, *, hours: ShopHours, now: datetime) -> int:
    """The browsers of those called in a note are told, each person once; how many there are."""
    note = str(work.facts["note"])
    called = notes.to_tell(db, note, now=now)
    if called is None:
        return 0
    ticket = queries.latest_of(db, ConversationId(called.conversation))
    path = f"/console/inbox?ticket={ticket}" if ticket else "/console/inbox?list=mentions"
    news = News("mentioned", note, path, {})
    known = {each.id: each for each in shifts_of.people(db, now=now, of=called.staff)}
    count = 0
    for staff in called.staff:
        due_at = there_from(known.get(staff), hours=hours, now=now)
        count += push.tell(db, [staff], news, key=f"note:{note}", now=now, due_at=due_at)
    return count


def _news(what: str, ticket: TicketId) -> News:
    return News(what, ticket, f"/console/inbox?ticket={ticket}", {})


def still_stands(db: Session, news: News, staff: StaffId) -> bool:
    """Whether somebody still has to be told: a call is over once somebody has come, a note that was
    taken back calls nobody, and a task is open.
    """
    if news.what in _ALARMS:
        return queries.is_called_for(db, TicketId(news.about), Alarm(news.what), staff)
    if news.what == "mentioned":
        return notes.calls(db, news.about, staff)
    if news.what in _TASKS:
        return tasks.is_open(db, int(news.about))
    return True
