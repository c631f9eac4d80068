"""The menu under a LINE chat is that of the person's role and language (R-174)."""

from datetime import UTC, datetime
from pathlib import Path

from bot.line.rich_menu import MENUS, Menu, Role, install, menu_for
from bot.workers.menus import follow_all
from tests.journeys.test_account_link import WORDS, arrived, bought, code_asked, link_page, post
from tests.journeys.test_retail import granted
from tests.line_platform import in_loop
from tests.mailbox import mailbox
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)  # 14:00 in Tokyo


async def hung(shop: RunningShop) -> None:
    """The menus are on the channel."""

    def drawn(_: Menu) -> bytes:
        return b"\xff\xd8\xff" + b"0" * 1000

    assert shop.shop.line is not None
    await install(shop.shop.line.api, draw=drawn)
    shop.line.refused.clear()  # that there was no default menu yet


async def sees(shop: RunningShop, user: str, role: Role, lang: str) -> None:
    wanted = menu_for(role, lang).name
    await shop.until(lambda: shop.line.menu_of(user) == wanted, f"the menu {role} {lang}")


def test_a_linked_customer_sees_the_customers_menu_until_the_link_ends(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        with mailbox() as box:
            async with open_shop(
                database_url, tmp_path, at=AFTERNOON, understanding=WORDS, smtp_url=box.url
            ) as shop:
                await hung(shop)
                await bought(shop)
                misaki = shop.line.add_user()
                await sees(shop, misaki, Role.VISITOR, "ja")
                token = await link_page(shop, misaki)
                await code_asked(shop, token)
                code = await arrived(shop, box)
                _, dialog, _ = await post(shop, "/link/code", t=token, code=code)
                line_trouble = shop.line.calls.count("menu-link")
                shop.line.fail_next("500", on="menu-link")
                await shop.tells(misaki, shop.line.press_link(misaki, dialog))
                await sees(shop, misaki, Role.CUSTOMER, "ja")
                assert shop.line.calls.count("menu-link") == line_trouble + 2
                [asked] = await shop.taps(misaki, "membership.unlink")
                [unlink] = [
                    each["action"]["data"]
                    for each in asked["quickReply"]["items"]
                    if each["action"].get("data", "").startswith("membership.unlinked")
                ]
                await shop.taps(misaki, unlink)
                await sees(shop, misaki, Role.VISITOR, "ja")
                assert misaki not in shop.line.linked_rich_menus
                assert [each.status for each in shop.line.refused] == [500]  # tried again

    journey()


def test_a_retailers_code_and_another_language_change_the_menu(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await hung(shop)
            ginza, other = shop.line.add_user(), shop.line.add_user()
            _, code = await granted(shop, "GINZA")
            await shop.says(ginza, code)
            await sees(shop, ginza, Role.RETAILER, "ja")
            await shop.taps(ginza, "language.set?lang=ko")
            await sees(shop, ginza, Role.RETAILER, "en")
            await shop.taps(ginza, "language.set?lang=ja")
            await sees(shop, ginza, Role.RETAILER, "ja")
            await shop.taps(other, "language.set?lang=en")
            await sees(shop, other, Role.VISITOR, "en")
            assert shop.line.refused == []

    journey()


def test_menus_made_anew_are_shown_again_to_whom_they_belong(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.is_retailer(ginza := shop.line.add_user())
            await shop.is_customer(misaki := shop.line.add_user(), number="C-1")
            await shop.taps(misaki, "help.show")
            await hung(shop)
            assert shop.line.linked_rich_menus == {}
            now = shop.clock()
            assert await shop.shop.units.write(lambda db: follow_all(db, now=now)) == 2
            assert await shop.shop.units.write(lambda db: follow_all(db, now=now)) == 0
            await sees(shop, ginza, Role.RETAILER, "ja")
            await sees(shop, misaki, Role.CUSTOMER, "ja")
            assert shop.line.refused == []

    journey()


def test_every_field_of_every_menu_is_answered(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            people = {role: shop.line.add_user() for role in Role}
            await shop.is_retailer(people[Role.RETAILER])
            await shop.is_customer(people[Role.CUSTOMER], number="C-1")
            for menu in MENUS:
                for button in menu.buttons:
                    assert await shop.taps(people[menu.role], button.data), button
            assert shop.line.refused == []

    journey()
