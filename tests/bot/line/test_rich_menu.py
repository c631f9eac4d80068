"""The rich menus are installed once, found again, replaced when they change, and shown (R-174)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.line.api import LineApi, open_api
from bot.line.rich_menu import (
    DEFAULT_MENU,
    HEIGHT,
    MENUS,
    PICTURE_BYTES_MOST,
    WIDTH,
    Menu,
    Role,
    definition,
    draw_picture,
    install,
    menu_for,
    show,
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


@pytest.mark.parametrize("menu", MENUS, ids=lambda each: f"{each.role}-{each.lang}")
def test_a_menu_covers_its_picture_without_gap_or_overlap(menu: Menu) -> None:
    told = definition(menu)
    assert rich_menu_problems(told) == []
    covered = [area["bounds"]["width"] * area["bounds"]["height"] for area in told["areas"]]
    assert sum(covered) == WIDTH * HEIGHT


def test_every_role_has_a_menu_in_japanese_and_one_for_all_other_languages() -> None:
    names = {
        (role, lang): menu_for(role, lang).name
        for role in Role
        for lang in ("ja", "en", "zh_hant", "zh_hans", "ko")
    }
    assert len(set(names.values())) == len(MENUS) == 6
    for role in Role:
        assert names[role, "ja"] != names[role, "en"] == names[role, "ko"]


@in_loop
async def test_a_second_installation_changes_nothing() -> None:
    async with open_line() as (line, api):
        first = await install(api, draw=drawn)
        assert first.made == len(MENUS)
        assert line.default_rich_menu == first.rich_menu_id
        assert line.rich_menus[first.rich_menu_id]["name"] == DEFAULT_MENU.name
        calls = len(line.calls)
        again = await install(api, draw=drawn)
        assert (again.rich_menu_id, again.made) == (first.rich_menu_id, 0)
        assert len(line.rich_menus) == len(MENUS)
        assert line.calls[calls:] == ["menus", *["menu-show"] * len(MENUS), "menu-default"]


@in_loop
async def test_a_changed_menu_replaces_its_predecessor_and_leaves_others_alone() -> None:
    async with open_line() as (line, api):
        line.rich_menus["richmenu-other"] = {"name": "made by hand"}
        old = await install(api, draw=drawn)
        kept = set(line.rich_menus) - {old.rich_menu_id}
        menus = [replace(DEFAULT_MENU, bar="Menu"), *MENUS[1:]]
        new = await install(api, menus=menus, draw=drawn)
        assert line.default_rich_menu == new.rich_menu_id
        assert new.made == 1
        assert set(line.rich_menus) == kept | {new.rich_menu_id}
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
        assert len(line.rich_menus) == len(MENUS)


@in_loop
async def test_a_person_is_shown_a_menu_of_their_own_and_the_default_one_again() -> None:
    async with open_line() as (line, api):
        misaki, other = line.add_user(), line.add_user()
        await show(api, misaki, menu_for(Role.RETAILER, "ja"))  # never installed: nothing to show
        assert line.menu_of(misaki) == ""
        await install(api, draw=drawn)
        for _ in range(2):
            await show(api, misaki, menu_for(Role.CUSTOMER, "ko"))
            assert line.menu_of(misaki) == menu_for(Role.CUSTOMER, "en").name
            assert line.menu_of(other) == DEFAULT_MENU.name
        for _ in range(2):
            await show(api, misaki, DEFAULT_MENU)
            assert line.menu_of(misaki) == DEFAULT_MENU.name
            assert line.linked_rich_menus == {}
        assert [each.reason for each in line.refused] == ["no default richmenu"]


@in_loop
async def test_trouble_is_told_and_somebody_line_does_not_know_is_passed_over() -> None:
    async with open_line() as (line, api):
        await install(api, draw=drawn)
        misaki = line.add_user()
        line.fail_next("500", on="menu-link")
        with pytest.raises(LineTrouble):
            await show(api, misaki, menu_for(Role.CUSTOMER, "ja"))
        await show(api, "U" + "0" * 32, menu_for(Role.CUSTOMER, "ja"))
        assert [each.status for each in line.refused][-1] == 400
        assert line.linked_rich_menus == {}


@pytest.mark.parametrize("menu", MENUS, ids=lambda each: f"{each.role}-{each.lang}")
def test_the_picture_is_a_jpeg_of_the_menus_size_under_a_megabyte(menu: Menu) -> None:
    import pyvips

    picture = draw_picture(menu)
    assert picture[:3] == b"\xff\xd8\xff"
    assert len(picture) <= PICTURE_BYTES_MOST
    image = pyvips.Image.new_from_buffer(picture, "")
    assert (image.width, image.height) == (WIDTH, HEIGHT)
