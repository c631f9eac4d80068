"""Signing in by the firm's identity provider (OpenID Connect): code flow with PKCE.

    away = depart(db, …)                       a unit: state, and a secret for the browser's cookie
    address = await provider.address(away)     where the browser is sent
    arrive(db, state, away's secret, …)        a unit: the visit is used up by this
    email = await provider.email(code, …)      no unit is open
    entered = enter(db, email, …)              a unit: a session, or NotSignedIn

A visit comes back once, within ten minutes, in the browser it left in: nonce and proof key are
derived from that browser's secret, so no stranger's code can be brought to an end here. A person is
found by the address the provider has verified, among who works here; nobody is ever created. Not
here: keeping sessions in step with the provider's own; a session here ends by itself.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalog.ground.errors import Unavailable
from catalog.ground.record import StaffId
from handoff.staff import attempts
from handoff.staff.sessions import How, hashed
from handoff.staff.signing_in import Entered, NotSignedIn, let_in
from handoff.staff.tables import OidcVisit, Staff

PATH = "/console/oidc"
VISIT_LIFE = timedelta(minutes=10)
SECONDS = 5.0  # for one call
KEPT_FOR = timedelta(hours=1)  # what the provider tells of itself
_KEYS_AGAIN_AFTER = timedelta(minutes=1)
_LEEWAY_SECONDS = 60  # by which two clocks may differ
# Signatures by a key only the provider has; nothing keyed with what we know, and never none.
_ALGORITHMS = ("RS256", "PS256", "ES256")
_LONGEST = 2_000
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

log = structlog.get_logger()


class ProviderUnavailable(Unavailable):
    """The identity provider did not answer, or not what it must."""


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows this shop as. `issuer`: its name, exactly as it writes it."""

    issuer: str
    client_id: str
    public_url: str
    client_secret: str = field(repr=False)

    @property
    def redirect_uri(self) -> str:
        """Where the browser comes back; to be registered at the provider."""
        return f"{self.public_url}{PATH}"


@dataclass(frozen=True, slots=True)
class Away:
    """A visit that left. `browser` goes into a cookie (ten minutes, HttpOnly, SameSite=Lax)."""

    state: str = field(repr=False)
    browser: str = field(repr=False)


def depart(db: Session, *, address: str, now: datetime) -> Away:
    """Somebody is sent to the provider. Raises TooManyAttempts."""
    attempts.ask(db, address=address, now=now)
    away = Away(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    row = OidcVisit(
        state_hash=hashed(away.state), browser_hash=hashed(away.browser), ends_at=now + VISIT_LIFE
    )
    db.add(row)
    db.flush()
    return away


def arrive(db: Session, state: str, browser: str | None, *, now: datetime) -> Away:
    """They came back; once. Raises NotSignedIn: never left, another browser, too late, again."""
    told = browser or ""
    if not state or not told or len(state) > _LONGEST or len(told) > _LONGEST:
        raise NotSignedIn
    gone = db.connection().execute(
        delete(OidcVisit)
        .where(
            col(OidcVisit.state_hash) == hashed(state),
            col(OidcVisit.browser_hash) == hashed(told),
            col(OidcVisit.ends_at) > now,
        )
        .returning(col(OidcVisit.state_hash))
    )
    if gone.first() is None:
        raise NotSignedIn
    return Away(state, told)


def enter(
    db: Session,
    email: str,
    *,
    agent: str | None,
    browser: str | None,
    now: datetime,
    instead_of: str | None = None,
) -> Entered:
    """Sign in whoever works here with this verified address. Raises NotSignedIn."""
    found = db.exec(
        select(Staff.id).where(Staff.email == email.lower(), col(Staff.left_at).is_(None))
    ).first()
    if found is None:
        raise NotSignedIn
    return let_in(
        db, StaffId(found), how=How.OIDC, agent=agent, browser=browser, now=now,
        instead_of=instead_of,
    )  # fmt: skip


def sweep(db: Session, *, now: datetime) -> None:
    """Forget visits that never came back."""
    db.connection().execute(delete(OidcVisit).where(col(OidcVisit.ends_at) <= now))


class Provider:
    """The provider, over the network; keeps what it tells of itself for an hour."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._told: Mapping[str, Any] | None = None
        self._told_at: datetime | None = None
        self._keys: Any = None
        self._keys_at: datetime | None = None

    async def address(self, away: Away, *, now: datetime) -> str:
        """Where the browser is sent. Raises ProviderUnavailable."""
        told = await self._discovered(now)
        async with self._calls(told) as http:
            url, _ = http.create_authorization_url(
                told["authorization_endpoint"],
                state=away.state,
                nonce=_derived(away, "nonce"),
                code_verifier=_derived(away, "proof key"),
            )
        return str(url)

    async def email(self, code: str, away: Away, *, issuer: str | None, now: datetime) -> str:
        """The address the provider has verified, for the code the browser brought; `issuer`: what
        came with it (`iss`), if anything. Raises NotSignedIn, ProviderUnavailable.
        """
        from authlib.integrations.base_client import OAuthError

        if not code or len(code) > _LONGEST or issuer not in {None, self._client.issuer}:
            raise _refused("answer")
        told = await self._discovered(now)
        async with self._calls(told) as http:
            try:
                token = await http.fetch_token(
                    told["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=self._client.redirect_uri,
                    code_verifier=_derived(away, "proof key"),
                )
            except OAuthError:
                raise _refused("code") from None
        signed = token.get("id_token") if isinstance(token, Mapping) else None
        if not isinstance(signed, str):
            raise _refused("token")
        claims = await self._claims(signed, _derived(away, "nonce"), now=now)
        email = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(email, str) or not email:
            raise _refused("email")
        return email

    async def _claims(self, signed: str, nonce: str, *, now: datetime) -> Mapping[str, Any]:
        """What the token says, once it is the provider's own, for us, now, for this visit."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        try:
            try:
                token = jwt.decode(signed, await self._key_set(now), algorithms=_ALGORITHMS)
            except InvalidKeyIdError:
                keys = await self._key_set(now, is_changed=True)
                token = jwt.decode(signed, keys, algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._client.issuer},
                aud={"essential": True, "value": self._client.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(token.claims)
        except (JoseError, ValueError, TypeError) as wrong:  # whatever a token may hold
            raise _refused(type(wrong).__name__) from None
        claims: Mapping[str, Any] = token.claims
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        party = claims.get("azp", None if several else self._client.client_id)
        if party != self._client.client_id:
            raise _refused("azp")
        return claims

    async def _discovered(self, now: datetime) -> Mapping[str, Any]:
        if self._told is None or self._told_at is None or now >= self._told_at + KEPT_FOR:
            place = self._client.issuer.removesuffix("/")
            told = await self._fetched(f"{place}/.well-known/openid-configuration")
            if told.get("issuer") != self._client.issuer:
                raise ProviderUnavailable("the provider says it is another one")
            scheme = urlsplit(self._client.issuer).scheme
            for name in _ENDPOINTS:
                if urlsplit(str(told.get(name, ""))).scheme not in {"https", scheme}:
                    raise ProviderUnavailable(f"the provider tells no usable {name}")
            self._told, self._told_at = told, now
        return self._told

    async def _key_set(self, now: datetime, *, is_changed: bool = False) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        kept = _KEYS_AGAIN_AFTER if is_changed else KEPT_FOR
        if self._keys_at is None or now >= self._keys_at + kept:
            told = await self._fetched(str((await self._discovered(now))["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set(told)  # type: ignore[arg-type]  # checked by it
            except (JoseError, ValueError, TypeError, KeyError):
                raise ProviderUnavailable("the provider tells no usable keys") from None
            self._keys_at = now
        return self._keys

    async def _fetched(self, url: str) -> Mapping[str, Any]:
        async with self._calls({}) as http:
            answer = await http.request("GET", url, withhold_token=True)
            answer.raise_for_status()
            told = answer.json()
        if not isinstance(told, dict):
            raise ProviderUnavailable("the provider's answer is no object")
        return told

    @asynccontextmanager
    async def _calls(self, told: Mapping[str, Any]) -> AsyncIterator[Any]:
        """A client for a few calls; whatever goes wrong on the way is told as one kind."""
        import httpx2
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        try:
            async with AsyncOAuth2Client(
                self._client.client_id,
                self._client.client_secret,
                token_endpoint_auth_method=way,
                scope="openid email",
                redirect_uri=self._client.redirect_uri,
                code_challenge_method="S256",
                timeout=SECONDS,
            ) as http:
                yield http
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as failed:
            raise ProviderUnavailable(type(failed).__name__) from None


def _derived(away: Away, what: str) -> str:
    """Known to the browser that left, and to nobody who reads the database."""
    made = hmac.new(away.browser.encode(), f"{what} {away.state}".encode(), hashlib.sha256)
    return urlsafe_b64encode(made.digest()).rstrip(b"=").decode()


def _refused(why: str) -> NotSignedIn:
    log.warning("oidc.refused", why=why)
    return NotSignedIn()
