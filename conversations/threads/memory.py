"""What the bot keeps in mind of a conversation between two turns. Small, and never message text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that was repeated to the person and waits for their word.

    `tap` is what stands behind the button that makes it so. `binds`: only that button does; a typed
    yes brings it again.
    """

    tap: str
    binds: bool = True


@dataclass(frozen=True, slots=True)
class Memory:
    """What holds until it is replaced, and what only the next message answers.

    `unit`: the code last talked about. `shown`: codes or values last offered to choose from, in
    order, and `choosing` the button name such a choice goes on with. `part`, `kind`: what was
    wished while the piece was still open. `last`: the intent answered last. `task`: the flow with a
    step left open, and `facts` what it needs to go on: ids and choices. `unclear`: how many
    messages in a row could not be understood. `points`: how much the wishes so far tell of a deal.

    Only for the next message: `expecting`, the intent whose answer is asked for (or `confirm`), and
    `pending`.
    """

    unit: str | None = None
    shown: tuple[str, ...] = ()
    choosing: str | None = None
    part: str | None = None
    kind: str | None = None
    last: str | None = None
    task: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    unclear: int = 0
    points: int = 0
    expecting: str | None = None
    pending: Pending | None = None

    def about(self, code: str) -> "Memory":
        """Now talking about this unit; no choice is open any more. A task stays."""
        return replace(
            self, unit=code, shown=(), choosing=None, part=None, kind=None,
            expecting=None, pending=None,
        )  # fmt: skip

    def offering(
        self,
        values: tuple[str, ...],
        *,
        verb: str,
        part: str | None = None,
        kind: str | None = None,
    ) -> "Memory":
        """These were offered; an answer may name one by its place."""
        return replace(self, shown=values[:_MOST_SHOWN], part=part, kind=kind, choosing=verb)

    def opening(self, task: str, *, expecting: str | None = None, **facts: str | None) -> "Memory":
        """A step of that flow is open; `facts` join those of the same task, None drops one."""
        kept = dict(self.facts) if self.task == task else {}
        told = {**kept, **facts}
        return replace(
            self,
            task=task,
            facts={name: value for name, value in told.items() if value is not None},
            expecting=expecting,
        )

    def closing(self) -> "Memory":
        """No step is open any more."""
        return replace(self, task=None, facts={}, expecting=None, pending=None)

    def fact(self, task: str, name: str) -> str | None:
        """What is kept for that task, None when it is not the open one."""
        return self.facts.get(name) if self.task == task else None

    def heard(self) -> "Memory":
        """The next message is here: what only it could answer is over."""
        return replace(self, expecting=None, pending=None)


def read(kept: Mapping[str, Any]) -> Memory:
    """From the thread's row; what an older version kept and nobody needs is dropped."""
    pending = kept.get("pending")
    return Memory(
        unit=kept.get("unit"),
        shown=tuple(kept.get("shown", ())),
        choosing=kept.get("choosing"),
        part=kept.get("part"),
        kind=kept.get("kind"),
        last=kept.get("last"),
        task=kept.get("task"),
        facts=kept.get("facts", {}),
        unclear=kept.get("unclear", 0),
        points=kept.get("points", 0),
        expecting=kept.get("expecting"),
        pending=Pending(pending["tap"], pending["binds"]) if pending else None,
    )


def written(memory: Memory) -> dict[str, Any]:
    """For the thread's row; empty parts are left out."""
    pending = memory.pending
    told: dict[str, Any] = {
        "unit": memory.unit,
        "shown": list(memory.shown) or None,
        "choosing": memory.choosing,
        "part": memory.part,
        "kind": memory.kind,
        "last": memory.last,
        "task": memory.task,
        "facts": dict(memory.facts) or None,
        "unclear": memory.unclear or None,
        "points": memory.points or None,
        "expecting": memory.expecting,
        "pending": {"tap": pending.tap, "binds": pending.binds} if pending else None,
    }
    return {name: value for name, value in told.items() if value is not None}
