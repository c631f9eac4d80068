"""What is set up on LINE's side, and what to press where it is not.

Reads LINE's own settings by API and lets LINE call our webhook once. What LINE lets nobody read
(redelivery, auto-reply) is said as such, with the place of the switch. Never raises for what LINE
or the network did; printing and exit status are the command line's.
"""

from urllib.parse import urlsplit

from bot.findings import Finding, State
from bot.line import rich_menu
from bot.line.api import LineApi
from bot.line.send import LineChannel
from bot.line.tokens import NoToken
from bot.line.wire import Answer
from catalog.ground.errors import Unavailable

WEBHOOK_PATH = "/line/webhook"
LITTLE_LEFT = 0.1

_CONSOLE = "LINE Developers Console > the channel > 「Messaging API設定」"
_MANAGER = "LINE Official Account Manager > 「設定」 > 「応答設定」"


async def examine(channel: LineChannel | None, *, public_url: str | None) -> list[Finding]:
    """Look at LINE's set-up item by item. `channel` None: LINE is not configured."""
    if channel is None:
        advice = (
            "LINE is off. Set AKASHI_LINE_CHANNEL_ID and AKASHI_LINE_CHANNEL_SECRET "
            "(LINE Developers Console > the channel > 「チャネル基本設定」)."
        )
        return [Finding("line", State.OFF, advice)]
    token, info = await _token(channel.api)
    if info is None:
        return [token]
    return [
        token,
        await _webhook(channel.api, public_url),
        await _webhook_call(channel.api, public_url),
        _redelivery(),
        _auto_reply(info.fields().get("chatMode")),
        await _quota(channel),
        await _rich_menu(channel.api),
    ]


async def _token(api: LineApi) -> tuple[Finding, Answer | None]:
    name = "line token"
    again = (
        "Compare AKASHI_LINE_CHANNEL_ID and AKASHI_LINE_CHANNEL_SECRET with 「チャネル基本設定」, "
        f"or issue a new 「チャネルアクセストークン（長期）」 at {_CONSOLE} "
        "and set AKASHI_LINE_CHANNEL_ACCESS_TOKEN."
    )
    try:
        answer = await api.call("bot info", "GET", "/v2/bot/info")
    except NoToken:
        return Finding(
            name, State.BAD, f"LINE gives no token for this id and secret. {again}"
        ), None
    except Unavailable as error:
        advice = (
            f"LINE cannot be reached ({type(error).__name__}). Check the way out to {api.base}."
        )
        return Finding(name, State.BAD, advice), None
    if answer.status in (401, 403):
        return Finding(name, State.BAD, f"LINE refuses the token. {again}"), None
    if answer.status != 200:
        return Finding(name, State.BAD, f"LINE answers {answer.status}. Try again later."), None
    account = answer.fields().get("basicId", "?")
    return Finding(name, State.OK, f"The token works for {account}."), answer


async def _webhook(api: LineApi, public_url: str | None) -> Finding:
    name = "line webhook"
    wanted = webhook_url(public_url)
    if wanted is None:
        advice = "Set AKASHI_PUBLIC_URL to the https address at which LINE reaches this machine."
        return Finding(name, State.BAD, advice)
    try:
        answer = await api.call("webhook endpoint", "GET", "/v2/bot/channel/webhook/endpoint")
    except Unavailable as error:
        return _unreachable(name, error)
    fields = answer.fields()
    if answer.status == 404 or (answer.status == 200 and not fields.get("endpoint")):
        return Finding(
            name, State.BAD, f"No webhook is set. {_CONSOLE} > 「Webhook URL」: enter {wanted}."
        )
    if answer.status != 200:
        return Finding(name, State.WARN, f"LINE answers {answer.status}. Try again later.")
    if fields.get("endpoint") != wanted:
        advice = (
            f"LINE calls another address. {_CONSOLE} > 「Webhook URL」 > 「編集」: enter {wanted}."
        )
        return Finding(name, State.BAD, advice)
    if fields.get("active") is not True:
        advice = f"The address is right but not in use. {_CONSOLE} > switch on 「Webhookの利用」."
        return Finding(name, State.BAD, advice)
    return Finding(name, State.OK, f"LINE calls {wanted}.")


async def _webhook_call(api: LineApi, public_url: str | None) -> Finding:
    name = "line webhook call"
    wanted = webhook_url(public_url)
    if wanted is None:
        return Finding(name, State.OFF, "Not tried: AKASHI_PUBLIC_URL is not an https address.")
    try:
        answer = await api.post(
            "webhook test", "/v2/bot/channel/webhook/test", {"endpoint": wanted}
        )
    except Unavailable as error:
        return _unreachable(name, error)
    if answer.status == 429:
        return Finding(name, State.WARN, "Tried too often; LINE allows 60 test calls an hour.")
    fields = answer.fields()
    if answer.status == 200 and fields.get("success") is True:
        return Finding(name, State.OK, "LINE's own test call was answered.")
    reason = str(fields.get("reason") or answer.message or answer.status)
    advice = _CALL_ADVICE.get(
        reason, "Start akashi, then look at its log and at the proxy in front."
    )
    return Finding(name, State.BAD, f"LINE's test call failed ({reason}). {advice}")


def _redelivery() -> Finding:
    advice = (
        f"LINE does not tell whether it is on. {_CONSOLE} > switch on 「Webhookの再送」, "
        "or messages are lost while akashi is down."
    )
    return Finding("line redelivery", State.WARN, advice)


def _auto_reply(chat_mode: object) -> Finding:
    name = "line auto-reply"
    if chat_mode == "chat":
        advice = (
            "Chat is on, so people may be answered from two places. "
            f"{_MANAGER}: switch off 「チャット」 and 「応答メッセージ」, keep 「Webhook」 on."
        )
    else:
        advice = (
            "LINE does not tell whether its own auto-reply is on. "
            f"{_MANAGER}: switch off 「応答メッセージ」, keep 「Webhook」 on."
        )
    return Finding(name, State.WARN, advice)


async def _quota(channel: LineChannel) -> Finding:
    name = "line quota"
    try:
        quota = await channel.quota()
    except Unavailable as error:
        return _unreachable(name, error)
    if quota.limit is None:
        return Finding(name, State.OK, f"{quota.used} paid messages this month, no limit.")
    left = quota.limit - quota.used
    said = f"{max(left, 0)} of {quota.limit} paid messages are left this month."
    more = "LINE Official Account Manager > 「設定」 > 「利用と請求」 > 「月額プラン」 gives more."
    if left <= 0:
        return Finding(name, State.BAD, f"{said} Only free replies go out. {more}")
    if left < quota.limit * LITTLE_LEFT:
        return Finding(name, State.WARN, f"{said} {more}")
    return Finding(name, State.OK, said)


async def _rich_menu(api: LineApi) -> Finding:
    name = "line rich menu"
    try:
        found = await rich_menu.default_id(api)
    except Unavailable as error:
        return _unreachable(name, error)
    if found is None:
        advice = (
            "There is no default rich menu by API. Run `akashi menus install`, or make one in "
            "LINE Official Account Manager > 「トークルーム管理」 > 「リッチメニュー」."
        )
        return Finding(name, State.WARN, advice)
    return Finding(name, State.OK, f"The default rich menu is {found}.")


def webhook_url(public_url: str | None) -> str | None:
    """Where LINE must call; None without an https address."""
    if not public_url:
        return None
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.netloc:
        return None
    return public_url.rstrip("/") + WEBHOOK_PATH


def _unreachable(name: str, error: Unavailable) -> Finding:
    return Finding(name, State.WARN, f"LINE did not say ({type(error).__name__}). Try again later.")


_CALL_ADVICE = {
    "COULD_NOT_CONNECT": (
        "LINE cannot connect: check DNS, the firewall and the certificate of the address."
    ),
    "REQUEST_TIMEOUT": "No answer in time: check that akashi runs behind the address.",
    "ERROR_STATUS_CODE": (
        "The answer was not 200: check AKASHI_LINE_CHANNEL_SECRET "
        "and that the proxy leaves the body as it is."
    ),
    "UNCLASSIFIED": "Start akashi, then look at its log and at the proxy in front.",
}
