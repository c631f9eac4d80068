"""The identity provider: whoever it vouches for and works here comes in, in the browser that left.

Every token is fetched from a real server on loopback.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlmodel import func, select

from catalog.ground.session.database import Database
from handoff.staff import oidc, sessions
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.oidc import Away, Client, Provider, ProviderUnavailable
from handoff.staff.sessions import How
from handoff.staff.signing_in import NotSignedIn
from handoff.staff.tables import OidcVisit, Staff
from tests.handoff.staff.identity_platform import CLIENT_ID, CLIENT_SECRET, IdentityPlatform
from tests.handoff.staff.people import AGENT, HOME, hire

MINUTE = timedelta(minutes=1)
SHOP = "https://shop.example"
Spoil = Callable[[IdentityPlatform], None]


def _client(issuer: str) -> Client:
    return Client(issuer, CLIENT_ID, SHOP, CLIENT_SECRET)


AWAY = Away("a state of this test", "a browser's secret of this test")


async def _told(platform: IdentityPlatform, now: datetime, provider: Provider | None = None) -> str:
    provider = provider or Provider(_client(platform.issuer))
    code, _ = platform.log_in(await provider.address(AWAY, now=now))
    return await provider.email(code, AWAY, issuer=platform.issuer, now=now)


def _run(now: datetime, spoil: Spoil) -> str:
    async def run() -> str:
        async with IdentityPlatform(now) as platform:
            spoil(platform)
            return await _told(platform, now)

    return asyncio.run(run())


def test_a_visit_ends_in_a_session_of_whoever_has_the_address(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)

    async def run() -> None:
        async with IdentityPlatform(now) as platform:
            provider = Provider(_client(platform.issuer))
            away = database.write(lambda db: oidc.depart(db, address=HOME, now=now))
            address = await provider.address(away, now=now)
            code, state = platform.log_in(address)
            assert away.browser not in address and state == away.state
            back = database.write(lambda db: oidc.arrive(db, state, away.browser, now=now))
            email = await provider.email(code, back, issuer=None, now=now)
            entered = database.write(
                lambda db: oidc.enter(db, email, agent=AGENT, browser=None, now=now)
            )
            found = database.read(lambda db: sessions.find(db, entered.token, now=now))
            assert found is not None
            assert (found.staff_id, found.how) == (hanako, How.OIDC)
            with pytest.raises(NotSignedIn):  # the code is used up there, the visit here
                await provider.email(code, back, issuer=None, now=now)
            with pytest.raises(NotSignedIn):
                database.write(lambda db: oidc.arrive(db, state, away.browser, now=now))

    asyncio.run(run())


def _claims(**told: Any) -> Spoil:
    return lambda platform: platform.claims.update(told)


def _unsigned(platform: IdentityPlatform) -> None:
    platform.unsigned = True


def _keyed(platform: IdentityPlatform) -> None:
    platform.header = {"alg": "HS256"}


def _other_key(platform: IdentityPlatform) -> None:
    platform.key = RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)


def _unknown_key(platform: IdentityPlatform) -> None:
    platform.header = {"alg": "RS256", "kid": "never heard of"}


NOW = int(datetime.fromisoformat("2026-11-22T05:00:00+00:00").timestamp())


@pytest.mark.parametrize(
    "spoil",
    [
        _claims(nonce="another visit's"),
        _claims(nonce=None),
        _claims(aud="another shop"),
        _claims(aud=None),
        _claims(aud=[CLIENT_ID, "another"]),
        _claims(azp="another"),
        _claims(iss="https://evil.example"),
        _claims(iss=None),
        _claims(sub=None),
        _claims(exp=NOW - 61),
        _claims(exp=None),
        _claims(exp="tomorrow"),
        _claims(iat=NOW + 120),
        _claims(nbf=NOW + 120),
        _claims(email_verified=False),
        _claims(email_verified=None),
        _claims(email_verified="true"),
        _claims(email=None),
        _claims(email=""),
        _claims(email=["hanako@example.jp"]),
        _unsigned,
        _keyed,
        _other_key,
        _unknown_key,
    ],
)
def test_a_token_that_is_not_the_providers_own_for_us_and_now_is_refused(
    now: datetime, spoil: Spoil
) -> None:
    with pytest.raises(NotSignedIn):
        _run(now, spoil)


@pytest.mark.parametrize(
    "spoil", [_claims(), _claims(aud=[CLIENT_ID]), _claims(aud=[CLIENT_ID, "b"], azp=CLIENT_ID)]
)
def test_a_good_token_tells_the_verified_address(now: datetime, spoil: Spoil) -> None:
    assert _run(now, spoil) == "Hanako@Example.jp"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda platform: setattr(platform, "status", 503),
        lambda platform: platform.discovery.update(issuer="https://evil.example"),
        lambda platform: platform.discovery.update(token_endpoint=None),
        lambda platform: platform.discovery.update(jwks_uri="file:///etc/passwd"),
        lambda platform: setattr(platform, "keys", []),
        lambda platform: setattr(platform, "issuer", "http://127.0.0.1:1"),
    ],
)
def test_a_provider_that_does_not_answer_as_it_must_is_told_as_such(
    now: datetime, spoil: Spoil
) -> None:
    with pytest.raises(ProviderUnavailable):
        _run(now, spoil)


def test_a_silent_provider_is_not_waited_for(now: datetime) -> None:
    async def run() -> None:
        async with IdentityPlatform(now) as platform:
            platform.waits = 30.0
            with pytest.raises(ProviderUnavailable):
                await asyncio.wait_for(_told(platform, now), oidc.SECONDS + 5)

    asyncio.run(run())


def test_a_code_from_another_visit_or_issuer_is_refused(now: datetime) -> None:
    """Somebody else's code, brought to this browser: its proof key is not this one's."""

    async def run() -> None:
        async with IdentityPlatform(now) as platform:
            provider = Provider(_client(platform.issuer))
            theirs = Away("their state", "their browser's secret")
            code, _ = platform.log_in(await provider.address(theirs, now=now))
            with pytest.raises(NotSignedIn):
                await provider.email(code, AWAY, issuer=None, now=now)
            code, _ = platform.log_in(await provider.address(AWAY, now=now))
            for told, issuer in (("", None), ("x" * 3_000, None), (code, "https://evil.example")):
                with pytest.raises(NotSignedIn):
                    await provider.email(told, AWAY, issuer=issuer, now=now)

    asyncio.run(run())


def test_what_the_provider_tells_is_kept_and_a_new_key_is_looked_for(now: datetime) -> None:
    async def run() -> None:
        async with IdentityPlatform(now) as platform:
            provider = Provider(_client(platform.issuer))
            for _ in range(3):
                await _told(platform, now, provider)
            assert platform.calls["/keys"] == 1
            assert platform.calls["/.well-known/openid-configuration"] == 1
            platform.key = RSAKey.generate_key(2048, {"kid": "second"}, auto_kid=False)
            platform.keys = [platform.key]
            platform.header = {"alg": "RS256", "kid": "second"}
            assert await _told(platform, now + MINUTE, provider)
            assert platform.calls["/keys"] == 2
            platform.header = {"alg": "RS256", "kid": "never heard of"}
            for _ in range(3):  # made-up names of keys ask the provider nothing
                with pytest.raises(NotSignedIn):
                    await _told(platform, now + MINUTE, provider)
            assert platform.calls["/keys"] == 2

    asyncio.run(run())


def test_a_visit_comes_back_once_in_time_and_in_its_own_browser(
    database: Database, now: datetime
) -> None:
    def depart() -> Away:
        return database.write(lambda db: oidc.depart(db, address=HOME, now=now))

    def arrive(state: str, browser: str | None, at: datetime = now) -> bool:
        try:
            database.write(lambda db: oidc.arrive(db, state, browser, now=at))
        except NotSignedIn:
            return False
        return True

    mine, other = depart(), depart()
    rows = database.read(lambda db: db.exec(select(OidcVisit)).all())
    assert mine.state not in str(rows) and mine.browser not in str(rows)
    assert mine.state not in repr(mine) and mine.browser not in repr(mine)
    for state, browser in (
        (mine.state, other.browser), (mine.state, None), (mine.state, ""), ("", mine.browser),
        (other.state, mine.browser), (mine.state, "x" * 9999), ("never left", mine.browser),
    ):  # fmt: skip
        assert not arrive(state, browser)
    assert arrive(mine.state, mine.browser)
    assert not arrive(mine.state, mine.browser)
    assert not arrive(other.state, other.browser, now + 10 * MINUTE)
    count = select(func.count()).select_from(OidcVisit)
    database.write(lambda db: oidc.sweep(db, now=now + 10 * MINUTE))
    assert database.read(lambda db: db.exec(count).one()) == 0


def test_nobody_is_created_and_who_left_does_not_come_in(database: Database, now: datetime) -> None:
    hanako = hire(database, now)

    def leave(db: Any) -> None:
        db.get_one(Staff, hanako).left_at = now

    database.write(leave)
    for email in ("hanako@example.jp", "stranger@example.jp", ""):
        with pytest.raises(NotSignedIn):
            database.write(
                lambda db, email=email: oidc.enter(  # type: ignore[misc]  # bound at once
                    db, email, agent=AGENT, browser=None, now=now
                )
            )
    assert database.read(lambda db: db.exec(select(func.count()).select_from(Staff)).one()) == 1


def test_visits_are_counted_for_each_source(database: Database, now: datetime) -> None:
    for _ in range(60):
        database.write(lambda db: oidc.depart(db, address=HOME, now=now))
    with pytest.raises(TooManyAttempts):
        database.write(lambda db: oidc.depart(db, address=HOME, now=now))
