"""A stand-in for a server that speaks OpenAI's chat completions, as well or as badly as told."""

import asyncio
import json
from types import TracebackType
from typing import Any

from aiohttp import web

GOOD: dict[str, Any] = {
    "intents": [{"id": "sell.quote", "confidence": 0.93}],
    "slots": {},
    "language": "ja",
    "flags": [],
    "needs_human": False,
    "question": None,
}
_SLOTS = (
    "sku", "serial", "ref_no", "order_no", "brand", "model", "part", "grade", "money", "date",
    "time", "email", "phone", "count", "method", "route", "channel", "lang", "visit", "opt",
)  # fmt: skip


def good(**more: Any) -> str:
    """An answer of the schema."""
    told = {**GOOD, **more}
    told["slots"] = {**dict.fromkeys(_SLOTS), **told["slots"]}
    return json.dumps(told, ensure_ascii=False)


class ModelPlatform:
    """`says`: the next contents, the last one for good; `status`, `waits` and `takes` (the dialects
    it knows) change how it behaves. `asked` keeps every request body.
    """

    def __init__(self) -> None:
        self.says: list[str] = [good()]
        self.status = 200
        self.waits = 0.0
        self.takes = {"schema", "tool", "json"}
        self.asked: list[dict[str, Any]] = []
        self._runner: web.AppRunner | None = None
        self.base = ""

    async def __aenter__(self) -> "ModelPlatform":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        await asyncio.sleep(self.waits)
        if self.status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.status)
        dialect = _dialect(body)
        if dialect not in self.takes:
            return web.json_response({"error": {"message": "unknown parameter"}}, status=400)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        message: dict[str, Any] = {"role": "assistant", "content": said}
        if dialect == "tool":
            call = {
                "id": "call_1",
                "type": "function",
                "function": {"name": "understood", "arguments": said},
            }
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 1800, "completion_tokens": 80, "total_tokens": 1880},
            }
        )


def _dialect(body: dict[str, Any]) -> str:
    if "tools" in body:
        return "tool"
    return "schema" if body["response_format"]["type"] == "json_schema" else "json"
