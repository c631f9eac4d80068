"""A talk (トーク): one persona's chat with the shop, as the phone shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.simulator.personas import Persona
from catalog.ground.errors import Missing, Refused


class Side(StrEnum):
    """Who said it."""

    PERSONA = "persona"
    SHOP = "shop"


class NobodyHere(Missing):
    """There is no such persona."""

    def __init__(self, who: str) -> None:
        super().__init__(f"no persona {who!r}")
        self.who = who


class NoSuchMessage(Missing):
    """The message is not in that talk, or cannot be used so."""

    def __init__(self, message_id: str) -> None:
        super().__init__(f"no such message {message_id!r}")
        self.message_id = message_id


class ShopIsBlocked(Refused):
    """Who blocked the shop cannot write to it."""


@dataclass(slots=True)
class Bubble:
    """One message on a phone. `message` is None once unsent; `via` tells how the shop sent it."""

    id: str
    side: Side
    message: Mapping[str, Any] | None
    at: datetime
    via: str | None = None


@dataclass(slots=True)
class Talk:
    """One persona's chat with the shop."""

    persona: Persona
    is_friend: bool = False
    is_blocked: bool = False
    has_written: bool = False
    bubbles: dict[str, Bubble] = field(default_factory=dict)
