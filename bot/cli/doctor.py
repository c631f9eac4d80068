"""`akashi doctor`: what is configured, reachable, missing, and what to press."""

import asyncio

import click

from bot.app import compose
from bot.cli.opening import settings
from bot.findings import Finding, State
from bot.line import doctor as line_doctor
from bot.mail import open_post
from bot.migrations.history import DatabaseBehind, need_current
from bot.settings import Settings
from bot.slack import doctor as slack_doctor
from bot.slack.api import SlackApi
from catalog.ground.errors import ShopError, Unavailable
from handoff.console import scripts
from handoff.slack import queries as staff_slack
from media.decoding import ffmpeg

_MARK = {State.OK: "ok  ", State.WARN: "warn", State.BAD: "BAD ", State.OFF: "off "}


@click.command()
def doctor() -> int:
    """Look at the set-up item by item. Exit status 1 when something is bad."""
    read = settings(log_level="error")
    findings = [*_own(read), *asyncio.run(_line(read)), *asyncio.run(_slack(read))]
    for finding in findings:
        click.echo(f"{_MARK[finding.state]}  {finding.name}: {finding.what_to_do}")
    return 1 if any(finding.state is State.BAD for finding in findings) else 0


def _own(read: Settings) -> list[Finding]:
    findings = [
        _database(read),
        Finding("personal data key", State.OK, "set")
        if read.data_keys
        else Finding("personal data key", State.BAD, "set AKASHI_DATA_KEY (32 bytes in base64)"),
        Finding("public address", State.OK, read.public_url)
        if read.public_url
        else Finding("public address", State.BAD, "set AKASHI_PUBLIC_URL to your https address"),
        _ffmpeg(read),
        Finding("language model", State.OK, f"{read.openai_model}, for a second opinion")
        if read.has_model
        else Finding("language model", State.OFF, "messages are understood without one"),
        _mail(read),
        _provider(read),
        _push(read),
    ]
    for folder in read.hot_folders:
        if folder.is_dir():
            findings.append(Finding("hot folder", State.OK, str(folder)))
        else:
            findings.append(Finding("hot folder", State.BAD, f"{folder} is not a folder"))
    if not read.hot_folders:
        told = "set AKASHI_HOT_FOLDERS to the folders your cameras write to"
        findings.append(Finding("hot folder", State.OFF, told))
    return findings


def _database(read: Settings) -> Finding:
    try:
        shop = compose(read)
    except ShopError as wrong:
        return Finding("database and store", State.BAD, str(wrong))
    try:
        need_current(shop.database)
    except (DatabaseBehind, Unavailable) as behind:
        return Finding("database", State.BAD, str(behind))
    finally:
        shop.close()
    return Finding("database", State.OK, shop.database.dialect)


def _mail(read: Settings) -> Finding:
    post = open_post(read.smtp_url.get_secret_value())
    if post is None:
        told = "set AKASHI_SMTP_URL; until then staff give out codes (akashi staff link-code)"
        return Finding("mail", State.OFF, told)
    return Finding("mail", State.OK, f"{post.host}:{post.port} as {post.sender}")


def _provider(read: Settings) -> Finding:
    if read.has_oidc:
        return Finding("identity provider", State.OK, read.oidc_issuer)
    secret = read.oidc_client_secret.get_secret_value()
    if read.oidc_issuer or read.oidc_client_id or secret:
        told = "set AKASHI_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET, all three, and PUBLIC_URL"
        return Finding("identity provider", State.BAD, told)
    return Finding("identity provider", State.OFF, "staff come in by password or passkey")


def _push(read: Settings) -> Finding:
    if not (read.data_keys and read.push_contact):
        told = (
            "needs AKASHI_DATA_KEY and AKASHI_PUBLIC_URL; until then Slack and open consoles call"
        )
        return Finding("web push", State.OFF, told)
    if scripts.worker() is None:
        return Finding("web push", State.WARN, "the console's scripts are not built (npm)")
    told = f"staff turn it on at {read.public_url}/console/me, in each of their browsers"
    return Finding("web push", State.OK, told)


def _ffmpeg(read: Settings) -> Finding:
    try:
        return Finding("ffmpeg", State.OK, str(ffmpeg.find(read.ffmpeg)))
    except Unavailable as missing:
        return Finding("ffmpeg", State.BAD, str(missing))


async def _line(read: Settings) -> list[Finding]:
    if not read.has_line:
        return await line_doctor.examine(None, public_url=read.public_url or None)
    shop = compose(read)
    try:
        found = await line_doctor.examine(shop.line, public_url=read.public_url or None)
    finally:
        if shop.line is not None:
            await shop.line.close()
        shop.close()
    return found


async def _slack(read: Settings) -> list[Finding]:
    token, secret = read.slack_bot_token.get_secret_value(), read.slack_signing_secret
    api = SlackApi(base=read.slack_api_base, token=token) if read.has_slack else None
    try:
        return await slack_doctor.examine(
            api,
            is_half_set=bool(token or secret.get_secret_value()),
            handoff_channel=read.slack_handoff_channel,
            public_url=read.public_url or None,
            staff=_staff_on_slack(read) if api is not None else None,
        )
    finally:
        if api is not None:
            await api.close()


def _staff_on_slack(read: Settings) -> int | None:
    """How many of the shop are known on Slack; None where the database cannot be asked."""
    try:
        shop = compose(read)
    except ShopError:
        return None
    try:
        need_current(shop.database)
        return shop.database.read(staff_slack.staff_known)
    except (DatabaseBehind, Unavailable):
        return None
    finally:
        shop.close()
