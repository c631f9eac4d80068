"""`akashi demo`: the whole product on this machine alone, with a stand-in for LINE and a shop to
play with.

Everything lies under one folder, `var/demo`, and goes with it. The product is composed as for
`serve`; only LINE's addresses point to the stand-in behind `/simulator`.
"""

import asyncio
import base64
import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bot import logs
from bot.app import NotServing, Shop, compose, entrance, serve, web_app, workers
from bot.demo import dealings, seeding, staff
from bot.demo.pieces import FOR_RETAILER, NOT_FILMED, SHOWN_FIRST
from bot.demo.seeding import Guest, People, Retailer
from bot.line import rich_menu
from bot.migrations import history
from bot.rulebook.book import begin_terms, begin_words
from bot.settings import Settings, load
from bot.simulator import personas
from bot.simulator.platform import Platform
from bot.simulator.routes import router
from bot.unit import Clock
from bot.workers.menus import follow_all
from catalog.duties.sealing import DataKeys
from catalog.ground.errors import Refused, Unavailable

FOLDER = Path("var/demo")
PUBLIC_URL = "https://demo.akashi.invalid"
SEED = "3"  # another number makes the next start seed anew
MISAKI_EMAIL = "misaki@example.com"
CHANNEL_ID = "2000000001"
HINTS = {
    personas.MISAKI.key: (
        f"{SHOWN_FIRST}の動画を見せて",
        "裏蓋アップで",
        f"{NOT_FILMED}の動画を見たい",
        "その金額で売ります",
        "委託どう?",
        "残高いくら?",
        "注文どこ?",
        "返品したい",
        "50万円以下の時計を選んで",
        "明日15時に来店したい",
    ),
    personas.EMMA.key: (
        f"Show me the film of {SHOWN_FIRST}",
        "Rolex Submariner",
        "I accept the offer",
        "How is my consignment doing?",
        "What's my store credit balance?",
        "Where is my order?",
        "I want to return it",
        "Help me choose a watch",
        "I want to talk to a person",
    ),
    personas.GINZA.key: (
        f"{FOR_RETAILER}の動画",
        f"{SHOWN_FIRST} 状態",
        f"{SHOWN_FIRST}を取り置きお願いします",
        "お客様に送れるリンクをください",
        "在庫のサブマリーナを見たい",
    ),
}
PEOPLE = People(
    channel="line",
    guests=(
        Guest(
            "C-10001",
            "佐藤",
            "美咲",
            "ja",
            personas.MISAKI.user_id,
            MISAKI_EMAIL,
            dealings.MISAKI,
        ),
        Guest(
            "C-10002",
            "Clarke",
            "Emma",
            "en",
            personas.EMMA.user_id,
            "emma@example.com",
            dealings.EMMA,
        ),
    ),
    retailer=Retailer("P-001", personas.GINZA.name, personas.GINZA.user_id),
)


class DemoRunning(Refused):
    """Another demo uses the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"another demo is running on {folder}; end it first")
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo lies and listens."""

    folder: Path
    host: str
    port: int

    @property
    def base_url(self) -> str:
        """Where this machine reaches it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", "localhost"} else self.host
        return f"http://{host}:{self.port}"

    @property
    def hot_folder(self) -> Path:
        """Watched for new captures."""
        return self.folder / "hotfolder"

    @property
    def spares(self) -> Path:
        """Captures to drop into it."""
        return self.folder / "try"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Forget the earlier demo and seed anew.")
def demo(host: str, port: int, fresh: bool) -> None:
    """Open a believable shop with a chat page that looks like LINE, on this machine alone."""
    place = Place(FOLDER, host, port)
    logs.configure("warning")
    _need_port(place)
    with _alone(place.folder):
        _prepare(place, fresh=fresh)
        shop = compose(settings(place))
        try:
            history.upgrade(shop.database.engine())
            begin_terms(shop.database, now=shop.clock())
            begin_words(shop.database, now=shop.clock())
            platform = open_platform(shop, place)
            app = web_app(
                shop,
                beside=lambda: _beside(shop, platform, place),
                more=lambda app: app.include_router(router(platform, shop.clock)),
            )

            def leaving() -> None:
                platform.feed.close()
                shop.leave()

            serve(app, host=host, port=port, leaving=leaving)
        finally:
            shop.close()
    click.echo("The demo has ended. `make demo` opens it again as it was.")


def settings(place: Place) -> Settings:
    """The demo's own settings, whatever the environment says; keys and secrets are kept in its
    folder.

    Raises SettingMalformed.
    """
    kept = _kept_secrets(place.folder)
    line = f"{place.base_url}/simulator/line"
    return load(
        AKASHI_DEMO=True,
        database_url=f"sqlite:///{place.folder / 'akashi.db'}",
        media_url=f"file://{(place.folder / 'media').absolute()}",
        s3_endpoint=None,
        accel_prefix=None,
        public_url=PUBLIC_URL,
        secret_key=kept["secret_key"],
        data_key=kept["data_key"],
        keys_dir=place.folder / "keys",
        hot_folders=(place.hot_folder,),
        line_channel_id=CHANNEL_ID,
        line_channel_secret=(kept["channel_secret"],),
        line_channel_access_token="",
        line_api_base=line,
        line_data_api_base=line,
    )


def open_platform(shop: Shop, place: Place) -> Platform:
    """The stand-in for LINE, with the demo's people on their phones."""
    return Platform(
        clock=shop.clock,
        base_url=place.base_url,
        public_url=PUBLIC_URL,
        channel_secret=shop.settings.line_channel_secret[0].get_secret_value(),
        channel_id=CHANNEL_ID,
        hints=HINTS,
    )


def seed(place: Place, *, clock: Clock, told: Callable[[int, int], None]) -> seeding.Seeded:
    """Fill the demo's folder: database, captures, spare films. Raises Unavailable."""
    shop = compose(settings(place), clock=clock)
    try:
        history.upgrade(shop.database.engine())
        begin_terms(shop.database, now=shop.clock())
        begin_words(shop.database, now=shop.clock())
        seeded = seeding.seed(
            entrance(shop, actor=seeding.BY),
            PEOPLE,
            place.folder / "shooting",
            keys=DataKeys(shop.settings.data_keys),
            now=clock(),
            told=told,
        )
        staff.hire(shop.database, by=seeding.BY, now=clock())
        seeding.lay_out_spares(place.spares, shop.settings.ffmpeg)
    finally:
        shop.close()
    place.hot_folder.mkdir(parents=True, exist_ok=True)
    return seeded


def _prepare(place: Place, *, fresh: bool) -> None:
    """Seed once; a half-seeded or outdated demo is seeded anew."""
    mark = place.folder / "seeded"
    if not fresh and mark.is_file() and mark.read_text().strip() == SEED:
        place.hot_folder.mkdir(parents=True, exist_ok=True)
        return
    _clear(place.folder)
    click.echo("Preparing the shop: pieces, photos and films…")
    began = time.monotonic()

    def told(done: int, of: int) -> None:
        click.echo(f"\r  {done} of {of} captures ready", nl=done == of)

    seeded = seed(place, clock=Clock(), told=told)
    mark.write_text(f"{SEED}\n")
    click.echo(
        f"  {seeded.units} pieces, {seeded.films} films, {seeded.stills} photos"
        f" in {time.monotonic() - began:.0f} s"
    )


def _clear(folder: Path) -> None:
    """Take away what a demo made, and nothing else that may lie there."""
    for path in folder.glob("akashi.db*"):
        path.unlink()
    for name in ("media", "keys", "shooting", "hotfolder", "try"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("seeded", "secrets"):
        (folder / name).unlink(missing_ok=True)


def _kept_secrets(folder: Path) -> dict[str, str]:
    """Made at the first start, readable by the owner alone."""
    path = folder / "secrets"
    if not path.is_file():
        made = {
            "data_key": base64.b64encode(os.urandom(32)).decode(),
            "secret_key": secrets.token_urlsafe(32),
            "channel_secret": secrets.token_hex(16),
        }
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def _need_port(place: Place) -> None:
    """Better now than after the seeding. Raises NotServing."""
    try:
        socket.create_server((place.host, place.port)).close()
    except OSError:
        raise NotServing(place.host, place.port) from None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two demos in one folder would seed under each other's feet. Raises DemoRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoRunning(folder) from None
        yield


@contextlib.asynccontextmanager
async def _beside(shop: Shop, platform: Platform, place: Place) -> AsyncIterator[None]:
    """The workers, from when the server answers: their LINE is this same server."""
    closing = asyncio.Event()
    living = asyncio.create_task(_live(shop, place, closing))
    try:
        yield
    finally:
        closing.set()
        await platform.close()
        await living


async def _live(shop: Shop, place: Place, closing: asyncio.Event) -> None:
    await _until_answering(place, closing)
    if closing.is_set():
        return
    async with workers(shop):
        click.echo(guide(place))
        furnishing = asyncio.create_task(_hang_menu(shop))
        await closing.wait()
        furnishing.cancel()
        await asyncio.gather(furnishing, return_exceptions=True)


async def _hang_menu(shop: Shop) -> None:
    """The rich menu under the chats. Without a Japanese font the demo goes without it."""
    if shop.line is None:
        return
    try:
        await rich_menu.install(shop.line.api)
        await shop.units.write(lambda db: follow_all(db, now=shop.clock()))
    except Unavailable as missing:
        click.echo(f"The chat's menu is left out: {missing}.")


async def _until_answering(place: Place, closing: asyncio.Event) -> None:
    host = place.base_url.removeprefix("http://").rpartition(":")[0]
    while not closing.is_set():
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, place.port)
            writer.close()
            return
        await asyncio.sleep(0.05)


def guide(place: Place) -> str:
    """What to open and what to try, in plain words."""
    spare = place.spares / f"{NOT_FILMED}_01.mp4"
    return f"""
The shop is open:  {place.base_url}/simulator

Three people stand there with their phones, and above each what to say. As 佐藤 美咲, write

  {SHOWN_FIRST}の動画を見せて      the film of a watch, at any hour
  裏蓋アップで                  its case back, close up
  {NOT_FILMED}の動画を見たい      not filmed yet: a time is promised; now film it:

      cp {spare} {place.hot_folder}/

and the film is in her chat a few seconds later. She and Emma also have, each in their own language,

  その金額で売ります    I accept the offer              a watch or bag they sent in, and our offer
  委託どう?             How is my consignment doing?    60 days on sale, with a guaranteed price
  値下げの件            I agree to the lower price      the shop proposes another price
  残高いくら?           What's my store credit balance? one lot with a last day, one without
  注文どこ?             Where is my order?              one on its way, one delivered: 返品したい
  サブマリーナを売りたい  I want to sell my Submariner    send any photos: a provisional range
  50万円以下の時計を選んで  Help me choose a watch          three pieces, chosen together
  銀座店はどこですか      Where is your store?            two stores; 明日15時に来店したい books
  好みを見せて          Show my tastes                  what was kept; 探し物一覧 lists wishes

To link a membership, end the link (連携を解除したい), write 会員連携したい and give the number of
an order and {MISAKI_EMAIL}; without a mail server the code is in

  AKASHI_DEMO=1 AKASHI_DATABASE_URL=sqlite:///{place.folder / "akashi.db"} akashi staff tasks

The retailer 銀座リテール also sees {FOR_RETAILER}, which nobody else can, holds pieces and passes
pages on. The clock above the phones moves the shop to 03:00.
Visitors without LINE write on the shop's own page:  {place.base_url}/chat

Whoever works here sees it all in the console:  {place.base_url}/console
as {staff.PEOPLE[0][2]} (owner) or {staff.PEOPLE[1][2]} (adviser), password: {staff.PASSWORD}
Say 人と話したい on a phone, and take the talk over there. A link made there begins with
{PUBLIC_URL}; here it opens at {place.base_url}

Any picture or film named like {NOT_FILMED}_02.mp4 may go into {place.hot_folder}/
Ctrl-C ends the demo; it opens again as it was, or anew with --fresh.
"""
