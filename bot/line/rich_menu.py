"""The default rich menu (リッチメニュー) under the chat: six things a customer can do today.

Data, a picture drawn from it, and an installation that may be run as often as wished: the menu's
name carries a digest of what it shows, so an unchanged menu is found again and a changed one
replaces its predecessor. Each tap says a plain sentence, which is understood like any other. Menus
by role come with the roles.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import structlog

from bot.line.api import LineApi
from bot.line.wire import Answer, LineTrouble
from catalog.ground.errors import Unavailable

WIDTH, HEIGHT = 2500, 1686
COLUMNS, ROWS = 3, 2
PICTURE_BYTES_MOST = 1_000_000
NAME_PREFIX = "akashi-main-"

_PAPER = (247, 244, 238)
_INK = (28, 27, 26)
_ACCENT = (31, 78, 70)
_RULE = (221, 214, 203)
_FONTS = "Noto Sans CJK JP, IPAexGothic, sans-serif"

log = structlog.get_logger()


class NoJapaneseFont(Unavailable):
    """The machine has no font for the menu's words (Debian: fonts-noto-cjk or fonts-ipaexfont)."""


@dataclass(frozen=True, slots=True)
class MenuButton:
    """One field: what it shows, a smaller second line, what the chat shows as said, and the button
    of a flow it stands for.
    """

    title: str
    below: str
    said: str
    data: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of `ROWS` × `COLUMNS` fields, read row by row."""

    bar: str
    buttons: tuple[MenuButton, ...]

    @property
    def name(self) -> str:
        """The same for the same menu, another for any other."""
        return NAME_PREFIX + hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:16]


DEFAULT_MENU = Menu(
    bar="メニュー",
    buttons=(
        MenuButton("動画を見る", "Condition video", "動画を見たい", "media.which"),
        MenuButton("商品を探す", "Find a piece", "商品を探したい", "pieces.which"),
        MenuButton("ご依頼の状況", "My requests", "依頼した動画の状況を知りたい", "media.mine"),
        MenuButton("担当者と話す", "Talk to a person", "担当者と話したい", "person.call"),
        MenuButton("使い方", "Help", "使い方を教えて", "help.show"),
        MenuButton("営業時間", "Opening hours", "営業時間を教えて", "shop.hours"),
    ),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation found or made."""

    rich_menu_id: str
    was_made: bool


def definition(menu: Menu) -> dict[str, Any]:
    """The menu as LINE wants it. Pure."""
    areas = [
        {
            "bounds": {"x": left, "y": top, "width": width, "height": height},
            "action": {
                "type": "postback",
                "label": button.title,
                "data": button.data,
                "displayText": button.said,
            },
        }
        for button, (left, top, width, height) in zip(menu.buttons, _fields(), strict=True)
    ]
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": menu.name,
        "chatBarText": menu.bar,
        "areas": areas,
    }


async def install(
    api: LineApi, *, menu: Menu = DEFAULT_MENU, draw: Callable[[Menu], bytes] | None = None
) -> Installed:
    """Make the menu the default of the channel. Repeating it changes nothing.

    Raises Unavailable (LINE, or no font). A menu whose picture could not be stored is completed
    next time.
    """
    held = await _held(api)
    rich_menu_id = held.get(menu.name)
    was_made = rich_menu_id is None
    if rich_menu_id is None:
        rich_menu_id = await _create(api, menu)
    if was_made or not await _has_picture(api, rich_menu_id):
        picture = await asyncio.to_thread(draw or draw_picture, menu)
        await _store_picture(api, rich_menu_id, picture)
    if await default_id(api) != rich_menu_id:
        path = f"/v2/bot/user/all/richmenu/{rich_menu_id}"
        _need_ok("set default rich menu", await api.call("rich menu default", "POST", path))
    for name, old_id in held.items():
        if name != menu.name:
            await api.call("rich menu delete", "DELETE", f"/v2/bot/richmenu/{old_id}")
    log.info("line.rich_menu_installed", rich_menu=rich_menu_id, was_made=was_made)
    return Installed(rich_menu_id, was_made)


async def default_id(api: LineApi) -> str | None:
    """The menu everybody sees who has none of their own; None when there is none."""
    answer = await api.call("rich menu default", "GET", "/v2/bot/user/all/richmenu")
    if answer.status == 404:
        return None
    found = _need_ok("get default rich menu", answer).fields().get("richMenuId")
    return found if isinstance(found, str) else None


def draw_picture(menu: Menu) -> bytes:
    """The menu as a JPEG of at most 1 MB, drawn with the machine's fonts. Raises NoJapaneseFont."""
    import pyvips

    flat, tall = _words(pyvips, "一", 80), _words(pyvips, "動", 80)
    if flat.height * 2 > tall.height:  # boxes for missing signs are all of one height
        raise NoJapaneseFont("no Japanese font")
    picture = _plain(pyvips, WIDTH, HEIGHT, _PAPER)
    for button, (left, top, width, height) in zip(menu.buttons, _fields(), strict=True):
        middle = top + height // 2
        picture = _stamp(
            picture, _words(pyvips, button.title, 96), left + width // 2, middle - 50, _INK
        )
        picture = _stamp(
            picture, _words(pyvips, button.below, 46), left + width // 2, middle + 90, _ACCENT
        )
    for column in range(1, COLUMNS):
        picture = picture.draw_rect(_RULE, column * WIDTH // COLUMNS, 0, 4, HEIGHT, fill=True)
    for row in range(1, ROWS):
        picture = picture.draw_rect(_RULE, 0, row * HEIGHT // ROWS, WIDTH, 4, fill=True)
    for quality in (90, 75, 50):
        jpeg = bytes(picture.jpegsave_buffer(Q=quality, keep="none"))
        if len(jpeg) <= PICTURE_BYTES_MOST:
            break
    return jpeg


def _fields() -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of each field; together they cover the picture without a gap."""
    lefts = [column * WIDTH // COLUMNS for column in range(COLUMNS + 1)]
    tops = [row * HEIGHT // ROWS for row in range(ROWS + 1)]
    return [
        (lefts[column], tops[row], lefts[column + 1] - lefts[column], tops[row + 1] - tops[row])
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def _words(pyvips: Any, text: str, pixels: int) -> Any:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return pyvips.Image.text(escaped, font=f"{_FONTS} {pixels}", dpi=72)


def _plain(pyvips: Any, width: int, height: int, colour: tuple[int, int, int]) -> Any:
    plain = pyvips.Image.black(width, height, bands=3).linear([1, 1, 1], list(colour))
    return plain.cast("uchar").copy(interpretation="srgb")


def _stamp(picture: Any, mask: Any, x: int, y: int, colour: tuple[int, int, int]) -> Any:
    """The mask in that colour with its middle at x, y."""
    left, top = x - mask.width // 2, y - mask.height // 2
    place = mask.embed(left, top, picture.width, picture.height)
    return place.ifthenelse(list(colour), picture, blend=True)


async def _held(api: LineApi) -> dict[str, str]:
    """Our menus on the channel, by name. Those of other hands are left alone."""
    fields = await api.read("rich menu list", "/v2/bot/richmenu/list")
    listed = fields.get("richmenus")
    menus = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {
        str(one["name"]): str(one["richMenuId"])
        for one in menus
        if str(one.get("name", "")).startswith(NAME_PREFIX) and one.get("richMenuId")
    }


async def _create(api: LineApi, menu: Menu) -> str:
    answer = await api.post("rich menu create", "/v2/bot/richmenu", definition(menu))
    made = _need_ok("create rich menu", answer).fields().get("richMenuId")
    if not isinstance(made, str) or not made:
        raise LineTrouble("create rich menu", answer.status, answer.request_id)
    return made


async def _has_picture(api: LineApi, rich_menu_id: str) -> bool:
    url = f"{api.data_base}/v2/bot/richmenu/{rich_menu_id}/content"
    async with api.download("rich menu picture", url) as download:
        return download.status == 200


async def _store_picture(api: LineApi, rich_menu_id: str, picture: bytes) -> None:
    url = f"{api.data_base}/v2/bot/richmenu/{rich_menu_id}/content"
    answer = await api.call(
        "rich menu picture",
        "POST",
        url,
        body=picture,
        content_type="image/jpeg",
        timeout_seconds=60,
    )
    _need_ok("store rich menu picture", answer)


def _need_ok(call: str, answer: Answer) -> Answer:
    if answer.status != 200:
        raise LineTrouble(call, answer.status, answer.request_id)
    return answer
