"""What operators see of the running product: `/healthz`, `/readyz`, `/metrics`.

Metrics carry counts and seconds only, never names, codes of people or message text.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlmodel import Session
from starlette.responses import Response

from bot.unit import Units
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from conversations.inbox import queries as inbox
from conversations.outbox import queries as outbox
from conversations.outbox.tables import ChannelQuota
from conversations.understanding.second_opinion import Used
from media.assets.kinds import CopyState
from media.originals.replicas import Replicas
from media.retention import queries as copies
from media.retention.places import space_in
from media.retention.queries import Usage

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)


class Gauges:
    """The product's own counters. One per process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._webhooks = Counter(
            "akashi_webhook_total",
            "Webhook deliveries by status",
            ["status"],
            registry=self.registry,
        )
        self._events = Counter("akashi_events_total", "Events kept", registry=self.registry)
        self._turns = Histogram(
            "akashi_turn_seconds",
            "From receipt to the committed answer",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._failed = Counter(
            "akashi_turn_failed_total", "Failed tries of events", registry=self.registry
        )
        self._letters = Counter(
            "akashi_letters_total", "Tries of letters", ["way", "state"], registry=self.registry
        )
        self._opinions = Counter(
            "akashi_model_calls_total",
            "Second opinions by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self._tokens = Counter(
            "akashi_model_tokens_total", "Tokens of a model", ["kind"], registry=self.registry
        )
        self._due = Gauge("akashi_inbox_due", "Events waiting", registry=self.registry)
        self._oldest = Gauge(
            "akashi_inbox_oldest_seconds", "Age of the oldest waiting event", registry=self.registry
        )
        self._unsettled = Gauge(
            "akashi_letters_unsettled",
            "Letters staff should look at",
            ["state"],
            registry=self.registry,
        )
        self._last_webhook = Gauge(
            "akashi_webhook_last_timestamp_seconds",
            "When the last delivery was kept (seconds since 1970)",
            registry=self.registry,
        )
        self._work = Gauge(
            "akashi_work_oldest_seconds", "Age of the oldest due work", registry=self.registry
        )
        self._quota = Gauge(
            "akashi_quota_messages",
            "Paid messages of the month by channel: used and limit",
            ["channel", "figure"],
            registry=self.registry,
        )
        self._media = Gauge(
            "akashi_media_bytes", "Bytes kept, by kind", ["kind"], registry=self.registry
        )
        self._days_left = Gauge(
            "akashi_media_days_left",
            "Days until the first of the places is full at the pace of the last 30 days",
            registry=self.registry,
        )
        self._copies = Gauge(
            "akashi_original_copies",
            "Copies of originals by place and state",
            ["place", "state"],
            registry=self.registry,
        )
        self._by_status = {
            status: self._webhooks.labels(str(status))
            for status in (200, 400, 401, 405, 408, 413, 503)
        }

    def webhook(self, status: int, events: int) -> None:
        """One delivery was answered."""
        self._by_status[status].inc()
        if events and status == 200:
            self._events.inc(events)
            self._last_webhook.set_to_current_time()

    def turned(self, took: timedelta) -> None:
        """One event was answered that long after its receipt."""
        self._turns.observe(max(0.0, took.total_seconds()))

    def failed(self) -> None:
        """One try of an event failed."""
        self._failed.inc()

    def opinion(self, outcome: str) -> None:
        """A language model was asked."""
        self._opinions.labels(outcome).inc()

    def tokens(self, used: Used) -> None:
        """What that took."""
        self._tokens.labels("prompt").inc(used.prompt)
        self._tokens.labels("answer").inc(used.answer)

    def letter(self, way: str, state: str) -> None:
        """One letter was tried."""
        self._letters.labels(way, state).inc()

    def standing(self, now: datetime, standing: "Standing") -> None:
        """How the queues stand."""
        self._due.set(standing.due)
        self._oldest.set(_age(standing.oldest_event, now))
        self._work.set(_age(standing.oldest_work, now))
        for state, count in standing.unsettled.items():
            self._unsettled.labels(state).set(count)
        for quota in standing.quotas:
            self._quota.labels(quota.channel, "used").set(quota.used)
            if quota.limited is not None:
                self._quota.labels(quota.channel, "limit").set(quota.limited)

    def kept(self, usage: Usage, standing: copies.Standing) -> None:
        """How the store stands."""
        self._media.labels("originals").set(usage.original_bytes)
        self._media.labels("renditions").set(usage.rendition_bytes)
        self._media.labels("received").set(usage.received_bytes)
        self._media.labels("aside").set(usage.aside_bytes)
        if usage.fewest_days is not None:
            self._days_left.set(usage.fewest_days)
        for place, states in standing.copies.items():
            for state in CopyState:
                self._copies.labels(place, state.value).set(states.get(state.value, 0))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at the queues."""

    due: int
    oldest_event: datetime | None
    oldest_work: datetime | None
    unsettled: Mapping[str, int]
    quotas: Sequence[ChannelQuota]


def look(db: Session, now: datetime) -> Standing:
    """How the queues stand now."""
    due, oldest = inbox.waiting(db)
    return Standing(
        due,
        oldest,
        worklist.oldest_due(db, now=now),
        outbox.unsettled_counts(db),
        outbox.quotas(db),
    )


def router(
    units: Units,
    gauges: Gauges,
    clock: Callable[[], datetime],
    replicas: Replicas,
) -> APIRouter:
    """The three pages."""
    made = APIRouter(include_in_schema=False)

    @made.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        return PlainTextResponse("ok")

    @made.get("/readyz")
    async def readyz() -> Response:
        """The database answers too."""
        try:
            await units.read(
                lambda db: db.connection().execute(text("SELECT 1 FROM thread LIMIT 1"))
            )
        except Unavailable:
            return PlainTextResponse("the database does not answer", status_code=503)
        return PlainTextResponse("ready")

    @made.get("/metrics")
    async def metrics() -> Response:
        """Prometheus text."""
        now = clock()
        gauges.standing(now, await units.read(lambda db: look(db, now)))
        space = await asyncio.to_thread(space_in, [each.store for each in replicas.all])
        names = [each.name for each in replicas.all]
        gauges.kept(
            await units.read(lambda db: copies.usage(db, space, now=now)),
            await units.read(lambda db: copies.standing(db, names)),
        )
        return Response(generate_latest(gauges.registry), media_type=CONTENT_TYPE_LATEST)

    return made
