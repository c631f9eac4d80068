"""`akashi staff …`: people, and the lists they work from until the console shows them."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click
import orjson
from sqlmodel import Session

from bot.cli import people
from bot.cli.opening import shop
from bot.settings import need_keys
from catalog.customers import queries as customers
from catalog.customers.consents import CustomerMissing
from catalog.ground import worklist
from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, LetterId
from conversations.flows import menus, newcomers
from conversations.flows.membership import now_linked
from conversations.flows.newcomers import Linked
from conversations.inbox import queries as inbox
from conversations.inbox import work as inbox_work
from conversations.outbox import actions as outbox
from conversations.outbox import queries as letters_of
from conversations.outbox.actions import Envelope
from conversations.ports import Channel
from handoff.desk import codes
from handoff.desk import queries as desk
from handoff.desk import tasks as desk_tasks
from media.assets import queries as assets
from media.intake import tasks as capture_tasks
from media.renditions import queries as renditions

T = TypeVar("T")
_BY = "command line"
_retry = click.option("--retry", "retry_id", type=int, help="Try the one with this number again.")


class NothingToRetry(Missing):
    """No row with this number waits for another try."""

    def __init__(self, number: int) -> None:
        super().__init__(f"nothing with number {number} waits for another try")
        self.number = number


@click.group()
def staff() -> None:
    """People of the shop, and what waits for them."""


for _command in people.COMMANDS:
    staff.add_command(_command)


@staff.command("inbox")
@_retry
def inbox_(retry_id: int | None) -> None:
    """What was heard: given-up events first. --retry works one of those again."""

    def show(db: Session) -> None:
        for row in inbox.recent(db):
            click.echo(
                f"{row.id}\t{row.state}\t{_at(row.received_at)}\t{row.channel}"
                f"\ttries {row.attempts}\t{row.last_error or ''}"
            )
        for ticket in desk.waiting(db):
            click.echo(
                f"person wanted\t{ticket.reason}\tpromised {_at(ticket.promised_at)}"
                f"\t{ticket.conversation}\t{ticket.about_unit or ''}"
            )

    _list_or_retry(
        retry_id, show, lambda db, number, now: inbox_work.retry(db, number, by=_BY, now=now)
    )


@staff.command()
@_retry
def letters(retry_id: int | None) -> None:
    """Letters: first those that did not reach anybody for sure and why, then the latest that did.
    --retry pushes one again.
    """

    def show(db: Session) -> None:
        for row in [*letters_of.unsettled(db), *letters_of.latest(db)]:
            why = row.last_error or row.sent_as or ""
            click.echo(
                f"{row.id}\t{row.state}\t{_at(row.written_at)}\t{row.conversation}\t{row.purpose}"
                f"\ttries {row.attempts}\t{why}"
            )

    _list_or_retry(
        retry_id, show, lambda db, number, now: outbox.retry(db, LetterId(number), by=_BY, now=now)
    )


@staff.command("link-code")
@click.argument("link_id")
def link_code(link_id: str) -> None:
    """Make the code that links a chat, to be told to the customer over the contact on file.

    LINK_ID: told by the task `link_code`. First make sure by your own rules that it is
    the customer who asks. The code works for ten minutes and five tries.
    """
    with shop() as opened:
        need_keys(opened.settings)
        now, secret = opened.clock(), opened.settings.link_secret

        code = opened.database.write(
            lambda db: codes.tell_unasked(db, link_id, secret, by=_BY, now=now).code
        )
    click.echo(code)


@staff.command()
@click.argument("conversation")
@click.argument("customer_no")
def link(conversation: str, customer_no: str) -> None:
    """Link a chat to a customer you have made sure of by your own rules.

    CONVERSATION: as `akashi staff inbox` tells it. What a newcomer began in that chat comes along,
    and the chat is told.
    """
    channel, _, address = conversation.partition(":")
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> Linked:
            customer = customers.by_number(db, customer_no)
            if customer is None or not address:
                raise CustomerMissing(customer_no)
            linked = newcomers.link(db, customer, channel, address, by=_BY, now=now)
            if linked.is_new:
                menus.follow_address(db, channel, address, once=f"linked:{now}", now=now)
                _tell(db, opened.channels.get(channel), conversation, linked, now=now)
            return linked

        linked = opened.database.write(unit)
    came = [*linked.came.cases, *linked.came.consignments, *linked.came.orders]
    click.echo(f"{conversation} is {customer_no}; came along: {', '.join(came) or 'nothing'}")


def _tell(
    db: Session, channel: Channel | None, conversation: str, linked: Linked, *, now: datetime
) -> None:
    if channel is None:
        return
    lang = customers.language(db, linked.customer) or "ja"
    envelope = Envelope(
        dedupe=f"linked:{conversation}:{now.isoformat()}",
        channel=conversation.partition(":")[0],
        conversation=ConversationId(conversation),
        purpose="linked",
    )
    outbox.put(db, envelope, channel.render([now_linked(lang, linked.came)]), now=now)


@staff.command()
def tray() -> None:
    """Files nobody could match to a piece, and captures that cannot be shown."""
    with shop() as opened:
        for asset in opened.database.read(assets.tray):
            click.echo(
                f"unmatched\t{asset.id}\t{asset.kind}\t{_at(asset.received_at)}\t{asset.name}"
            )
        for trouble in opened.database.read(renditions.troubles):
            click.echo(
                f"{trouble.state}\t{trouble.asset_id}\t{trouble.recipe}\t{trouble.name}\t{trouble.error}"
            )


@staff.command()
@_retry
@click.option("--done", "done_id", type=int, help="The task with this number is done.")
def tasks(retry_id: int | None, done_id: int | None) -> None:
    """What is to be captured and done by when, and work that was given up. --retry works one of
    those again, --done ends a task.
    """
    if done_id is not None:
        _end_task(done_id)
        return

    def show(db: Session) -> None:
        for task in capture_tasks.open_tasks(db):
            what = " ".join(filter(None, [task.part, task.kind])) or "any"
            firms = f"\tfor {', '.join(task.partners)}" if task.partners else ""
            click.echo(
                f"capture\t{task.unit_code}\t{what}\tdue {_at(task.due_at)}"
                f"\twaiting {task.waiting}\t{task.unit_title}{firms}"
            )
        for task_row in worklist.open_tasks(db):
            told = {name: fact for name, fact in task_row.facts.items() if name != "task"}
            click.echo(
                f"{task_row.id}\tto do\t{task_row.facts['task']}\tby {_at(task_row.due_at)}"
                f"\t{task_row.subject}\t{orjson.dumps(told).decode()}"
            )
        for work in worklist.dead(db):
            click.echo(f"{work.id}\t{work.kind}\t{work.subject}\t{work.last_error or ''}")

    _list_or_retry(retry_id, show, lambda db, number, now: worklist.retry(db, number, now=now))


def _end_task(number: int) -> None:
    with shop() as opened:
        now = opened.clock()

        def unit(db: Session) -> bool:
            return desk_tasks.end_unasked(db, number, by=_BY, note=None, now=now)

        if not opened.database.write(unit):
            raise NothingToRetry(number)
    click.echo(f"{number}: done")


def _list_or_retry(
    retry_id: int | None,
    show: Callable[[Session], None],
    retry: Callable[[Session, int, datetime], bool],
) -> None:
    with shop() as opened:
        if retry_id is None:
            opened.database.read(show)
            return
        number = retry_id
        now = opened.clock()
        if not opened.database.write(lambda db: retry(db, number, now)):
            raise NothingToRetry(number)
        click.echo(f"{number}: will be tried again")


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}"
