"""Passkeys, with a device in software that does what real ones do, and what thieves would try."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from catalog.duties.actors import Actor, Role
from catalog.ground.journal import Entry
from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import passkeys, sessions
from handoff.staff.attempts import TooManyAttempts
from handoff.staff.passkeys import (
    MOST_A_PERSON,
    PasskeyMissing,
    PasskeyNameMalformed,
    Site,
    TooManyPasskeys,
    site_of,
)
from handoff.staff.sessions import How, NotFresh, SignedIn
from handoff.staff.signing_in import Entered
from handoff.staff.tables import Passkey, PasskeyChallenge, Staff
from tests.handoff.staff.authenticator import Device, b64, raw
from tests.handoff.staff.people import ABROAD, AGENT, HOME, acting, hire

SITE = Site("shop.example", "https://shop.example")
MINUTE = timedelta(minutes=1)


def _session(database: Database, staff_id: StaffId, now: datetime) -> SignedIn:
    token = database.write(
        lambda db: sessions.begin(db, staff_id, how=How.INVITATION, agent=AGENT, now=now)
    )
    found = database.read(lambda db: sessions.find(db, token, now=now))
    assert found is not None
    return found


def _asked_to_create(database: Database, session: SignedIn, now: datetime) -> str:
    return database.write(lambda db: passkeys.begin_registration(db, session, SITE, now=now))


def _kept(
    database: Database, session: SignedIn, answer: str, now: datetime, name: str = "Mac"
) -> str | None:
    return database.write(
        lambda db: passkeys.finish_registration(db, session, answer, SITE, name=name, now=now)
    )


def _add(database: Database, session: SignedIn, now: datetime, device: Device) -> str:
    made = _kept(database, session, device.create(_asked_to_create(database, session, now)), now)
    assert made is not None
    return made


def _asked(database: Database, now: datetime, address: str = HOME) -> str:
    return database.write(
        lambda db: passkeys.begin_authentication(db, SITE, address=address, now=now)
    )


def _enter(
    database: Database, answer: str, now: datetime, site: Site = SITE, **more: Any
) -> Entered | None:
    return database.write(
        lambda db: passkeys.enter(db, answer, site, agent=AGENT, browser=None, now=now, **more)
    )


@pytest.fixture
def device() -> Device:
    return Device(SITE.origin)


def test_the_site_is_the_address_people_reach() -> None:
    assert site_of("https://shop.example") == SITE
    assert site_of("https://shop.example:8443/akashi").origin == "https://shop.example:8443"


def test_a_passkey_is_added_and_opens_a_session(
    database: Database, now: datetime, device: Device
) -> None:
    hanako = hire(database, now)
    before = _session(database, hanako, now)
    options = _asked_to_create(database, before, now)
    told = json.loads(options)
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["authenticatorSelection"]["residentKey"] == "required"
    assert raw(told["user"]["id"]).decode() == hanako
    assert _kept(database, before, device.create(options), now) is not None
    entered = _enter(database, device.get(_asked(database, now)), now)
    assert entered is not None
    session = database.read(lambda db: sessions.find(db, entered.token, now=now))
    assert session is not None
    assert (session.staff_id, session.how) == (hanako, How.PASSKEY)
    assert session.id != before.id
    key = database.read(lambda db: passkeys.known(db, hanako))[0]
    assert (key.name, key.added_at, key.used_at) == ("Mac", now, now)


def test_what_is_asked_tells_nobody_who_has_a_passkey(
    database: Database, now: datetime, device: Device
) -> None:
    before = json.loads(_asked(database, now))
    _add(database, _session(database, hire(database, now), now), now, device)
    after = json.loads(_asked(database, now))
    assert before.pop("challenge") != after.pop("challenge")
    assert before == after and not after.get("allowCredentials")


def test_an_answer_works_once_and_for_five_minutes(
    database: Database, now: datetime, device: Device
) -> None:
    _add(database, _session(database, hire(database, now), now), now, device)
    answer = device.get(_asked(database, now))
    assert _enter(database, answer, now) is not None
    assert _enter(database, answer, now) is None
    late = device.get(_asked(database, now))
    assert _enter(database, late, now + 5 * MINUTE) is None
    good = device.get(_asked(database, now))
    assert _enter(database, good, now + 5 * MINUTE - MINUTE / 60) is not None


def test_a_wrong_answer_uses_the_challenge_up_too(
    database: Database, now: datetime, device: Device
) -> None:
    _add(database, _session(database, hire(database, now), now), now, device)
    options = _asked(database, now)
    assert _enter(database, device.get(options, origin="https://shop.example.evil"), now) is None
    assert _enter(database, device.get(options), now) is None


def test_of_the_same_answer_twice_at_once_one_comes_in(
    database: Database, now: datetime, device: Device
) -> None:
    _add(database, _session(database, hire(database, now), now), now, device)
    for _ in range(5):
        answer = device.get(_asked(database, now))
        with ThreadPoolExecutor(4) as pool:
            came = list(pool.map(lambda _, a=answer: _enter(database, a, now), range(4)))  # type: ignore[misc]  # bound at once
        assert len([each for each in came if each is not None]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://shop.example.evil"},
        {"origin": "http://shop.example"},
        {"origin": "https://shop.example:8443"},
        {"rp_id": "evil.example"},
        {"rp_id": "example"},
        {"kind": "webauthn.create"},
        {"challenge": b64(b"a challenge nobody gave out, thirty-two")},
        {"challenge": ""},
    ],
)
def test_an_answer_for_another_site_or_another_purpose_opens_nothing(
    database: Database, now: datetime, device: Device, wrong: dict[str, str]
) -> None:
    _add(database, _session(database, hire(database, now), now), now, device)
    assert _enter(database, device.get(_asked(database, now), **wrong), now) is None
    assert _enter(database, device.get(_asked(database, now)), now) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://shop.example.evil"},
        {"rp_id": "evil.example"},
        {"kind": "webauthn.get"},
        {"challenge": b64(b"a challenge nobody gave out, thirty-two")},
    ],
)
def test_nothing_is_added_from_another_site(
    database: Database, now: datetime, device: Device, wrong: dict[str, str]
) -> None:
    session = _session(database, hire(database, now), now)
    options = _asked_to_create(database, session, now)
    assert _kept(database, session, device.create(options, **wrong), now) is None
    assert database.read(lambda db: passkeys.known(db, session.staff_id)) == []
    if "challenge" not in wrong:
        assert _kept(database, session, device.create(options), now) is None  # used up


def test_who_is_not_verified_by_the_device_does_not_come_in(
    database: Database, now: datetime
) -> None:
    session = _session(database, hire(database, now), now)
    careless = Device(SITE.origin, is_verified=False)
    answer = careless.create(_asked_to_create(database, session, now))
    assert _kept(database, session, answer, now) is None
    device = Device(SITE.origin)
    _add(database, session, now, device)
    device.is_verified = False
    assert _enter(database, device.get(_asked(database, now)), now) is None


def test_a_copied_device_opens_nothing_and_the_journal_tells(
    database: Database, now: datetime, device: Device
) -> None:
    hanako = hire(database, now)
    passkey_id = _add(database, _session(database, hanako, now), now, device)
    thief = device.copied()
    assert _enter(database, device.get(_asked(database, now)), now) is not None
    assert _enter(database, thief.get(_asked(database, now)), now) is None
    entries = database.read(
        lambda db: db.exec(select(Entry).where(Entry.verb == "passkey_suspect")).all()
    )
    assert [(each.subject, each.facts) for each in entries] == [
        (f"staff:{hanako}", {"passkey": passkey_id})
    ]
    assert _enter(database, device.get(_asked(database, now)), now) is not None


def test_a_device_that_does_not_count_comes_in_again_and_again(
    database: Database, now: datetime
) -> None:
    synced = Device(SITE.origin, counts=False)
    _add(database, _session(database, hire(database, now), now), now, synced)
    for _ in range(3):
        assert _enter(database, synced.get(_asked(database, now)), now) is not None
    began = synced.copied()
    began.counts = True
    assert _enter(database, began.get(_asked(database, now)), now) is not None
    assert _enter(database, synced.get(_asked(database, now)), now) is None


def test_a_strangers_key_under_a_known_name_opens_nothing(
    database: Database, now: datetime, device: Device
) -> None:
    hanako = hire(database, now)
    passkey_id = _add(database, _session(database, hanako, now), now, device)
    stranger = Device(SITE.origin, credential_id=device.credential_id, count=1_000)
    stranger.user_handle = device.user_handle
    assert _enter(database, stranger.get(_asked(database, now)), now) is None
    unknown = Device(SITE.origin, user_handle=device.user_handle)
    assert _enter(database, unknown.get(_asked(database, now)), now) is None
    device.user_handle = b64(b"somebody else")
    assert _enter(database, device.get(_asked(database, now)), now) is None
    assert database.read(lambda db: db.get_one(Passkey, passkey_id)).sign_count == 1


def test_a_challenge_is_for_one_person_and_one_purpose(
    database: Database, now: datetime, device: Device
) -> None:
    hanako, jiro = hire(database, now), hire(database, now, "鈴木 次郎", email=None)
    mine, other = _session(database, hanako, now), _session(database, jiro, now)
    answer = device.create(_asked_to_create(database, mine, now))
    assert _kept(database, other, answer, now) is None
    signing_in = json.loads(_asked(database, now))["challenge"]
    options = json.loads(_asked_to_create(database, mine, now))
    options["challenge"] = signing_in
    assert _kept(database, mine, device.create(json.dumps(options)), now) is None
    assert _kept(database, mine, answer, now) is not None


def test_several_devices_are_named_listed_renamed_and_removed(
    database: Database, now: datetime
) -> None:
    hanako = hire(database, now)
    session = _session(database, hanako, now)
    devices = [Device(SITE.origin) for _ in range(2)]
    first, second = (_add(database, session, now + MINUTE * n, d) for n, d in enumerate(devices))
    held = json.loads(_asked_to_create(database, session, now))["excludeCredentials"]
    assert {each["id"] for each in held} == {b64(each.credential_id) for each in devices}
    again = devices[0].create(_asked_to_create(database, session, now))
    assert _kept(database, session, again, now) is None
    database.write(lambda db: passkeys.rename(db, first, session.actor, " 店のMac "))
    told = database.read(lambda db: passkeys.known(db, hanako))
    assert [(each.id, each.name) for each in told] == [(first, "店のMac"), (second, "Mac")]
    stranger = acting(hire(database, now, "鈴木 次郎", email=None))
    for verb in (
        lambda db: passkeys.rename(db, first, stranger, "mine"),
        lambda db: passkeys.remove(db, first, stranger, now=now),
        lambda db: passkeys.remove(db, "none", session.actor, now=now),
    ):
        with pytest.raises(PasskeyMissing):
            database.write(verb)
    for name in ("", " ", "x" * 61):
        with pytest.raises(PasskeyNameMalformed):
            database.write(lambda db, name=name: passkeys.rename(db, first, session.actor, name))  # type: ignore[misc]  # bound at once
    database.write(lambda db: passkeys.remove(db, first, session.actor, now=now))
    assert _enter(database, devices[0].get(_asked(database, now)), now) is None
    assert _enter(database, devices[1].get(_asked(database, now)), now) is not None
    owner = Actor("owner", Role.OWNER)
    database.write(lambda db: passkeys.remove(db, second, owner, now=now))
    assert _enter(database, devices[1].get(_asked(database, now)), now) is None


def test_a_session_left_open_adds_no_passkey(
    database: Database, now: datetime, device: Device
) -> None:
    session = _session(database, hire(database, now), now)
    with pytest.raises(NotFresh):
        _asked_to_create(database, session, now + 15 * MINUTE)
    with pytest.raises(PasskeyNameMalformed):
        _kept(database, session, device.create(_asked_to_create(database, session, now)), now, "")


def test_a_person_has_twenty_passkeys_at_most(database: Database, now: datetime) -> None:
    session = _session(database, hire(database, now), now)
    for _ in range(MOST_A_PERSON):
        _add(database, session, now, Device(SITE.origin))
    with pytest.raises(TooManyPasskeys):
        _asked_to_create(database, session, now)


def test_who_left_does_not_come_in(database: Database, now: datetime, device: Device) -> None:
    hanako = hire(database, now)
    _add(database, _session(database, hanako, now), now, device)
    answer = device.get(_asked(database, now))

    def leave(db: Any) -> None:
        db.get_one(Staff, hanako).left_at = now

    database.write(leave)
    assert _enter(database, answer, now) is None


def test_challenges_are_asked_for_so_often_and_swept(database: Database, now: datetime) -> None:
    for _ in range(60):
        _asked(database, now, ABROAD)
    with pytest.raises(TooManyAttempts):
        _asked(database, now, ABROAD)
    options = json.loads(_asked(database, now, HOME))
    count = select(func.count()).select_from(PasskeyChallenge)
    rows = database.read(lambda db: db.exec(select(PasskeyChallenge)).all())
    assert options["challenge"] not in str(rows)
    database.write(lambda db: passkeys.sweep(db, now=now + 4 * MINUTE))
    assert database.read(lambda db: db.exec(count).one()) == 61
    database.write(lambda db: passkeys.sweep(db, now=now + 5 * MINUTE))
    assert database.read(lambda db: db.exec(count).one()) == 0


_leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
_json = st.recursive(
    _leaf, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each),
    max_leaves=6,
)  # fmt: skip
_turns = itertools.count(1)
_PARTS = ("id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature",
    "userHandle", "attestationObject", "authenticatorAttachment")  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(part=st.sampled_from(_PARTS), value=_json, at=st.integers(0, 400), byte=st.integers(1, 255))
def test_whatever_a_device_sends_is_refused_without_a_fault(
    database: Database, now: datetime, part: str, value: Any, at: int, byte: int
) -> None:
    """One part replaced by anything, or one byte of a part changed."""
    turn = next(_turns)
    staff_id = hire(database, now, f"person {turn}", email=None)
    session = _session(database, staff_id, now)
    spoilers = (
        lambda answer: _replaced(answer, part, value),
        lambda answer: _changed(answer, part, at, byte),
    )
    for spoil in spoilers:  # what no signature covers may be taken, or not; it is never a fault
        answer = Device(SITE.origin).create(_asked_to_create(database, session, now))
        _kept(database, session, json.dumps(spoil(json.loads(answer))), now)
    device = Device(SITE.origin)
    _add(database, session, now, device)
    for number, spoil in enumerate(spoilers):
        later = now + MINUTE * (turn * 3 + number)  # so that nobody asks too often
        answer = device.get(_asked(database, later))
        spoilt = spoil(json.loads(answer))
        came = _enter(database, json.dumps(spoilt), later)
        assert (came is not None) == (spoilt == json.loads(answer))
    answer = device.get(_asked(database, later))
    assert _enter(database, answer, later) is not None


def _replaced(answer: dict[str, Any], part: str, value: Any) -> dict[str, Any]:
    if part in answer["response"] and value is not None:
        return {**answer, "response": {**answer["response"], part: value}}
    return {**answer, part: value} if part in answer else answer


def _changed(answer: dict[str, Any], part: str, at: int, byte: int) -> dict[str, Any]:
    told = answer["response"].get(part)
    if told is None:
        return answer
    data = bytearray(raw(told))
    data[at % len(data)] ^= byte
    return {**answer, "response": {**answer["response"], part: b64(bytes(data))}}
