"""The rich menu is installed once, found again, and replaced when it changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.line.api import LineApi, open_api
from bot.line.rich_menu import (
    DEFAULT_MENU,
    HEIGHT,
    PICTURE_BYTES_MOST,
    WIDTH,
    Menu,
    definition,
    draw_picture,
    install,
)
from bot.line.wire import LineTrouble
from tests.line_platform import LinePlatform, in_loop
from tests.line_rules import rich_menu_problems

JPEG = b"\xff\xd8\xff" + b"0" * 1000


def drawn(_: Menu) -> bytes:
    return JPEG


@asynccontextmanager
async def open_line() -> AsyncIterator[tuple[LinePlatform, LineApi]]:
    async with LinePlatform() as line:
        api = open_api(base=line.base, data_base=line.data_base, access_token=line.access_token)
        try:
            yield line, api
        finally:
            await api.close()


def test_the_menu_covers_its_picture_without_gap_or_overlap() -> None:
    menu = definition(DEFAULT_MENU)
    assert rich_menu_problems(menu) == []
    covered = [area["bounds"]["width"] * area["bounds"]["height"] for area in menu["areas"]]
    assert sum(covered) == WIDTH * HEIGHT


@in_loop
async def test_a_second_installation_changes_nothing() -> None:
    async with open_line() as (line, api):
        first = await install(api, draw=drawn)
        assert first.was_made
        assert line.default_rich_menu == first.rich_menu_id
        calls = len(line.calls)
        again = await install(api, draw=drawn)
        assert (again.rich_menu_id, again.was_made) == (first.rich_menu_id, False)
        assert len(line.rich_menus) == 1
        assert line.calls[calls:] == ["menus", "menu-show", "menu-default"]


@in_loop
async def test_a_changed_menu_replaces_its_predecessor_and_leaves_others_alone() -> None:
    async with open_line() as (line, api):
        line.rich_menus["richmenu-other"] = {"name": "made by hand"}
        old = await install(api, draw=drawn)
        new = await install(api, menu=replace(DEFAULT_MENU, bar="Menu"), draw=drawn)
        assert line.default_rich_menu == new.rich_menu_id
        assert set(line.rich_menus) == {"richmenu-other", new.rich_menu_id}
        assert old.rich_menu_id != new.rich_menu_id


@in_loop
async def test_an_installation_that_broke_off_is_completed_by_the_next() -> None:
    async with open_line() as (line, api):
        line.fail_next("500", on="menu-paint")
        with pytest.raises(LineTrouble):
            await install(api, draw=drawn)
        assert line.default_rich_menu is None
        done = await install(api, draw=drawn)
        assert line.default_rich_menu == done.rich_menu_id
        assert len(line.rich_menus) == 1


def test_the_picture_is_a_jpeg_of_the_menus_size_under_a_megabyte() -> None:
    import pyvips

    picture = draw_picture(DEFAULT_MENU)
    assert picture[:3] == b"\xff\xd8\xff"
    assert len(picture) <= PICTURE_BYTES_MOST
    image = pyvips.Image.new_from_buffer(picture, "")
    assert (image.width, image.height) == (WIDTH, HEIGHT)
