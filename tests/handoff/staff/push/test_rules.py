"""Properties of what a browser may name as its push service, and how long news are news."""

import base64
import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.staff.push import rules
from handoff.staff.push.rules import PushMalformed, checked, is_allowed, is_outside

POINT = base64.urlsafe_b64encode(b"\x04" + b"\x07" * 64).rstrip(b"=").decode()
SECRET = base64.urlsafe_b64encode(b"\x01" * 16).rstrip(b"=").decode()
SERVICES = (
    "https://fcm.googleapis.com/fcm/send/cXd:APA91bE",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA-_x",
    "https://wns2-am3p.notify.windows.com/w/?token=BQYAAAB%2f",
    "https://web.push.apple.com/QGx-1_y",
    "https://push.example.co.jp:443/x",
    "https://xn--fiqs8s.example.xn--p1ai/x",
)
INSIDE = (
    "http://fcm.googleapis.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://[fd00::1]/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://8.8.8.8/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://127.1/x",
    "https://localhost/x",
    "https://shop.localhost/x",
    "https://metadata.google.internal/x",
    "https://printer.local/x",
    "https://intranet/x",
    "https://push.example.com:8443/x",
    "https://push.example.com:22/x",
    "https://user@push.example.com/x",
    "https://user:word@push.example.com/x",
    "https://push.example.com/x#y",
    "https://push.example.com\\@127.0.0.1/x",
    "https://push.example.com /x",
    "https://push.example.com\n/x",
    "https://push.example.com./x",
    "https://プッシュ.example.com/x",
    "https:///x",
    "https://:443/x",
    "file:///etc/passwd",
    "gopher://push.example.com/x",
    "//push.example.com/x",
    "",
    "https://push.example.com/" + "x" * 1_000,
)


@pytest.mark.parametrize("endpoint", SERVICES)
def test_the_services_of_browsers_are_called(endpoint: str) -> None:
    assert is_allowed(endpoint)
    told = checked(endpoint, POINT, SECRET)
    assert (told.endpoint, len(told.p256dh), len(told.auth)) == (endpoint, 65, 16)


@pytest.mark.parametrize("endpoint", INSIDE)
def test_nothing_else_is(endpoint: str) -> None:
    assert not is_allowed(endpoint)
    with pytest.raises(PushMalformed):
        checked(endpoint, POINT, SECRET)


@given(st.text(max_size=60) | st.text(string.printable, max_size=60).map("https://{}".format))
def test_any_text_is_answered_and_an_allowed_one_is_https_by_a_name(endpoint: str) -> None:
    if is_allowed(endpoint):
        assert endpoint.lower().startswith("https://")
        with pytest.raises(ValueError, match="does not appear"):
            ipaddress.ip_address(endpoint[8:].partition("/")[0].partition(":")[0])


def test_an_origin_in_the_house_is_called_only_when_it_is_named() -> None:
    endpoint = "http://127.0.0.1:4040/push/x"
    assert not is_allowed(endpoint)
    assert is_allowed(endpoint, inside={"http://127.0.0.1:4040"})
    assert not is_allowed("http://127.0.0.1:4041/push/x", inside={"http://127.0.0.1:4040"})
    assert not is_allowed("http://a@127.0.0.1:4040/push/x", inside={"http://127.0.0.1:4040"})


PRIVATE = (
    st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="192.168.0.0/16")
    | st.ip_addresses(network="172.16.0.0/12") | st.ip_addresses(network="127.0.0.0/8")
    | st.ip_addresses(network="169.254.0.0/16") | st.ip_addresses(network="100.64.0.0/10")
    | st.ip_addresses(network="0.0.0.0/8") | st.ip_addresses(network="224.0.0.0/4")
)  # fmt: skip
HOME_6 = (
    st.ip_addresses(network="fc00::/7") | st.ip_addresses(network="fe80::/10")
    | st.ip_addresses(network="::/127") | st.ip_addresses(network="ff00::/8")
    | st.ip_addresses(network="2002::/16") | st.ip_addresses(network="2001:0::/32")
)  # fmt: skip


@given(PRIVATE)
def test_an_address_inside_is_inside_however_it_is_written(
    address: ipaddress.IPv4Address,
) -> None:
    assert not is_outside(str(address))
    assert not is_outside(f"::ffff:{address}")
    assert not is_outside(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address))))


@given(HOME_6)
def test_an_inner_address_of_the_new_kind_is_inside(address: ipaddress.IPv6Address) -> None:
    assert not is_outside(str(address))
    assert not is_outside(f"{address}%eth0")


@pytest.mark.parametrize(
    "address", ["142.250.196.106", "2404:6800:4004:801::200a", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_outside(address: str) -> None:
    assert is_outside(address)


@given(st.text(max_size=30))
def test_what_is_no_address_is_not_outside(told: str) -> None:
    assert is_outside(told) in {True, False}
    assert not is_outside("x" + told)


@pytest.mark.parametrize(
    ("point", "secret"),
    [
        ("", SECRET), (POINT, ""), (POINT[:-2], SECRET), (POINT, SECRET + "AA"), ("é" * 87, SECRET),
        (POINT.replace("B", "A", 1), SECRET), ("!" * 87, SECRET), (POINT * 10, SECRET),
    ],
)  # fmt: skip
def test_keys_that_are_none_are_refused(point: str, secret: str) -> None:
    with pytest.raises(PushMalformed):
        checked(SERVICES[0], point, secret)


@given(st.binary(max_size=100), st.binary(max_size=30))
def test_only_keys_of_the_right_form_pass(point: bytes, secret: bytes) -> None:
    one, other = (base64.urlsafe_b64encode(each).decode() for each in (point, secret))
    is_right = len(point) == 65 and point[0] == 4 and len(secret) == 16
    try:
        told = checked(SERVICES[0], one, other)
    except PushMalformed:
        assert not is_right
    else:
        assert is_right
        assert (told.p256dh, told.auth) == (point, secret)


def test_a_call_wakes_a_device_and_is_stale_after_an_hour() -> None:
    for what in ("called", "risen", "missed", "late", "silent", "assigned", "given_back"):
        life = rules.life_of(what)
        assert (life.urgency, life.useful.total_seconds()) == ("high", 3600)
    assert rules.life_of("captures").urgency == "normal"
    assert rules.life_of("test").useful < rules.life_of("called").useful
