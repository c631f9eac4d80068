"""The door for staff (スタッフの入口): what of a delivery is the desk's is kept or done, and Slack
is answered.

A command reads and is answered at once. A window is done in the unit that answers it, so that what
is refused stands beside its field and no word of it is lost. All else (buttons, words in a thread,
the app's own page) is a durable row before Slack hears anything; a worker does it. A repeated
delivery finds its row and changes nothing.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from bot.slack.gestures import VIEW, command_of, gesture_of, is_staffs
from bot.slack.side import StaffSide
from bot.unit import Units
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from catalog.ground.session.database import insert_once
from handoff.slack import handling
from handoff.slack.gestures import Altered, Submitted, Wrote
from handoff.slack.handling import Reaction, Submission
from handoff.slack.queries import StaffSlack
from handoff.slack.tables import SlackGesture

GESTURE = "slack.gesture"  # work: something staff did
_KEPT_OUT = frozenset({"token", "response_url"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answered:
    """What Slack is answered."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


_JSON = {"content-type": "application/json; charset=utf-8"}
CLOSE_SECONDS = 3.0
_BUSY = Answered(503, "could not be stored; please deliver again")


class StaffDoor:
    """One per process that hears Slack."""

    def __init__(
        self, units: Units, slack: StaffSlack, side: StaffSide, clock: Callable[[], datetime]
    ) -> None:
        self._units = units
        self._slack = slack
        self._side = side
        self._clock = clock
        self._reacting: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Whoever acted is answered first, if Slack answers soon."""
        if self._reacting:
            _, late = await asyncio.wait(self._reacting, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def is_for(self, payload: Mapping[str, Any]) -> bool:
        """Whether this delivery is the desk's."""
        return is_staffs(payload, self._slack.channel)

    async def take(self, payload: Mapping[str, Any]) -> Answered:
        """Keep or do it. Asks Slack nothing while Slack waits."""
        try:
            if "command" in payload:
                return await self._command(payload)
            if payload.get("type") == VIEW:
                return await self._window(payload)
            return await self._keep(payload)
        except Unavailable as failed:
            log.error("slack.not_kept", reason=str(failed))
            return _BUSY

    async def _command(self, payload: Mapping[str, Any]) -> Answered:
        commanded, now = command_of(payload), self._clock()
        message = await self._units.read(
            lambda db: handling.command(db, commanded, self._slack, now=now)
        )
        return _json({"response_type": "ephemeral", **message})

    async def _window(self, payload: Mapping[str, Any]) -> Answered:
        gesture, now = gesture_of(payload), self._clock()
        if not isinstance(gesture, Submitted):
            return Answered()
        submission: Submission = await self._units.write(
            lambda db: handling.submit(db, gesture, self._slack, now=now)
        )
        if submission.errors:
            return _json({"response_action": "errors", "errors": submission.errors})
        self._react(submission.reactions)
        return Answered()

    async def _keep(self, payload: Mapping[str, Any]) -> Answered:
        gesture, now = gesture_of(payload), self._clock()
        if gesture is None:
            return Answered()
        told = {key: value for key, value in payload.items() if key not in _KEPT_OUT}
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode()
        key = gesture.key
        place = ts = None
        if isinstance(gesture, Wrote | Altered):
            place, ts = gesture.turn.place, gesture.turn.ts

        def unit(db: Session) -> None:
            row = {"key": key, "body": body, "place": place, "ts": ts, "received_at": now}
            if insert_once(db, SlackGesture, row):
                worklist.add(db, GESTURE, key, key, due_at=now, now=now)

        await self._units.write(unit)
        return Answered()

    def _react(self, reactions: Sequence[Reaction]) -> None:
        """After Slack was answered."""
        for reaction in reactions:
            task = asyncio.get_running_loop().create_task(self._side.react(reaction))
            self._reacting.add(task)
            task.add_done_callback(self._reacting.discard)


def _json(told: Mapping[str, Any]) -> Answered:
    return Answered(200, json.dumps(told, ensure_ascii=False), _JSON)
