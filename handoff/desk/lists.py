"""Desk lists (業務一覧, R-165): what waits for somebody of the shop, with counts for the first
page: zero by evening.

One register of lists for the command line and the console: each has a count, and rows of one shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract
from catalog.credit.tables import CreditAccount, CreditLot
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.calendar import ShopHours, at_tokyo, tokyo_day
from catalog.ground.worklist import TASK, Work, WorkState
from catalog.items.tables import Unit
from catalog.items.wishes.actions import DRAFT
from conversations.flows.newcomers import APART
from conversations.outbox.queries import UNSETTLED
from conversations.outbox.tables import OutboxLetter
from handoff.desk.inbox import filters
from handoff.desk.tables import Ticket
from handoff.desk.tasks import CONFIDENTIAL, sees_confidential
from media.assets.queries import in_tray
from media.assets.tables import Asset
from media.intake.tables import CaptureTask, TaskState

ENDING, EXPIRING = timedelta(days=14), timedelta(days=30)


class DeskList(StrEnum):
    """A list."""

    CAPTURE = "capture"  # 撮影待ち
    APPRAISE = "appraise"  # 査定待ち
    APPROVE = "approve"  # 承認待ち
    PAY = "pay"  # 支払待ち
    ENDING = "ending"  # 委託終了間近
    EXPIRING = "expiring"  # クレジット期限間近
    SILENT = "silent"  # お返事が遅れている
    UNDELIVERED = "undelivered"  # 届いていない
    UNMATCHED = "unmatched"  # 未照合ファイル
    NEWCOMERS = "newcomers"  # 同じ方かの確認
    FINDS = "finds"  # 探し物のご案内
    TASKS = "tasks"  # その他の作業


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `key`: what it is opened by (a task, a piece of a case, a payout, a contract, an
    account, a conversation, a letter, a file); `about`: a second one beside it, where there is.
    """

    key: str
    title: str
    about: str | None
    due_at: datetime | None
    amount: int | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class _Register:
    """A list as statements: which rows, and the columns of an `Item` in their order."""

    table: Any
    where: Sequence[Any]
    columns: Sequence[Any]
    order: Sequence[Any]
    joins: Sequence[tuple[Any, Any]] = ()


def counts(
    db: Session, *, hours: ShopHours, now: datetime, actor: Actor | None = None
) -> Mapping[DeskList, int]:
    """How many rows each list has for whoever looks; `actor` None: what everybody may see."""
    found = {}
    for which in DeskList:
        register = _REGISTERS[which](db, hours, now)
        wanted = select_columns(func.count()).select_from(register.table)
        for table, on in register.joins:
            wanted = wanted.join(table, on)
        wanted = wanted.where(*register.where, *_seen(which, actor))
        found[which] = int(db.connection().execute(wanted).scalar_one())
    return found


def rows(
    db: Session,
    which: DeskList,
    *,
    hours: ShopHours,
    now: datetime,
    actor: Actor | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Item]:
    """One list, the most urgent first, as far as `actor` may see it."""
    register = _REGISTERS[which](db, hours, now)
    wanted = select_columns(*register.columns).select_from(register.table)
    for table, on in register.joins:
        wanted = wanted.join(table, on)
    wanted = wanted.where(*register.where, *_seen(which, actor)).order_by(*register.order)
    wanted = wanted.limit(limit).offset(offset)
    return [_item(*row, now=now) for row in db.connection().execute(wanted)]


def _item(key: Any, title: Any, about: Any, due: Any, amount: Any, *, now: datetime) -> Item:
    due_at = due
    if isinstance(due, date) and not isinstance(due, datetime):
        due_at = at_tokyo(due + timedelta(days=1))  # a day is over at its end
    is_late = due_at is not None and due_at <= now
    return Item(str(key), str(title or ""), about, due_at, amount, is_late)


_NONE = func.nullif(1, 1)


def _capture(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        CaptureTask,
        [col(CaptureTask.state) == TaskState.OPEN.value],
        [col(CaptureTask.id), col(Unit.title), col(Unit.code), col(CaptureTask.due_at), _NONE],
        [col(CaptureTask.due_at), col(CaptureTask.id)],
        [(Unit, col(Unit.id) == col(CaptureTask.unit_id))],
    )


def _pieces_in(*stages: Stage) -> Callable[[Session, ShopHours, datetime], _Register]:
    def register(_: Session, __: ShopHours, ___: datetime) -> _Register:
        return _Register(
            CasePiece,
            [col(CasePiece.stage).in_([stage.value for stage in stages])],
            [
                col(CasePiece.id), col(CasePiece.title), col(BuybackCase.case_no),
                col(BuybackCase.alarm_at), _NONE,
            ],
            [col(CasePiece.moved_at), col(CasePiece.id)],
            [(BuybackCase, col(BuybackCase.id) == col(CasePiece.case_id))],
        )  # fmt: skip

    return register


def _pay(_: Session, __: ShopHours, now: datetime) -> _Register:
    waits = [PayoutStatus.PLANNED.value, PayoutStatus.RELEASED.value, PayoutStatus.FAILED.value]
    return _Register(
        Payout,
        [col(Payout.status).in_(waits), col(Payout.due_on) <= tokyo_day(now)],
        [
            col(Payout.id), col(Payout.about), col(Payout.customer_id), col(Payout.due_on),
            col(Payout.amount),
        ],
        [col(Payout.due_on), col(Payout.id)],
    )  # fmt: skip


def _ending(_: Session, __: ShopHours, now: datetime) -> _Register:
    running = [ContractState.ACTIVE.value, ContractState.TERM_ENDED.value]
    return _Register(
        Contract,
        [
            col(Contract.state).in_(running),
            col(Contract.last_day) <= tokyo_day(now) + ENDING,
        ],
        [
            col(Contract.id), col(Unit.title), col(Contract.contract_no), col(Contract.last_day),
            col(Contract.guarantee_amount),
        ],
        [col(Contract.last_day), col(Contract.id)],
        [(Unit, col(Unit.id) == col(Contract.unit_id))],
    )  # fmt: skip


def _expiring(_: Session, __: ShopHours, now: datetime) -> _Register:
    day = tokyo_day(now)
    return _Register(
        CreditLot,
        [
            col(CreditLot.remaining) > 0,
            col(CreditLot.expires_on) >= day,
            col(CreditLot.expires_on) <= day + EXPIRING,
        ],
        [
            col(CreditLot.id), col(CreditLot.origin), col(CreditAccount.customer_id),
            col(CreditLot.expires_on), col(CreditLot.remaining),
        ],
        [col(CreditLot.expires_on), col(CreditLot.id)],
        [(CreditAccount, col(CreditAccount.id) == col(CreditLot.account_id))],
    )  # fmt: skip


def _silent(db: Session, hours: ShopHours, now: datetime) -> _Register:
    return _Register(
        Ticket,
        filters.late(db, hours=hours, now=now),
        [
            col(Ticket.conversation), col(Ticket.reason), col(Ticket.owner),
            col(Ticket.promised_at), _NONE,
        ],
        [col(Ticket.promised_at), col(Ticket.id)],
    )  # fmt: skip


def _undelivered(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        OutboxLetter,
        [col(OutboxLetter.state).in_([state.value for state in UNSETTLED])],
        [
            col(OutboxLetter.id), col(OutboxLetter.state), col(OutboxLetter.conversation),
            col(OutboxLetter.written_at), _NONE,
        ],
        [col(OutboxLetter.id).desc()],
    )  # fmt: skip


def _unmatched(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        Asset,
        in_tray(),
        [col(Asset.id), col(Asset.name), col(Asset.kind), col(Asset.received_at), _NONE],
        [col(Asset.received_at).desc(), col(Asset.id).desc()],
    )


_IS_NEWCOMER = col(Work.work_key).startswith(f"{APART}:", autoescape=True)
_IS_FIND = col(Work.work_key).startswith(f"{DRAFT}:", autoescape=True)
_IS_OPEN = (col(Work.kind) == TASK, col(Work.state) == WorkState.DUE.value)


def _seen(which: DeskList, actor: Actor | None) -> Sequence[Any]:
    """Of the tasks that only some may know of, none for anybody else."""
    if which is not DeskList.TASKS or (actor is not None and sees_confidential(actor)):
        return ()
    return [~col(Work.work_key).startswith(f"{name}:", autoescape=True) for name in CONFIDENTIAL]


def _newcomers(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        Work,
        [*_IS_OPEN, _IS_NEWCOMER],
        [
            col(Work.id), col(Customer.customer_no), col(Customer.family_name), col(Work.due_at),
            _NONE,
        ],
        [col(Work.due_at), col(Work.id)],
        [(Customer, col(Customer.id) == func.substr(Work.subject, len("customer:") + 1))],
    )  # fmt: skip


def _finds(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        Work,
        [*_IS_OPEN, _IS_FIND],
        [col(Work.id), col(Unit.title), col(Unit.code), col(Work.due_at), col(Unit.price)],
        [col(Work.due_at), col(Work.id)],
        [(Unit, col(Unit.id) == func.substr(Work.subject, len("unit:") + 1))],
    )


def _tasks(_: Session, __: ShopHours, ___: datetime) -> _Register:
    return _Register(
        Work,
        [*_IS_OPEN, ~_IS_NEWCOMER, ~_IS_FIND],
        [col(Work.id), col(Work.work_key), col(Work.subject), col(Work.due_at), _NONE],
        [col(Work.due_at), col(Work.id)],
    )


_REGISTERS: Mapping[DeskList, Callable[[Session, ShopHours, datetime], _Register]] = {
    DeskList.CAPTURE: _capture,
    DeskList.APPRAISE: _pieces_in(Stage.ARRIVED, Stage.APPRAISING),
    DeskList.APPROVE: _pieces_in(Stage.APPROVAL_PENDING),
    DeskList.PAY: _pay,
    DeskList.ENDING: _ending,
    DeskList.EXPIRING: _expiring,
    DeskList.SILENT: _silent,
    DeskList.UNDELIVERED: _undelivered,
    DeskList.UNMATCHED: _unmatched,
    DeskList.NEWCOMERS: _newcomers,
    DeskList.FINDS: _finds,
    DeskList.TASKS: _tasks,
}
