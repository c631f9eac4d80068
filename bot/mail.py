"""Mail (電子メール): one plain text to one address, over the shop's own SMTP server. No queue and
no tries of its own: whoever sends is a due row.
"""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

from catalog.ground.errors import Malformed, Unavailable

TIMEOUT_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


class MailNotSent(Unavailable):
    """The server could not be reached, or did not take it."""


class SmtpMalformed(Malformed):
    """Not `smtp[s]://[user:password@]host[:port]?from=address`."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail leaves, and in whose name."""

    host: str
    port: int
    sender: str
    is_tls: bool
    user: str | None = None
    password: str | None = None

    def send(self, to: str, subject: str, text: str, *, now: datetime) -> None:
        """Hand it over. Blocks; never inside a unit of work. Raises MailNotSent."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, to, subject
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        try:
            with self._open() as server:
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(f"{self.host}: {type(error).__name__}") from None

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user is not None:
                server.close()
                raise MailNotSent(f"{self.host} offers no encryption for the password")
        if self.user is not None:
            server.login(self.user, self.password or "")
        return server


def open_post(url: str) -> Post | None:
    """From the setting; None when mail is off. `smtps` is encrypted from the first byte, `smtp`
    as soon as the server offers it. Raises SmtpMalformed.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SmtpMalformed("the address cannot be read") from None
    sender = (parse_qs(parts.query).get("from") or [""])[0]
    if parts.scheme not in _PORTS or not parts.hostname or "@" not in sender:
        raise SmtpMalformed("must be smtp[s]://[user:password@]host[:port]?from=address")
    return Post(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        sender=sender,
        is_tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
