"""What the till, the online shop and the shop's other systems call (POS・EC・受注・在庫・出荷連携).

POST /api/credit/{hold,capture,void}    store credit pays; keys with the scope `till`
POST /api/events                        an order, a payment, a parcel; scope `events` (R-101)

Bearer keys, JSON bodies, and an `Idempotency-Key` on every call: the same key with the same body is
answered as it was the first time, with another body it is refused (CMD-1). Of an event it is the
event's own number there. Errors are told by kind and name, never whom it was about.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session
from starlette.responses import Response

from bot.answers import status_of
from bot.keyholders import holder_of
from bot.unit import Units
from catalog.credit import codes, redemption
from catalog.credit.codes import CodeLimit
from catalog.credit.posting import AccountMissing
from catalog.credit.redemption import Held
from catalog.credit.rules import CreditShort
from catalog.customers import queries as customers
from catalog.ground.errors import Malformed, Missing, Refused, ShopError, Stale, Unavailable
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.orders.events import EventMalformed, take_event
from handoff.staff.keys import Scope

LARGEST_BODY = 8 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KINDS = (Missing, Refused, Stale, Malformed, Unavailable)

_READABLE = r"^[^\x00-\x1f\x7f]+$"  # no control characters: no database takes them all
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=_READABLE)]
Amount = Annotated[int, Field(gt=0, le=1_000_000_000)]


class CallMalformed(Malformed):
    """A call without what it needs: the body's fields, or the key that makes a repeat safe."""


class HoldCall(BaseModel):
    """Hold an amount for who shows a code, or for a customer the caller knows."""

    model_config = ConfigDict(extra="forbid", strict=True)

    till_code: Text | None = None
    customer_no: Text | None = None
    amount: Amount
    document: Text | None = None


class CaptureCall(BaseModel):
    """Take what was held; `document` names the sale where the hold did not."""

    model_config = ConfigDict(extra="forbid", strict=True)

    hold_id: Text
    document: Text | None = None


class VoidCall(BaseModel):
    """Give back what was held."""

    model_config = ConfigDict(extra="forbid", strict=True)

    hold_id: Text


class EventCall(BaseModel):
    """Something happened in another system. `source`: which of those the key tells of; `kind`,
    `body`: as `orders.events` reads them.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    source: Annotated[str, Field(min_length=1, max_length=100, pattern=_READABLE)]
    kind: Text
    body: dict[str, Any]


C = TypeVar("C", HoldCall, CaptureCall, VoidCall, EventCall)
Verb = Callable[[Session, Any, "Caller"], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, with which idempotency key, when."""

    key_id: str
    given: str
    now: datetime

    @property
    def key(self) -> str:
        """Two programs may use the same."""
        return f"till:{self.key_id}:{self.given}"

    @property
    def by(self) -> str:
        """As the journal calls them."""
        return f"api:{self.key_id}"


def till_router(units: Units, clock: Callable[[], datetime]) -> APIRouter:
    """The calls."""
    made = APIRouter(prefix="/api", include_in_schema=False)

    @made.post("/credit/hold")
    async def hold(request: Request) -> Response:
        """Set an amount aside for some minutes."""
        return await _answer(request, units, clock, HoldCall, _hold)

    @made.post("/credit/capture")
    async def capture(request: Request) -> Response:
        """Take what was held."""
        return await _answer(request, units, clock, CaptureCall, _capture)

    @made.post("/credit/void")
    async def void(request: Request) -> Response:
        """Give back what was held."""
        return await _answer(request, units, clock, VoidCall, _void)

    @made.post("/events")
    async def events(request: Request) -> Response:
        """Take in what happened elsewhere."""
        return await _answer(request, units, clock, EventCall, _event, scope=Scope.EVENTS)

    return made


async def _answer(
    request: Request,
    units: Units,
    clock: Callable[[], datetime],
    kind: type[C],
    verb: Verb,
    *,
    scope: Scope = Scope.TILL,
) -> Response:
    try:
        holder = await holder_of(request, units, now=clock())
        if holder is None:
            return _refused(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
        if scope not in holder.scopes:
            return _refused(403, "Forbidden")
        caller = Caller(holder.key_id, _idempotency_key(request), clock())
        call = await _body(request, kind)
        return JSONResponse(await units.write(lambda db: verb(db, call, caller)))
    except ShopError as error:
        return _error(error)


def _idempotency_key(request: Request) -> str:
    given = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(given):
        raise CallMalformed("Idempotency-Key: 1 to 200 printable ASCII characters")
    return given


async def _body(request: Request, kind: type[C]) -> C:
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise CallMalformed("the body is too large")
    try:
        return kind.model_validate_json(content)
    except ValidationError as wrong:
        places = sorted({".".join(map(str, each["loc"])) or "body" for each in wrong.errors()})
        raise CallMalformed(f"cannot be read: {', '.join(places)}") from None


def _hold(db: Session, call: HoldCall, caller: Caller) -> Mapping[str, Any]:
    customer, channel = _customer(db, call, caller)
    held = redemption.hold(
        db, customer, Yen(call.amount), document=call.document, channel=channel, by=caller.by,
        now=caller.now, key=caller.key,
    )  # fmt: skip
    return _told(held)


def _customer(db: Session, call: HoldCall, caller: Caller) -> tuple[CustomerId, str]:
    if (call.till_code is None) == (call.customer_no is None):
        raise CallMalformed("one of till_code and customer_no is wanted")
    if call.till_code is not None:
        amount = Yen(call.amount)
        return codes.take(db, call.till_code, amount, now=caller.now, key=caller.key), "store"
    customer = customers.by_number(db, call.customer_no or "")
    if customer is None:
        raise AccountMissing("no such customer")
    return customer, "online"


def _capture(db: Session, call: CaptureCall, caller: Caller) -> Mapping[str, Any]:
    held = redemption.capture(
        db, call.hold_id, document=call.document, by=caller.by, now=caller.now, key=caller.key
    )
    return _told(held)


def _void(db: Session, call: VoidCall, caller: Caller) -> Mapping[str, Any]:
    return _told(redemption.void(db, call.hold_id, by=caller.by, now=caller.now, key=caller.key))


def _told(held: Held) -> Mapping[str, Any]:
    return {
        "hold_id": held.hold_id,
        "state": held.state.value,
        "amount": held.amount,
        "ends_at": held.ends_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "spendable_left": held.spendable_left,
    }


def _event(db: Session, call: EventCall, caller: Caller) -> Mapping[str, Any]:
    source = f"{caller.key_id}:{call.source}"  # no key takes another's numbers
    taken = take_event(db, source, caller.given, call.kind, call.body, now=caller.now, by=caller.by)
    return {"is_new": taken.is_new, "about": taken.about}


def _error(error: ShopError) -> Response:
    kind = next(each.__name__ for each in _KINDS if isinstance(error, each))
    told: dict[str, Any] = {"kind": kind, "name": type(error).__name__}
    if isinstance(error, CreditShort):
        told["spendable"] = error.held
    if isinstance(error, CodeLimit):
        told["most"] = error.most
    if isinstance(error, (CallMalformed, EventMalformed)):
        told["reason"] = str(error)
    headers = {"Retry-After": "2"} if isinstance(error, Unavailable) else None
    return JSONResponse({"error": told}, status_code=status_of(error), headers=headers)


def _refused(status: int, kind: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"kind": kind}}, status_code=status, headers=headers)
