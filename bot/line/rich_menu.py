"""The rich menus (リッチメニュー) under the chat (R-174): one for each role and language.

Data, pictures drawn from it, and an installation that may be run as often as wished: a menu's name
carries a digest of what it shows, so an unchanged menu is found again and a changed one replaces
its predecessor. Each tap is the button of a flow. Everybody sees the first menu, a visitor's in
Japanese; who shall see another one is linked to it (`show`, called by `bot/workers/menus`).
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import orjson
import structlog

from bot.line.api import LineApi
from bot.line.wire import Answer, LineTrouble
from catalog.ground.errors import Unavailable

WIDTH, HEIGHT = 2500, 1686
COLUMNS, ROWS = 3, 2
PICTURE_BYTES_MOST = 1_000_000
NAME_PREFIX = "akashi-main-"

_FONTS = "Noto Sans CJK JP, IPAexGothic, sans-serif"
_WORDS_WIDEST = WIDTH // COLUMNS - 120
_ICON = 190

log = structlog.get_logger()


class NoJapaneseFont(Unavailable):
    """The machine has no font for the menu's words (Debian: fonts-noto-cjk or fonts-ipaexfont)."""


class Role(StrEnum):
    """Who looks at the menu, as far as the registers know."""

    VISITOR = "visitor"
    CUSTOMER = "customer"
    RETAILER = "retailer"


@dataclass(frozen=True, slots=True)
class MenuButton:
    """One field: its drawing, what it shows, a smaller second line, what the chat shows as said,
    and the button of a flow it stands for.
    """

    icon: str
    title: str
    below: str
    said: str
    data: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of `ROWS` × `COLUMNS` fields, read row by row."""

    role: Role
    lang: str
    bar: str
    buttons: tuple[MenuButton, ...]

    @property
    def name(self) -> str:
        """The same for the same menu, another for any other."""
        shown = orjson.dumps([asdict(self), [_ICONS[each.icon] for each in self.buttons]])
        digest = hashlib.sha256(shown).hexdigest()[:16]
        return f"{NAME_PREFIX}{self.role}-{self.lang}-{digest}"


@dataclass(frozen=True, slots=True)
class _Colours:
    paper: tuple[int, int, int]
    ink: tuple[int, int, int]
    accent: tuple[int, int, int]
    rule: tuple[int, int, int]


_COLOURS = {
    Role.VISITOR: _Colours((247, 244, 238), (28, 27, 26), (31, 78, 70), (221, 214, 203)),
    Role.CUSTOMER: _Colours((24, 58, 52), (250, 247, 240), (212, 187, 132), (58, 92, 84)),
    Role.RETAILER: _Colours((32, 33, 38), (246, 245, 242), (176, 186, 204), (66, 68, 76)),
}

# Line drawings on a field of 24 × 24.
_ICONS = {
    "film": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M10 9l5.5 3-5.5 3z"/>',
    "find": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "sell": '<path d="M3.5 12V4.5A1 1 0 014.5 3.5H12l8.5 8.5-8.5 8.5z"/>'
    '<circle cx="8" cy="8" r="1.4"/>',
    "store": '<path d="M12 21.5c4-4.6 7-8 7-11.5a7 7 0 10-14 0c0 3.5 3 6.9 7 11.5z"/>'
    '<circle cx="12" cy="10" r="2.5"/>',
    "help": '<circle cx="12" cy="12" r="9"/><path d="M9.3 9.5a2.8 2.8 0 115 1.9c-1 .9-2.3 '
    '1.3-2.3 2.8M12 17v.2"/>',
    "person": '<path d="M4 4h16v12.5h-8.5L7 20.5v-4H4z"/><path '
    'd="M8.5 10.3h.1M12 10.3h.1M15.5 10.3h.1" stroke-width="1.8"/>',
    "page": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.6-4.4 3.8-6.5 8-6.5s7.4 2.1 8 6.5"/>',
    "consigned": '<path d="M6 3h9l4 4v14H6z"/><path d="M14.5 3v4.5H19M9.5 12h6M9.5 16h6"/>',
    "orders": '<path d="M5 8h14l1 13H4z"/><path d="M8.5 10.5V7a3.5 3.5 0 017 0v3.5"/>',
    "hold": '<path d="M6.5 3h11v18L12 16.5 6.5 21z"/>',
    "links": '<path d="M10 14a4 4 0 005.7 0l3.6-3.6a4 4 0 00-5.7-5.7L12 6.3M14 10a4 4 0 '
    '00-5.7 0l-3.6 3.6a4 4 0 005.7 5.7L12 17.7"/>',
    "shot": '<path d="M3 7.5h4.5L9 5h6l1.5 2.5H21V19H3z"/><circle cx="12" cy="13" r="3.8"/>',
}


def _ja(role: Role, *fields: tuple[str, str, str, str, str]) -> Menu:
    return Menu(role, "ja", "メニュー", tuple(MenuButton(*each) for each in fields))


def _en(role: Role, *fields: tuple[str, str, str, str, str]) -> Menu:
    return Menu(role, "en", "Menu", tuple(MenuButton(*each) for each in fields))


DEFAULT_MENU = _ja(
    Role.VISITOR,
    ("film", "動画を見る", "Condition films", "動画を見たい", "media.which"),
    ("find", "商品をさがす", "Find a piece", "商品を探したい", "finder.begin"),
    ("sell", "査定・売却", "Sell or consign", "査定をお願いしたい", "quote.start"),
    ("store", "店舗・営業時間", "Stores and hours", "営業時間を教えて", "shop.hours"),
    ("help", "使い方", "Help", "使い方を教えて", "help.show"),
    ("person", "担当者と話す", "Talk to a person", "担当者と話したい", "person.call"),
)
MENUS = (
    DEFAULT_MENU,
    _en(
        Role.VISITOR,
        ("film", "Films", "See the condition", "I would like to see a film", "media.which"),
        ("find", "Find a piece", "Search our stock", "I am looking for a piece", "finder.begin"),
        ("sell", "Sell", "Estimate or consign", "I would like an estimate", "quote.start"),
        ("store", "Stores, hours", "Where and when", "When are you open?", "shop.hours"),
        ("help", "Help", "What I can do", "What can you do?", "help.show"),
        ("person", "Talk to us", "A person answers", "I would like to talk to a person",
         "person.call"),
    ),
    _ja(
        Role.CUSTOMER,
        ("film", "動画を見る", "Condition films", "動画を見たい", "media.which"),
        ("page", "マイページ", "My page", "マイページを開きたい", "membership.page"),
        ("consigned", "委託の状況", "My consignments", "委託の状況を知りたい",
         "consigning.status"),
        ("orders", "ご注文", "My orders", "注文の状況を知りたい", "order.mine"),
        ("sell", "査定・売却", "Sell or consign", "査定をお願いしたい", "quote.start"),
        ("person", "担当者と話す", "Talk to a person", "担当者と話したい", "person.call"),
    ),
    _en(
        Role.CUSTOMER,
        ("film", "Films", "See the condition", "I would like to see a film", "media.which"),
        ("page", "My page", "All that is yours", "Open my page", "membership.page"),
        ("consigned", "Consignments", "How they stand", "How are my consignments?",
         "consigning.status"),
        ("orders", "Orders", "Where they are", "Where are my orders?", "order.mine"),
        ("sell", "Sell", "Estimate or consign", "I would like an estimate", "quote.start"),
        ("person", "Talk to us", "A person answers", "I would like to talk to a person",
         "person.call"),
    ),
    _ja(
        Role.RETAILER,
        ("find", "在庫をさがす", "Search stock", "在庫を見たい", "lists.stock"),
        ("film", "品番で動画", "Film by code", "品番で動画を見たい", "media.which"),
        ("hold", "取り置き一覧", "My holds", "取り置きを確認したい", "holds.mine"),
        ("links", "お客様用リンク", "My links", "お客様用リンクの一覧", "links.mine"),
        ("shot", "撮影を依頼", "Request a shot", "撮影をお願いしたい", "media.another"),
        ("person", "担当者と話す", "Talk to a person", "担当者と話したい", "person.call"),
    ),
    _en(
        Role.RETAILER,
        ("find", "Search stock", "What there is", "Show me the stock", "lists.stock"),
        ("film", "Film by code", "See the condition", "I would like to see a film", "media.which"),
        ("hold", "My holds", "What is kept for me", "Show my holds", "holds.mine"),
        ("links", "My links", "Shared with clients", "Show my client links", "links.mine"),
        ("shot", "Request a shot", "We film it for you", "I would like another shot",
         "media.another"),
        ("person", "Talk to us", "A person answers", "I would like to talk to a person",
         "person.call"),
    ),
)  # fmt: skip


def menu_for(role: Role, lang: str) -> Menu:
    """The menu of that role: in Japanese for Japanese, in English for every other language."""
    wanted = "ja" if lang == "ja" else "en"
    return next(each for each in MENUS if (each.role, each.lang) == (role, wanted))


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation found or made; `rich_menu_id` is the default one's."""

    rich_menu_id: str
    made: int


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
    api: LineApi,
    *,
    menus: Sequence[Menu] = MENUS,
    draw: Callable[[Menu], bytes] | None = None,
) -> Installed:
    """Put the menus on the channel, the first as everybody's. Repeating it changes nothing.

    Raises Unavailable (LINE, or no font). A menu whose picture could not be stored is completed
    next time. LINE lets go of who was linked to a replaced menu: link them anew where `made` > 0.
    """
    held = await _held(api)
    made, ids = 0, []
    for menu in menus:
        rich_menu_id = held.get(menu.name)
        is_new = rich_menu_id is None
        if rich_menu_id is None:
            rich_menu_id = await _create(api, menu)
        if is_new or not await _has_picture(api, rich_menu_id):
            picture = await asyncio.to_thread(draw or draw_picture, menu)
            await _store_picture(api, rich_menu_id, picture)
        made += is_new
        ids.append(rich_menu_id)
    if await default_id(api) != ids[0]:
        path = f"/v2/bot/user/all/richmenu/{ids[0]}"
        _need_ok("set default rich menu", await api.call("rich menu default", "POST", path))
    names = {menu.name for menu in menus}
    for name, old_id in held.items():
        if name not in names:
            await api.call("rich menu delete", "DELETE", f"/v2/bot/richmenu/{old_id}")
    log.info("line.rich_menus_installed", default=ids[0], made=made)
    return Installed(ids[0], made)


async def show(api: LineApi, user: str, menu: Menu) -> None:
    """That person sees this menu; the default one by having none of their own. Repeating it changes
    nothing, and where the menus were never installed nothing is shown. Raises Unavailable kinds.
    """
    path = f"/v2/bot/user/{quote(user, safe='')}/richmenu"
    wanted = None if menu == DEFAULT_MENU else (await _held(api)).get(menu.name)
    if wanted is None:
        answer = await api.call("rich menu unlink", "DELETE", path)
    else:
        answer = await api.call("rich menu link", "POST", f"{path}/{wanted}")
    if answer.status == 400:  # nobody LINE can show a menu to
        log.warning("line.rich_menu_not_shown", request_id=answer.request_id)
        return
    _need_ok("show rich menu", answer)


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
    colours = _COLOURS[menu.role]
    picture = _plain(pyvips, WIDTH, HEIGHT, colours.paper)
    for button, (left, top, width, height) in zip(menu.buttons, _fields(), strict=True):
        middle, across = top + height // 2, left + width // 2
        icon, title, below = (
            _drawing(pyvips, _ICONS[button.icon]),
            _words(pyvips, button.title, 100),
            _words(pyvips, button.below, 52),
        )
        picture = _stamp(picture, icon, across, middle - 150, colours.accent)
        picture = _stamp(picture, title, across, middle + 85, colours.ink)
        picture = _stamp(picture, below, across, middle + 205, colours.accent)
    for column in range(1, COLUMNS):
        for row in range(ROWS):
            top = row * HEIGHT // ROWS + 130
            picture = picture.draw_rect(
                colours.rule, column * WIDTH // COLUMNS - 2, top, 4, HEIGHT // ROWS - 260, fill=True
            )
    for row in range(1, ROWS):
        picture = picture.draw_rect(
            colours.rule, 100, row * HEIGHT // ROWS - 2, WIDTH - 200, 4, fill=True
        )
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
    """The words as a mask, smaller where they would not fit their field."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    words = pyvips.Image.text(escaped, font=f"{_FONTS} {pixels}", dpi=72)
    if words.width <= _WORDS_WIDEST:
        return words
    return _words(pyvips, text, pixels * _WORDS_WIDEST // (words.width + 1))


def _drawing(pyvips: Any, lines: str) -> Any:
    """The line drawing as a mask."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="{_ICON}" '
        f'height="{_ICON}" fill="none" stroke="#fff" stroke-width="1.2" stroke-linecap="round" '
        f'stroke-linejoin="round">{lines}</svg>'
    )
    return pyvips.Image.svgload_buffer(svg.encode())[3]


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
