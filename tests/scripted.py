"""A port double for understanding: exact texts mean what the test says, others what they mean."""

from collections.abc import Mapping
from typing import Any

from conversations.ports import Meaning, Reading, Situation
from conversations.understanding.offline import OfflineUnderstanding

Script = Mapping[str, tuple[str | list[str], Mapping[str, Any]]]


class Scripted:
    """Fills the `Understanding` port: text → (intent or intents, slots)."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._real = OfflineUnderstanding()

    async def read(self, text: str, situation: Situation) -> Reading:
        if text not in self.script:
            return await self._real.read(text, situation)
        intents, slots = self.script[text]
        told = [intents] if isinstance(intents, str) else intents
        meanings = tuple(Meaning(intent, 0.95) for intent in told)
        return Reading(meanings, dict(slots), situation.lang or "ja")
