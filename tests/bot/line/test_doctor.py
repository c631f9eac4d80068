"""The doctor says item by item how LINE is set up, and what to press."""

from typing import Any

import pytest

from bot.findings import Finding, State
from bot.line.api import open_api
from bot.line.doctor import examine, webhook_url
from bot.line.send import LineChannel
from tests.line_platform import LinePlatform, in_loop

PUBLIC = "https://shop.example.com"


async def _findings(line: LinePlatform, **more: Any) -> dict[str, Finding]:
    more.setdefault("access_token", line.access_token)
    api = open_api(base=line.base, data_base=line.data_base, timeout_seconds=1.0, **more)
    channel = LineChannel(api)
    found = await examine(channel, public_url=PUBLIC)
    await channel.close()
    return {finding.name: finding for finding in found}


@in_loop
async def test_a_channel_set_up_well_has_only_the_switches_line_does_not_tell() -> None:
    async with LinePlatform(quota_limit=200, default_rich_menu="richmenu-1") as line:
        line.webhook_endpoint = f"{PUBLIC}/line/webhook"
        found = await _findings(line)
        assert {name: finding.state for name, finding in found.items()} == {
            "line token": State.OK,
            "line webhook": State.OK,
            "line webhook call": State.OK,
            "line redelivery": State.WARN,
            "line auto-reply": State.WARN,
            "line quota": State.OK,
            "line rich menu": State.OK,
        }
        assert "「Webhookの再送」" in found["line redelivery"].what_to_do
        assert "「応答メッセージ」" in found["line auto-reply"].what_to_do


@pytest.mark.parametrize(
    ("facts", "name", "state", "words"),
    [
        ({}, "line webhook", State.BAD, "「Webhook URL」"),
        (
            {"webhook_endpoint": "https://old.example.com/line/webhook"},
            "line webhook",
            State.BAD,
            f"{PUBLIC}/line/webhook",
        ),
        (
            {"webhook_endpoint": f"{PUBLIC}/line/webhook", "webhook_active": False},
            "line webhook",
            State.BAD,
            "「Webhookの利用」",
        ),
        (
            {"webhook_test": {"success": False, "reason": "COULD_NOT_CONNECT", "statusCode": -1}},
            "line webhook call",
            State.BAD,
            "firewall",
        ),
        (
            {"webhook_test": {"success": False, "reason": "ERROR_STATUS_CODE", "statusCode": 401}},
            "line webhook call",
            State.BAD,
            "AKASHI_LINE_CHANNEL_SECRET",
        ),
        ({"chat_mode": "chat"}, "line auto-reply", State.WARN, "「チャット」"),
        ({"quota_limit": 200, "quota_used": 190}, "line quota", State.WARN, "10 of 200"),
        ({"quota_limit": 200, "quota_used": 201}, "line quota", State.BAD, "0 of 200"),
        ({}, "line quota", State.OK, "no limit"),
        ({}, "line rich menu", State.WARN, "「リッチメニュー」"),
    ],
)
def test_each_thing_amiss_is_named_with_its_switch(
    facts: dict[str, Any], name: str, state: State, words: str
) -> None:
    @in_loop
    async def story() -> None:
        async with LinePlatform(**facts) as line:
            finding = (await _findings(line))[name]
            assert finding.state is state
            assert words in finding.what_to_do

    story()


@in_loop
async def test_a_refused_token_ends_the_examination_there() -> None:
    async with LinePlatform() as line:
        found = await _findings(line, access_token="expired")
        assert list(found) == ["line token"]
        assert found["line token"].state is State.BAD
        assert "「チャネル基本設定」" in found["line token"].what_to_do


@in_loop
async def test_a_wrong_secret_is_told_from_a_line_out_of_reach() -> None:
    async with LinePlatform() as line:
        wrong: dict[str, Any] = {
            "access_token": None,
            "channel_id": line.channel_id,
            "channel_secrets": ["wrong"],
        }
        assert "no token" in (await _findings(line, **wrong))["line token"].what_to_do
        await line.go_away()
        assert "cannot be reached" in (await _findings(line))["line token"].what_to_do


@in_loop
async def test_trouble_on_the_way_is_a_warning_never_an_error() -> None:
    async with LinePlatform() as line:
        for name in ("endpoint", "webhook-test", "quota", "menu-default"):
            line.fail_next("reset", on=name, times=3)
        found = await _findings(line)
        assert found["line webhook call"].state is State.WARN
        assert found["line quota"].state is State.WARN
        assert found["line rich menu"].state is State.WARN


@in_loop
async def test_without_configuration_line_is_off() -> None:
    [finding] = await examine(None, public_url=PUBLIC)
    assert finding.state is State.OFF
    assert "AKASHI_LINE_CHANNEL_ID" in finding.what_to_do


@in_loop
async def test_without_a_public_address_the_webhook_is_bad_and_not_called() -> None:
    async with LinePlatform() as line:
        api = open_api(base=line.base, data_base=line.data_base, access_token=line.access_token)
        channel = LineChannel(api)
        found = {one.name: one for one in await examine(channel, public_url="http://10.0.0.1")}
        await channel.close()
        assert found["line webhook"].state is State.BAD
        assert found["line webhook call"].state is State.OFF
        assert "webhook-test" not in line.calls


@pytest.mark.parametrize(
    ("public", "wanted"),
    [
        ("https://a.jp", "https://a.jp/line/webhook"),
        ("https://a.jp/", "https://a.jp/line/webhook"),
        ("http://a.jp", None),
        ("https://", None),
        (None, None),
    ],
)
def test_the_webhook_stands_under_the_public_address(
    public: str | None, wanted: str | None
) -> None:
    assert webhook_url(public) == wanted
