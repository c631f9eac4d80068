"""What the operator settles: `AKASHI_*` from the environment and `.env`, each checked once at the
start.

A missing integration is off and `akashi doctor` says so; a malformed value stops the start with one
clear line. Only this module reads the environment.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalog.ground.errors import Malformed
from media.intake import stations
from media.intake.stations import Station

PREFIX = "AKASHI_"
LINE_API = "https://api.line.me"
LINE_DATA_API = "https://api-data.line.me"
SLACK_API = "https://slack.com/api"
LONGEST_ACCEL_PREFIX = 200


class SettingMalformed(Malformed):
    """A setting has a value that cannot be; `name` is the variable, `reason` says what is wrong."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class Settings(BaseSettings):
    """Every setting with its default. Secrets never show in a repr or a log."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    database_url: str = "sqlite:///var/akashi.db"
    media_url: str = ""
    media_replica_url: str = ""
    s3_endpoint: str | None = None
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    data_key: SecretStr = SecretStr("")
    keys_dir: Path = Path("var/keys")
    hot_folders: Annotated[tuple[Station, ...], NoDecode] = ()
    line_channel_secret: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    line_channel_id: str = ""
    line_channel_access_token: SecretStr = SecretStr("")
    line_api_base: str = LINE_API
    line_data_api_base: str = LINE_DATA_API
    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_base: str = SLACK_API
    slack_handoff_channel: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    openai_model: str = ""
    openai_always: bool = False
    openai_calls_a_day: int = Field(default=2_000, ge=0)
    ffmpeg: str | None = None
    accel_prefix: str | None = None
    media_signed_seconds: int = Field(default=0, ge=0, le=600)
    provenance: Path | None = None
    upload_largest: int = Field(default=50_000_000_000, ge=1)
    upload_unfinished: int = Field(default=200_000_000_000, ge=1)
    upload_spare: int = Field(default=1_000_000_000, ge=0)
    upload_at_once: int = Field(default=32, ge=1)
    upload_hours: int = Field(default=72, ge=1, le=24 * 90)
    tsa_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    contact_url: str = ""
    push_inside: Annotated[tuple[str, ...], NoDecode] = ()
    shop_opens: time = time(10, 30)
    shop_closes: time = time(19, 0)
    log_level: str = "info"
    is_demo: bool = Field(default=False, validation_alias="AKASHI_DEMO")

    @field_validator("hot_folders", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        told = value.split(":") if isinstance(value, str) else value
        return stations.told([each for each in told if each])

    @field_validator("line_channel_secret", mode="before")
    @classmethod
    def _secrets(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("push_inside", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        told = value.split(",") if isinstance(value, str) else value
        origins = tuple(each.strip().rstrip("/") for each in told if each.strip())
        for each in origins:
            parts = urlsplit(each)
            if parts.scheme not in {"http", "https"} or each != f"{parts.scheme}://{parts.netloc}":
                raise ValueError("must be origins such as https://push.shop.lan")
        return origins

    @field_validator("public_url")
    @classmethod
    def _https(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme != "https" or not parts.netloc):
            raise ValueError("must be an https address, as customers and LINE reach it")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value().strip()
        if token and not token.startswith("xoxb-"):
            raise ValueError("must be a bot token, which begins with xoxb-")
        return SecretStr(token)

    @field_validator("slack_handoff_channel")
    @classmethod
    def _channel_id(cls, value: str) -> str:
        if value and not re.fullmatch(r"[CG][A-Z0-9]{6,}", value):
            raise ValueError("must be the id of a channel, such as C0123456789, not its name")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        is_here = parts.hostname in {"127.0.0.1", "localhost"} and parts.scheme == "http"
        if value and not (parts.netloc and (parts.scheme == "https" or is_here)):
            raise ValueError("must be an https address, as the provider writes it")
        return value

    @field_validator("contact_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"https", "mailto", "tel"}:
            raise ValueError("must begin with https:, mailto: or tel:")
        return value

    @field_validator("line_api_base", "line_data_api_base", "slack_api_base", "openai_base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @field_validator("tsa_url")
    @classmethod
    def _authority(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise ValueError("must be the http or https address of a time-stamping authority")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("media_url", "media_replica_url")
    @classmethod
    def _media(cls, value: str) -> str:
        if value and not value.startswith(("file://", "s3://")):
            raise ValueError("must begin with file:// or s3://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        has_parts = parts.scheme in {"smtp", "smtps"} and parts.hostname
        if value.get_secret_value() and not (has_parts and "from=" in parts.query):
            raise ValueError("must be smtp[s]://[user:password@]host[:port]?from=address")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("must be one of debug, info, warning, error")
        return value.lower()

    @field_validator("data_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        for part in value.get_secret_value().split(","):
            if part and len(_decoded(part)) != 32:
                raise ValueError("must be 32 bytes in base64 (several separated by commas)")
        return value

    @property
    def data_keys(self) -> tuple[bytes, ...]:
        """The keys for personal data at rest; the first seals, all open (rotation)."""
        given = self.data_key.get_secret_value()
        return tuple(_decoded(part) for part in given.split(",") if part)

    @property
    def link_secret(self) -> bytes:
        """Keys the hashes of six-digit codes: not in the database, the same in each process."""
        key = self.data_keys[0] if self.data_keys else b""
        return hmac.new(key, b"akashi link codes", hashlib.sha256).digest()

    @property
    def media_place(self) -> str:
        """Where originals and renditions lie, as an absolute URL."""
        return self.media_url or f"file://{Path('var/media').absolute()}"

    @property
    def has_model(self) -> bool:
        """Whether a language model is asked for a second opinion."""
        key = self.openai_api_key.get_secret_value()
        return bool(self.openai_model and (key or self.openai_base_url))

    @property
    def has_slack(self) -> bool:
        """Whether Slack can be heard and answered."""
        secrets = (self.slack_bot_token, self.slack_signing_secret)
        return all(secret.get_secret_value() for secret in secrets)

    @property
    def has_oidc(self) -> bool:
        """Whether staff can come in by an identity provider."""
        told = self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret.get_secret_value()
        return all((*told, self.public_url))

    @property
    def push_contact(self) -> str:
        """Whom a push service may turn to; empty: nothing is pushed (RFC 8292, 2.1)."""
        told = self.contact_url
        return told if urlsplit(told).scheme in {"https", "mailto"} else self.public_url

    @property
    def has_webchat(self) -> bool:
        """Whether the shop's own page is open: it needs no platform, only an address."""
        return bool(self.public_url)

    @property
    def has_line(self) -> bool:
        """Whether LINE can be heard and answered."""
        can_send = self.line_channel_access_token.get_secret_value() or self.line_channel_id
        return bool(self.line_channel_secret and can_send)


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def load(**given: Any) -> Settings:
    """The settings, with `given` before the environment. Raises SettingMalformed for the first bad
    one.
    """
    try:
        return Settings(**given)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        shown = name if name.startswith(PREFIX) else f"{PREFIX}{name.upper()}"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingMalformed(shown, reason) from None


def need_keys(settings: Settings) -> None:
    """Outside the demo nothing starts without the key for personal data. Raises
    SettingMalformed.
    """
    if not settings.data_keys:
        raise SettingMalformed(
            "AKASHI_DATA_KEY",
            "is missing; make one with: python -c 'import os, base64;"
            " print(base64.b64encode(os.urandom(32)).decode())'",
        )
