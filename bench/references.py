"""What the product is compared with, each a server process: a bare ASGI application, and the SDK's
echo bot.

`bare` answers 200 and does nothing: the most this machine and this server can do. `echo` is the bot
most people start with: FastAPI and line-bot-sdk, answered inside the request, nothing stored.
"""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from bench import processes
from bench.bodies import SECRET, WEBHOOK
from bench.processes import Server


@contextlib.contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """The limit."""
    arguments = ["-m", "bench.references", "bare", "{port}"]
    with processes.serving(
        arguments, folder / "bare.log", cwd=processes.ROOT, env=dict(os.environ)
    ) as server:
        yield server


@contextlib.contextmanager
def echo(folder: Path, line_base: str) -> Iterator[Server]:
    """The peer; it replies to the stand-in at `line_base`."""
    arguments = ["-m", "bench.references", "echo", "{port}", line_base]
    with processes.serving(
        arguments, folder / "echo.log", cwd=processes.ROOT, env=dict(os.environ)
    ) as server:
        yield server


# --- the processes themselves
# ------------------------------------------------------------------------

_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
_BODY = {"type": "http.response.body", "body": b"ok"}


async def bare_app(scope: Any, receive: Any, send: Any) -> None:
    """200, always."""
    if scope["type"] == "http":
        await send(_START)
        await send(_BODY)


def echo_app(line_base: str) -> Any:
    """Each text comes back as the reply."""
    from fastapi import FastAPI, Request
    from linebot.v3 import WebhookParser  # type: ignore[import-untyped]  # no types of its own
    from linebot.v3.messaging import (  # type: ignore[import-untyped]  # no types of its own
        AsyncApiClient,
        AsyncMessagingApi,
        Configuration,
        ReplyMessageRequest,
        TextMessage,
    )
    from linebot.v3.webhooks import MessageEvent, TextMessageContent  # type: ignore[import-untyped]  # no types of its own

    kept: dict[str, Any] = {}

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        client = AsyncApiClient(Configuration(host=line_base, access_token="bench-token"))
        kept["api"] = AsyncMessagingApi(client)
        yield
        await client.close()

    app = FastAPI(lifespan=lifespan)
    parser = WebhookParser(SECRET)

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    @app.post(WEBHOOK)
    async def hear(request: Request) -> str:
        body = (await request.body()).decode()
        for event in parser.parse(body, request.headers["x-line-signature"]):
            if isinstance(event, MessageEvent) and isinstance(event.message, TextMessageContent):
                reply = ReplyMessageRequest(
                    reply_token=event.reply_token,
                    messages=[TextMessage(text=event.message.text)],
                )
                await kept["api"].reply_message(reply)
        return "ok"

    return app


def main() -> None:
    """`python -m bench.references bare|echo PORT [LINE]`."""
    import uvicorn

    app = bare_app if sys.argv[1] == "bare" else echo_app(sys.argv[3])
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
