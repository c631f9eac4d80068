"""The till and the online shop, over real HTTP: held, captured, given back; each call once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.credit import actions, codes, queries
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from handoff.staff import keys
from tests.databases import ENGINES, fresh_url
from tests.line_platform import in_loop
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
Story = Callable[["Counter"], Awaitable[None]]


class Counter:
    """A shop with a customer who has credit, and a till with a key."""

    def __init__(self, shop: RunningShop, token: str, customer: CustomerId) -> None:
        self.shop = shop
        self.token = token
        self.customer = customer

    async def call(
        self, verb: str, key: str | None, body: Any, *, token: str | None = None
    ) -> tuple[int, Any]:
        """One POST: its status and its JSON."""
        headers = {"authorization": f"Bearer {self.token if token is None else token}"}
        if key is not None:
            headers["idempotency-key"] = key
        given: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        place = verb if verb == "events" else f"credit/{verb}"
        url = f"{self.shop.url}/api/{place}"
        async with self.shop.http.post(url, headers=headers, **given) as answer:
            return answer.status, await answer.json()

    async def event(self, number: str, body: Any, *, token: str | None = None) -> tuple[int, Any]:
        """What another system tells."""
        return await self.call("events", number, body, token=token)

    async def spendable(self) -> int:
        return await self.shop.shop.units.read(
            lambda db: queries.balance(db, self.customer, self.shop.clock()).spendable
        )


def _told(engine: str, folder: Path, story: Story) -> None:
    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with open_shop(url, folder, at=AFTERNOON) as shop:
                customer = await shop.is_customer(shop.line.add_user(), number="C-1")

                def unit(db: Any) -> str:
                    now = shop.clock()
                    actions.issue(
                        db, customer, Origin.TRADE_IN, Yen(10_000), document="case:1",
                        channel="chat", by="staff:1", now=now, key="issue",
                    )  # fmt: skip
                    return keys.add(db, "till 1", ["till"], by="test", now=now).token

                token = await shop.shop.units.write(unit)
                await story(Counter(shop, token, customer))

    run()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_online_order_is_held_captured_and_each_call_counts_once(
    engine: str, tmp_path: Path
) -> None:
    """R-106, CRD-5, CMD-1."""

    async def story(till: Counter) -> None:
        body = {"customer_no": "C-1", "amount": 6_000, "document": "order:1"}
        status, held = await till.call("hold", "a", body)
        assert status == 200
        assert (held["amount"], held["spendable_left"], held["state"]) == (6_000, 4_000, "held")
        left = datetime.fromisoformat(held["ends_at"]) - till.shop.clock()
        assert timedelta(minutes=14) < left <= timedelta(minutes=15)
        assert await till.call("hold", "a", body) == (200, held)
        assert await till.call("hold", "a", {**body, "amount": 1}) == (
            409, {"error": {"kind": "Refused", "name": "KeyUsedOtherwise"}},
        )  # fmt: skip
        assert await till.call("hold", "b", {**body, "amount": 4_001}) == (
            409, {"error": {"kind": "Refused", "name": "CreditShort", "spendable": 4_000}},
        )  # fmt: skip
        taken = await till.call("capture", "c", {"hold_id": held["hold_id"]})
        assert taken[0] == 200 and taken[1]["state"] == "captured"
        assert await till.call("capture", "c", {"hold_id": held["hold_id"]}) == taken
        assert (await till.call("void", "d", {"hold_id": held["hold_id"]}))[0] == 409
        assert await till.spendable() == 4_000

    _told(engine, tmp_path, story)


def test_an_order_of_another_system_is_told_by_its_events(tmp_path: Path) -> None:
    """R-101: each counts once; a key for the till alone may not."""

    async def story(till: Counter) -> None:
        shop = till.shop
        await shop.stock(item("W-10234", price="800000"))
        now = shop.clock()
        made = await shop.shop.units.write(
            lambda db: keys.add(db, "shop site", ["events"], by="test", now=now).token
        )
        placed = {
            "source": "site", "kind": "order.placed",
            "body": {
                "order_no": "EC-1", "customer_no": "C-1",
                "units": [{"unit_code": "W-10234", "price": 800_000}],
            },
        }  # fmt: skip
        paid = {"kind": "card", "amount": 800_000, "reference": "p1"}
        told = {"source": "site", "kind": "order.paid",
                "body": {"order_no": "EC-1", "tenders": [paid]}}  # fmt: skip
        assert (await till.event("e1", placed))[0] == 403
        status, first = await till.event("e1", placed, token=made)
        assert (status, first["is_new"]) == (200, True)
        assert await till.event("e1", placed, token=made) == (200, {**first, "is_new": False})
        assert (await till.event("e1", told, token=made))[1]["error"]["name"] == "EventDiffers"
        wrong = await till.event("e2", {**told, "kind": "order.gone"}, token=made)
        assert wrong[0] == 422 and "order.gone" in wrong[1]["error"]["reason"]
        assert (await till.event("e2", told, token=made))[0] == 200
        assert shop.one("SELECT state FROM sale_order WHERE order_no = 'EC-1'") == "paid"

    _told("sqlite", tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_key_takes_the_event_numbers_of_another_and_the_journal_names_it(
    tmp_path: Path, engine: str
) -> None:
    """R-101; what no database takes is refused and not an error of the shop's."""

    async def story(till: Counter) -> None:
        shop, now = till.shop, till.shop.clock()
        await shop.stock(item("W-10234", price="800000"))
        made = [
            await shop.shop.units.write(
                lambda db, name=name: keys.add(db, name, ["events"], by="test", now=now)  # type: ignore[misc]  # bound at once
            )
            for name in ("shop site", "mall")
        ]
        unit = {"unit_code": "W-10234", "price": 800_000}
        body = {"order_no": "EC-1", "customer_no": "C-1", "units": [unit]}
        gone = {"source": "ec", "kind": "order.cancelled", "body": {"order_no": "EC-1"}}
        placed = {"source": "ec", "kind": "order.placed", "body": body}
        for wrong in (
            {**placed, "source": "e\x00c"},
            {**placed, "body": {**body, "order_no": "EC\x001"}},
            {**placed, "body": {**body, "place": "\x1b[2J"}},
        ):
            assert (await till.event("1001", wrong, token=made[1].token))[0] == 422
        assert (await till.event("1001", placed, token=made[1].token))[0] == 200
        assert (await till.event("1001", gone, token=made[0].token))[1]["is_new"]
        acted = [
            shop.one(f"SELECT actor FROM journal WHERE subject LIKE 'order:%' AND verb = '{verb}'")
            for verb in ("checked_out", "cancelled")
        ]
        assert acted == [f"api:{each.key_id}" for each in reversed(made)]

    _told(engine, tmp_path, story)


def test_a_code_shown_in_the_chat_is_used_at_the_till(tmp_path: Path) -> None:
    """R-106."""

    async def story(till: Counter) -> None:
        shown = await till.shop.shop.units.write(
            lambda db: codes.show(db, till.customer, most=Yen(5_000), now=till.shop.clock())
        )
        body = {"till_code": shown.code, "amount": 3_000}
        assert (await till.call("hold", "a", {**body, "amount": 5_001}))[1]["error"] == {
            "kind": "Refused", "name": "CodeLimit", "most": 5_000,
        }  # fmt: skip
        status, held = await till.call("hold", "b", body)
        assert (status, held["spendable_left"]) == (200, 7_000)
        assert await till.call("hold", "b", body) == (200, held)
        assert (await till.call("hold", "c", body))[0] == 404
        status, voided = await till.call("void", "d", {"hold_id": held["hold_id"]})
        assert (status, voided["spendable_left"], voided["state"]) == (200, 10_000, "voided")
        assert (await till.call("void", "e", {"hold_id": held["hold_id"]}))[0] == 200
        assert await till.spendable() == 10_000

    _told("sqlite", tmp_path, story)


def test_only_a_good_key_with_the_scope_opens_anything(tmp_path: Path) -> None:
    async def story(till: Counter) -> None:
        body = {"customer_no": "C-1", "amount": 1}
        prefix, key_id, secret = till.token.split("_", 2)
        head = f"{prefix}_{key_id}_"
        for token in ("", "nonsense", head, f"{head}{secret[::-1]}", "akashi_X_Y"):
            status, told = await till.call("hold", "a", body, token=token)
            assert (status, told) == (401, {"error": {"kind": "Unauthorized"}})
        units, now = till.shop.shop.units, till.shop.clock()
        await units.write(lambda db: keys.revoke(db, key_id, by="test", now=now))
        assert (await till.call("hold", "a", body))[0] == 401
        assert await till.spendable() == 10_000

    _told("sqlite", tmp_path, story)


def test_a_call_that_cannot_be_read_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    async def story(till: Counter) -> None:
        good = {"customer_no": "C-1", "amount": 100}
        bad = [
            {**good, "amount": amount} for amount in (0, -1, 1.5, "100", True, None, 10**12)
        ]  # fmt: skip
        bad += [{"amount": 1}, {**good, "till_code": "A"}, {**good, "more": 1}, {"customer_no": ""}]
        for n, body in enumerate(bad):
            status, told = await till.call("hold", f"k{n}", body)
            assert (status, told["error"]["name"]) == (422, "CallMalformed"), body
        for raw in (b"", b"{", b"[]", b"\xff", b"x" * 10_000):
            assert (await till.call("hold", "raw", raw))[0] == 422
        for key in (None, "", "k" * 201):
            assert (await till.call("hold", key, good))[0] == 422
        for verb in ("capture", "void"):
            assert await till.call(verb, "m", {"hold_id": "nothing"}) == (
                404, {"error": {"kind": "Missing", "name": "HoldMissing"}},
            )  # fmt: skip
        assert (await till.call("hold", "n", {**good, "customer_no": "C-404"}))[0] == 404
        assert await till.spendable() == 10_000

    _told("sqlite", tmp_path, story)


def test_two_clients_may_use_the_same_idempotency_key(tmp_path: Path) -> None:
    async def story(till: Counter) -> None:
        now = till.shop.clock()
        other = await till.shop.shop.units.write(
            lambda db: keys.add(db, "online shop", ["till"], by="test", now=now).token
        )
        body = {"customer_no": "C-1", "amount": 1_000}
        both = await asyncio.gather(
            till.call("hold", "1", body), till.call("hold", "1", body, token=other)
        )
        assert {status for status, _ in both} == {200}
        assert len({told["hold_id"] for _, told in both}) == 2

    _told("sqlite", tmp_path, story)


def test_the_same_call_sent_by_many_at_once_holds_once(tmp_path: Path) -> None:
    """CMD-1."""

    async def story(till: Counter) -> None:
        body = {"customer_no": "C-1", "amount": 1_000}
        answers = await asyncio.gather(*(till.call("hold", "1", body) for _ in range(12)))
        assert all(answer == answers[0] for answer in answers)
        assert await till.spendable() == 9_000

    _told("sqlite", tmp_path, story)
