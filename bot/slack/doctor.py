"""What is set up on Slack's side, and what to press where it is not.

Slack tells a bot its own name, its scopes and its channels; the request addresses and event
subscriptions it lets no bot read, so they are said as such. Never raises for what Slack or the
network did.
"""

from bot.findings import Finding, State
from bot.slack.api import SlackApi, SlackTrouble
from bot.slack.app import PATH
from catalog.ground.errors import Unavailable

APP_PAGE = "https://api.slack.com/apps > your app"
# As in docs/slack-setup.md, with what each is for.
SCOPES = {
    "app_mentions:read": "hears when it is mentioned",
    "channels:history": "finds its own letters in channels, hears what is taken back",
    "channels:read": "sees whether it is in the handoff channel",
    "chat:write": "writes",
    "commands": "hears /akashi",
    "files:read": "fetches what people send",
    "files:write": "copies what customers send into their threads",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "im:history": "hears direct messages",
    "im:write": "opens direct messages",
    "metadata.message:read": "knows its own letters",
}


async def examine(
    api: SlackApi | None,
    *,
    is_half_set: bool,
    handoff_channel: str,
    public_url: str | None,
    staff: int | None = None,
) -> list[Finding]:
    """Look at Slack's set-up item by item. `api` None: Slack is not configured. `staff`: how many
    of the shop are known on Slack, where that is known.
    """
    if api is None and is_half_set:
        told = "set both AKASHI_SLACK_BOT_TOKEN and AKASHI_SLACK_SIGNING_SECRET"
        return [Finding("Slack", State.BAD, told)]
    if api is None:
        told = "Slack is off. Set AKASHI_SLACK_BOT_TOKEN and AKASHI_SLACK_SIGNING_SECRET"
        return [Finding("Slack", State.OFF, told)]
    findings = await _token(api)
    if findings[0].state is State.OK:
        findings.append(await _handoff(api, handoff_channel))
    if handoff_channel and staff is not None:
        findings.append(_staff(staff))
    address = f"{public_url}{PATH}" if public_url else f"AKASHI_PUBLIC_URL{PATH}"
    told = (
        f"Slack lets no bot read them: {APP_PAGE} > Event Subscriptions, Interactivity and each of"
        f" the Slash Commands (/akashi /handoff /item /credit) must name {address}"
    )
    return [*findings, Finding("Slack request addresses", State.WARN, told)]


async def _token(api: SlackApi) -> list[Finding]:
    try:
        answer = await api.ask("auth.test")
    except SlackTrouble as trouble:
        told = f"Slack answers {trouble.error}: {APP_PAGE} > OAuth & Permissions, copy the token"
        return [Finding("Slack token", State.BAD, told)]
    except Unavailable as failed:
        return [Finding("Slack token", State.BAD, f"Slack cannot be reached: {failed}")]
    who = f"{answer.fields.get('user')} in {answer.fields.get('team')}"
    missing = sorted(SCOPES.keys() - answer.scopes)
    scopes = Finding("Slack scopes", State.OK, "all there")
    if missing:
        listed = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        told = f"missing: {listed}. {APP_PAGE} > OAuth & Permissions, add them, install again"
        scopes = Finding("Slack scopes", State.BAD, told)
    return [Finding("Slack token", State.OK, who), scopes]


def _staff(count: int) -> Finding:
    if count:
        return Finding("Slack staff", State.OK, f"{count} known by their Slack id")
    told = "nobody can claim or answer there: akashi staff add NAME --role ROLE --slack U…"
    return Finding("Slack staff", State.BAD, told)


async def _handoff(api: SlackApi, channel: str) -> Finding:
    name = "Slack handoff channel"
    if not channel:
        told = "set AKASHI_SLACK_HANDOFF_CHANNEL to show waiting customers to staff there"
        return Finding(name, State.OFF, told)
    try:
        found = (await api.ask("conversations.info", channel=channel)).fields.get("channel") or {}
    except SlackTrouble as trouble:
        return Finding(name, State.BAD, f"Slack answers {trouble.error} for {channel}")
    except Unavailable as failed:
        return Finding(name, State.BAD, f"Slack cannot be reached: {failed}")
    if found.get("is_member") is not True:
        told = f"the bot is not in #{found.get('name')}: write /invite @akashi there"
        return Finding(name, State.BAD, told)
    return Finding(name, State.OK, f"#{found.get('name')}")
