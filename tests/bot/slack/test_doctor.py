"""What `akashi doctor` says of Slack's set-up."""

from bot.findings import Finding, State
from bot.slack.api import SlackApi
from bot.slack.doctor import examine
from tests.line_platform import in_loop
from tests.slack_platform import SlackPlatform


async def look(
    slack: SlackPlatform, *, token: str | None = None, channel: str = "", staff: int | None = None
) -> dict[str, Finding]:
    api = SlackApi(base=slack.base, token=token or slack.token)
    try:
        found = await examine(
            api,
            is_half_set=True,
            handoff_channel=channel,
            public_url="https://shop.example",
            staff=staff,
        )
    finally:
        await api.close()
    return {each.name: each for each in found}


@in_loop
async def test_a_whole_set_up_is_ok_and_says_what_slack_lets_nobody_read() -> None:
    async with SlackPlatform() as slack:
        found = await look(slack, channel=slack.add_channel())
        assert found["Slack token"] == Finding("Slack token", State.OK, "akashi in 質 ぎんざ")
        assert found["Slack scopes"].state is State.OK
        assert found["Slack handoff channel"].state is State.OK
        addresses = found["Slack request addresses"]
        assert "https://shop.example/slack/events" in addresses.what_to_do


@in_loop
async def test_a_channel_where_nobody_can_press_anything_is_told() -> None:
    async with SlackPlatform() as slack:
        room = slack.add_channel()
        assert "--slack" in (await look(slack, channel=room, staff=0))["Slack staff"].what_to_do
        assert (await look(slack, channel=room, staff=3))["Slack staff"].state is State.OK
        assert "Slack staff" not in await look(slack, staff=0)


@in_loop
async def test_what_is_missing_is_named() -> None:
    async with SlackPlatform() as slack:
        slack.scopes -= {"im:history"}
        found = await look(slack, channel=slack.add_channel(is_member=False))
        assert "im:history" in found["Slack scopes"].what_to_do
        assert found["Slack scopes"].state is State.BAD
        assert "/invite" in found["Slack handoff channel"].what_to_do
        assert (await look(slack))["Slack handoff channel"].state is State.OFF
        assert (await look(slack, channel="C0NOWHERE"))["Slack handoff channel"].state is State.BAD
        assert (await look(slack, token="xoxb-no"))["Slack token"].state is State.BAD
        await slack.go_away()
        assert "reached" in (await look(slack))["Slack token"].what_to_do


@in_loop
async def test_off_and_half_set_are_told_apart() -> None:
    for is_half_set, state in ((False, State.OFF), (True, State.BAD)):
        (only,) = await examine(None, is_half_set=is_half_set, handoff_channel="", public_url=None)
        assert only.state is state
