"""What leaves for a browser is sealed for it, signed as the shop, and goes nowhere else: held
against a strict stand-in of a push service and the example of RFC 8291.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bot.push import WebPush
from bot.settings import SettingMalformed, load
from handoff.staff.push.port import Addressed, Answer, Answered
from handoff.staff.push.rules import Urgency
from tests.line_platform import in_loop
from tests.push_platform import PushPlatform, StandInBrowser, opened, raw

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
KEYS = (bytes(range(32)), bytes(range(1, 33)))
CONTACT = "mailto:shop@example.jp"
BODY = b'{"title":"\xe9\x80\x9a\xe7\x9f\xa5","tag":"T"}'


def service(push: PushPlatform, keys: tuple[bytes, ...] = KEYS[:1]) -> WebPush:
    return WebPush(keys, contact=CONTACT, inside=(push.origin,))


def to(browser: StandInBrowser, made: WebPush, **more: object) -> Addressed:
    told = browser.subscription["keys"]
    addressed = Addressed(
        endpoint=browser.endpoint,
        p256dh=raw(told["p256dh"]),
        auth=raw(told["auth"]),
        server_key=made.server_key.name,
        body=BODY,
        topic="01KA0000000000000000000000",
        ttl_seconds=3600,
        urgency=Urgency.HIGH,
    )
    return replace(addressed, **more)  # type: ignore[arg-type]  # of the right kinds


async def sent(made: WebPush, message: Addressed, now: datetime = NOW) -> Answered:
    try:
        return await made.send(message, now=now)
    finally:
        await made.close()


def test_the_stand_in_opens_the_example_of_the_standard() -> None:
    """RFC 8291, section 5 and appendix A."""
    secret = int.from_bytes(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    body = raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
        "y4a-fN"
    )
    key = ec.derive_private_key(secret, ec.SECP256R1())
    told = opened(body, key, raw("BTBZMqHH6r4Tts7J_aSIgg"))
    assert told == b"When I grow up, I want to be a watermelon"


def test_a_message_is_sealed_signed_and_taken() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
            answered = await sent(made, to(browser, made))
            assert (answered.answer, push.refused) == (Answer.TAKEN, [])
            [taken] = browser.taken
            assert taken.told == {"title": "通知", "tag": "T"}
            assert taken.headers["TTL"] == "3600"
            assert taken.headers["Urgency"] == "high"
            assert "Cookie" not in taken.headers

    story()


def test_the_length_tells_nothing_of_what_is_told() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
            for body in (b"{}", BODY, b'{"title":"' + b"a" * 300 + b'"}'):
                assert (await sent(made, to(browser, made, body=body))).answer is Answer.TAKEN
            assert len({taken.length for taken in browser.taken}) == 1

    story()


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ("404", Answer.GONE), ("410", Answer.GONE), ("429", Answer.LATER), ("500", Answer.LATER),
        ("503", Answer.LATER), ("reset", Answer.LATER), ("drop", Answer.LATER),
        ("400", Answer.REFUSED), ("403", Answer.REFUSED), ("413", Answer.REFUSED),
        ("away", Answer.REFUSED),
    ],
)  # fmt: skip
def test_what_a_service_answers_is_understood(how: str, answer: Answer) -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
            push.fail_next(how, retry_after=120)
            answered = await sent(made, to(browser, made))
            assert answered.answer is answer
            waits = 120.0 if how in {"429", "500", "503"} else None
            assert answered.retry_after_seconds == waits
            assert push.calls == 1  # nothing is followed, nothing tried again by itself

    story()


def test_a_service_that_nobody_reaches_is_tried_later() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
        assert (await sent(made, to(browser, made))).answer is Answer.LATER

    story()


def test_nothing_inside_the_house_is_called_whatever_it_is_called() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = WebPush(KEYS[:1], contact=CONTACT)
            browser = push.add_browser(key=made.server_key.public)
            port = push.origin.rpartition(":")[2]
            for endpoint in (
                browser.endpoint,
                f"https://127.0.0.1:{port}/push/x",
                f"https://localhost:{port}/push/x",
                "https://169.254.169.254/latest/meta-data",
                "https://[::1]/push/x",
                "https://metadata.internal/x",
            ):
                answered = await made.send(to(browser, made, endpoint=endpoint), now=NOW)
                assert answered.answer is Answer.GONE, endpoint
            await made.close()
            assert push.calls == 0

    story()


def test_a_name_of_outside_that_leads_inside_is_not_called() -> None:
    @in_loop
    async def story() -> None:
        seen: list[str] = []

        async def resolves(host: str, *_: object, **__: object) -> object:
            seen.append(host)
            return [(2, 1, 6, "", ("10.0.0.7", 443))]

        made = WebPush(KEYS[:1], contact=CONTACT)
        # The name service is the world outside; it is told by the loop.
        asyncio.get_running_loop().getaddrinfo = resolves  # type: ignore[assignment,method-assign]
        async with PushPlatform(clock=lambda: NOW) as push:
            browser = push.add_browser(key=made.server_key.public)
            answered = await sent(made, to(browser, made, endpoint="https://push.example.com/x"))
        assert answered == Answered(Answer.GONE, "its name leads inside the house")
        assert seen == ["push.example.com"]

    story()


def test_after_a_rotation_old_subscriptions_are_served_while_their_key_is_there() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            before = service(push)
            browser = push.add_browser(key=before.server_key.public)
            message = to(browser, before)
            rotating = service(push, (KEYS[1], KEYS[0]))
            assert rotating.server_key != before.server_key
            assert (await sent(rotating, message)).answer is Answer.TAKEN
            after = service(push, (KEYS[1],))
            assert (await sent(after, message)).answer is Answer.GONE
            assert len(browser.taken) == 1

    story()


def test_two_shops_and_two_processes_of_one_have_the_keys_they_should() -> None:
    ours, same, other = (WebPush((key,), contact=CONTACT) for key in (KEYS[0], KEYS[0], KEYS[1]))
    assert ours.server_key == same.server_key
    assert ours.server_key.public != other.server_key.public
    assert len(raw(ours.server_key.public)) == 65


def test_a_key_that_is_no_point_ends_the_browser_and_nothing_else() -> None:
    @in_loop
    async def story() -> None:
        async with PushPlatform(clock=lambda: NOW) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
            broken = to(browser, made, p256dh=b"\x04" + b"\x01" * 64)
            assert (await sent(made, broken)).answer is Answer.GONE
            assert push.calls == 0

    story()


def test_a_signature_is_fresh_at_any_hour() -> None:
    @in_loop
    async def story() -> None:
        later = NOW + timedelta(days=200)
        async with PushPlatform(clock=lambda: later) as push:
            made = service(push)
            browser = push.add_browser(key=made.server_key.public)
            assert (await sent(made, to(browser, made), later)).answer is Answer.TAKEN

    story()


@pytest.mark.parametrize("told", ["push.shop.lan", "ftp://push", "https://push.lan/path"])
def test_an_origin_that_is_none_stops_the_start(told: str) -> None:
    with pytest.raises(SettingMalformed, match="AKASHI_PUSH_INSIDE"):
        load(_env_file=None, push_inside=told)


def test_a_push_service_is_told_whom_it_may_turn_to() -> None:
    def contact(**given: str) -> str:
        return load(_env_file=None, **given).push_contact

    assert contact(contact_url=CONTACT, public_url="https://a.example") == CONTACT
    assert contact(contact_url="tel:+81300000000", public_url="https://a.example") == (
        "https://a.example"
    )
    assert contact() == ""
