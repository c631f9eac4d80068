"""`akashi doctor`: what is configured, reachable, missing, and what to press."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from bot.app import Shop, compose
from bot.backup import making
from bot.cli.log import summary, trusted_by
from bot.cli.opening import settings
from bot.cli.sizes import gigabytes
from bot.findings import Finding, State
from bot.line import doctor as line_doctor
from bot.mail import open_post
from bot.migrations.history import DatabaseBehind, need_current
from bot.settings import Settings
from bot.slack import doctor as slack_doctor
from bot.slack.api import SlackApi
from catalog.ground.errors import ShopError, Unavailable
from catalog.ground.session.database import DatabaseUnavailable
from handoff.console import scripts
from handoff.slack import queries as staff_slack
from media.decoding import ffmpeg
from media.intake import asides, disks
from media.intake.stations import Station
from media.log import authority, checkpoints
from media.log.checking import check
from media.log.keys import KeyRing, key_name
from media.originals.store import StoreUnavailable
from media.report import press
from media.retention import places, strays
from media.retention import queries as retention
from media.retention.queries import Standing, Usage
from media.retention.strays import Stray

_BACKUP_LATE = timedelta(days=7)
_SILENT = timedelta(minutes=10)
_LATE = timedelta(hours=26)  # a day, and time to be made in
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
        *_database(read),
        *_originals(read),
        *_backup(read),
        Finding("personal data key", State.OK, "set")
        if read.data_keys
        else Finding("personal data key", State.BAD, "set AKASHI_DATA_KEY (32 bytes in base64)"),
        Finding("public address", State.OK, read.public_url)
        if read.public_url
        else Finding("public address", State.BAD, "set AKASHI_PUBLIC_URL to your https address"),
        _ffmpeg(read),
        _certificates(read),
        Finding("language model", State.OK, f"{read.openai_model}, for a second opinion")
        if read.has_model
        else Finding("language model", State.OFF, "messages are understood without one"),
        _mail(read),
        _provider(read),
        _push(read),
        _keys(read),
        _authority(read),
    ]
    return [*findings, *_stations(read)]


def _stations(read: Settings) -> list[Finding]:
    """Whether each folder is there, and when it was last looked through (R-005)."""
    if not read.hot_folders:
        told = "set AKASHI_HOT_FOLDERS to the folders your cameras write to"
        return [Finding("hot folder", State.OFF, told)]
    try:
        shop = compose(read)
    except ShopError:
        return [_station(each, None, None, None) for each in read.hot_folders]
    try:
        need_current(shop.database)
        now = shop.clock()
        return [
            shop.database.read(
                lambda db, each=each: _station(  # type: ignore[misc]  # bound at once
                    each, asides.last_look(db, each.name), asides.last_disk(db, each.name), now
                )
            )
            for each in read.hot_folders
        ]
    except (DatabaseBehind, Unavailable):
        return [_station(each, None, None, None) for each in read.hot_folders]
    finally:
        shop.close()


def _station(
    station: Station, looked_at: datetime | None, disk: str | None, now: datetime | None
) -> Finding:
    """`now` None: what is in the database is not known."""
    told, name = f"{station.name}: {station.folder}", "hot folder"
    seen = f"last looked through at {looked_at:%Y-%m-%d %H:%M} UTC" if looked_at else ""
    if not station.folder.is_dir():
        return Finding(name, State.BAD, f"{told} is not a folder; {seen or 'never looked through'}")
    if not os.access(station.folder, os.R_OK | os.X_OK):
        return Finding(name, State.BAD, f"{told} may not be read by this user")
    if disks.is_away(station.folder, disk):
        return Finding(name, State.BAD, f"{told}: what lay at {disk} is not mounted; {seen}")
    if now is None:
        return Finding(name, State.OK, told)
    if looked_at is None:
        return Finding(name, State.WARN, f"{told}, never looked through; are the workers running?")
    state = State.WARN if now - looked_at > _SILENT else State.OK
    more = "; are the workers running?" if state is State.WARN else ""
    return Finding(name, state, f"{told}, {seen}{more}")


def _database(read: Settings) -> list[Finding]:
    try:
        shop = compose(read)
    except ShopError as wrong:
        return [Finding("database and store", State.BAD, str(wrong))]
    try:
        need_current(shop.database)
    except (DatabaseBehind, Unavailable) as behind:
        return [Finding("database", State.BAD, str(behind))]
    else:
        return [Finding("database", State.OK, shop.database.dialect), *_log(shop)]
    finally:
        shop.close()


def _log(shop: Shop) -> list[Finding]:
    """The evidence log, whole, and how old its last checkpoint is."""
    name = "evidence log"
    try:
        found = shop.database.read(lambda db: check(db, trusted=trusted_by(shop)))
    except ShopError as wrong:
        return [Finding(name, State.BAD, str(wrong))]
    if not found.is_whole:
        return [Finding(name, State.BAD, f"{found.problems[0]}; see: akashi log check")]
    now = shop.clock()
    last = shop.database.read(checkpoints.latest)
    late = shop.database.read(lambda db: checkpoints.unstamped(db, before=now - _LATE))
    if found.leaves and (last is None or now - last.made_at > _LATE):
        told = "the last checkpoint is older than a day; are the workers running?"
        return [Finding(name, State.WARN, told)]
    if late:
        told = f"{late} checkpoints wait for their time stamp; does AKASHI_TSA_URL answer?"
        return [Finding(name, State.WARN, told)]
    return [Finding(name, State.OK, summary(found))]


def _keys(read: Settings) -> Finding:
    name = "signing keys"
    keys = KeyRing(read.keys_dir, key_name(read.public_url))
    if not keys.has_any:
        return Finding(name, State.OFF, f"made at the first need, in {keys.place}")
    try:
        return Finding(name, State.OK, f"{keys.current().verifier.key_id} in {keys.place}")
    except ShopError as wrong:
        return Finding(name, State.BAD, str(wrong))


def _authority(read: Settings) -> Finding:
    if read.tsa_url:
        return Finding("time stamps", State.OK, read.tsa_url)
    told = "set AKASHI_TSA_URL to have checkpoints time-stamped by somebody outside (RFC 3161)"
    return Finding("time stamps", State.OFF, told)


def _backup(read: Settings) -> list[Finding]:
    """How old the last backup is, and the last show that it can be come back from (R-011)."""
    try:
        shop = compose(read)
    except ShopError:
        return []  # said already
    try:
        need_current(shop.database)
        standing, now = shop.database.read(making.standing), shop.clock()
    except (DatabaseBehind, Unavailable):
        return []  # said already
    finally:
        shop.close()
    return [
        _lately("backup", standing, standing.made_at, now, "akashi backup --to URL"),
        _lately("drill", standing, standing.drilled_at, now, "akashi restore --drill --from URL"),
    ]


def _lately(
    name: str, standing: making.Standing, at: datetime | None, now: datetime, run: str
) -> Finding:
    if standing.failed is not None and standing.failed[0] == name:
        _, why, when = standing.failed
        return Finding(name, State.BAD, f"failed at {when:%Y-%m-%d %H:%M} UTC, {why}; run: {run}")
    if at is None:
        return Finding(name, State.WARN, f"there is none yet; run: {run}")
    if now - at > _BACKUP_LATE:
        told = f"the last one is {(now - at).days} days old; run: {run}"
        return Finding(name, State.WARN, told)
    return Finding(name, State.OK, f"made at {at:%Y-%m-%d %H:%M} UTC")


def _originals(read: Settings) -> list[Finding]:
    """The places of originals, how much room there is (R-013), whether all are whole."""
    try:
        shop = compose(read)
    except ShopError:
        return []  # said already
    try:
        need_current(shop.database)
        now, names = shop.clock(), [each.name for each in shop.replicas.all]
        away, stores = _places(shop), [each.store for each in shop.replicas.all]
        space = places.space_in(stores)
        used = shop.database.read(lambda db: retention.usage(db, space, now=now))
        lying = shop.database.read(strays.standing)
        standing = shop.database.read(lambda db: retention.standing(db, names))
    except (DatabaseBehind, DatabaseUnavailable):
        return []  # said already
    finally:
        shop.close()
    findings = [*away, _room(used), _whole(standing), *_strays(lying)]
    if not read.media_replica_url:
        told = "set AKASHI_MEDIA_REPLICA_URL: with one place a damaged original cannot be repaired"
        return [*findings, Finding("second place", State.WARN, told)]
    waiting = standing.waiting.get("second", 0)
    told = f"{waiting} originals still to be copied" if waiting else "holds every original"
    return [*findings, Finding("second place", State.OK, told)]


def _places(shop: Shop) -> list[Finding]:
    """Which places are not there or do not answer."""
    findings = []
    for each in shop.replicas.all:
        try:
            for name in places.away([each.store]):
                told = (
                    f"the {name} place is not there, and nothing is done in it until it is: is its"
                    f" disk mounted? Where it is a new one: akashi media adopt {name}"
                )
                findings.append(Finding("place", State.BAD, told))
        except StoreUnavailable as silent:
            findings.append(Finding("place", State.BAD, f"the {each.name} place: {silent}"))
    return findings


def _strays(lying: Sequence[Stray]) -> list[Finding]:
    """What lies among the originals and nobody knows."""
    if not lying:
        return []
    told = (
        f"{len(lying)} objects nobody knows, the first {lying[0].key} in the {lying[0].place}"
        " place; what tells what it is comes in with: akashi media rebuild"
    )
    return [Finding("strays", State.WARN, told)]


def _room(used: Usage) -> Finding:
    told = (
        f"{used.originals} originals, {gigabytes(used.used)}, +{gigabytes(used.month_bytes)}/30 d"
    )
    days = used.fewest_days
    if days is None:
        return Finding("room", State.OK, told)
    where = " in the second place" if days != used.days_left else ""
    state = State.BAD if days < 14 else State.WARN if days < 60 else State.OK
    return Finding("room", state, f"{told}, {days} days left{where}")


def _whole(standing: Standing) -> Finding:
    if standing.lost:
        told = f"{len(standing.lost)} lost: akashi media check lists them"
        return Finding("originals", State.BAD, told)
    wrong = sum(
        count
        for states in standing.copies.values()
        for state, count in states.items()
        if state in ("damaged", "missing")
    )
    if wrong:
        return Finding("originals", State.WARN, f"{wrong} copies are wrong and not repaired yet")
    return Finding("originals", State.OK, "no copy is known to be wrong")


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


def _certificates(read: Settings) -> Finding:
    try:
        press.font_folders()
    except Unavailable as missing:
        return Finding("certificates", State.WARN, str(missing))
    if not read.public_url:
        told = "needs AKASHI_PUBLIC_URL; until then reports are issued and not printed"
        return Finding("certificates", State.OFF, told)
    return Finding("certificates", State.OK, f"signed with {read.keys_dir / authority.SEAL}")


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
