"""A real SMTP server on loopback that keeps what it is given.

with mailbox() as box:
    settings = {"smtp_url": box.url}
    ...
    assert box.letters[-1]["To"] == "misaki@example.com"
"""

import contextlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

SENDER = "shop@example.com"


@dataclass
class Mailbox:
    """What arrived, oldest first. `refuses`: so many of the next letters are turned away."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook."""
        if self.refuses:
            self.refuses -= 1
            return "451 try again later"
        parser: BytesParser[EmailMessage] = BytesParser(policy=default)
        self.letters.append(parser.parsebytes(envelope.content))
        return "250 OK"

    def code(self) -> str:
        """The six digits of the latest letter."""
        found = re.search(r"\b\d{6}\b", self.letters[-1].get_content())
        assert found is not None, self.letters[-1].get_content()
        return found[0]


@contextlib.contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Open as long as the block."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    box = Mailbox(url=f"smtp://127.0.0.1:{port}?from={SENDER}")
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
