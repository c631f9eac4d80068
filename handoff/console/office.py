"""What the console works with (事務所): given by whoever composes the product."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlmodel import Session

from catalog.duties.sealing import DataKeys
from catalog.ground.calendar import round_up_to
from catalog.ground.session.database import Database, Unit
from conversations.flows.flow import ConversationTerms
from conversations.ports import Channel
from handoff.desk.entries import Readers
from handoff.staff.oidc import Provider
from handoff.staff.push.port import PushService
from media.intake.stations import Station
from media.intake.uploads.receiving import Receiving
from media.log.checkpoints import Notary
from media.log.stamping import TimestampAuthority
from media.originals.replicas import FIRST, Replicas
from media.originals.store import OriginalStore

T = TypeVar("T")


class Units(Protocol):
    """Units of work for async edges."""

    @property
    def database(self) -> Database:
        """For its bell."""
        ...

    async def write(self, unit: Unit[T], *, durable: bool = True) -> T:
        """One transaction."""
        ...

    async def read(self, unit: Unit[T]) -> T:
        """A look."""
        ...


class Finding(Protocol):
    """One thing of the set-up that was looked at: how it stands (ok, warn, bad, off), and what was
    seen and is to be pressed.
    """

    @property
    def name(self) -> str:
        """What it is."""
        ...

    @property
    def state(self) -> str:
        """How it stands."""
        ...

    @property
    def what_to_do(self) -> str:
        """What was seen, and what to press."""
        ...


Examine = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Office:
    """What every page needs. `is_secure` False only in the demo, which speaks plain HTTP.

    `subjects`: every class of terms there is; `examine`: looks at the channels' set-up, over the
    network; `menus`: puts the rich menus on LINE (how many were made), None without LINE.
    `replicas`: the places originals are kept in. `store` and `keys` open what customers sent and
    the accounts they are paid to. `push`: tells browsers things while nobody looks, None where the
    shop does not. `link_secret` keys the codes that link a chat. `uploads`: takes files of staff
    in. `notary` and `authority` make the checkpoint an evidence zip is proven by. `stations`: the
    cameras' places.
    """

    units: Units
    clock: Callable[[], datetime]
    channels: Mapping[str, Channel]
    readers: Readers
    terms: ConversationTerms
    public_url: str
    store: OriginalStore
    notary: Notary
    replicas: Replicas | None = None
    accel_prefix: str | None = None
    is_secure: bool = True
    keys: DataKeys | None = None
    provider: Provider | None = None
    subjects: Sequence[type[Any]] = ()
    examine: Examine | None = None
    menus: Callable[[], Awaitable[int]] | None = None
    push: PushService | None = None
    link_secret: bytes | None = field(default=None, repr=False)
    uploads: Receiving | None = None
    authority: TimestampAuthority | None = None
    stations: Sequence[Station] = ()

    def promise(self, db: Session, *, now: datetime) -> datetime:
        """The time somebody is told who waits for a person from now on."""
        hours, lead = self.terms.hours(db), self.terms.answer_lead
        return round_up_to(hours.after_work(now, lead), 5)

    @property
    def places(self) -> tuple[str, ...]:
        """The places originals are kept in, by name."""
        if self.replicas is None:
            return (FIRST,)
        return tuple(each.name for each in self.replicas.all)

    @property
    def cookie(self) -> str:
        """The session's cookie; with the prefix no other host of the domain can plant one."""
        return "__Host-akashi_staff" if self.is_secure else "akashi_staff"
