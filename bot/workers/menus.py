"""Shows people the rich menu of their role and language (R-174). What that is comes from the
registers at this moment, so rows may be worked late, twice and in any order.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.line import rich_menu
from bot.line.api import LineApi
from bot.line.rich_menu import MENUS, Menu, Role, menu_for
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.customers import queries as customers
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Stale
from catalog.items import queries as items
from catalog.partners import queries as partners
from conversations.flows.menus import MENU
from conversations.threads.queries import held_on, spoken_in

_PERSON = "line:U"  # a conversation with one person, not of a group


class RoleChanged(Stale):
    """Who they are changed while their menu was; look again."""


class MenuWork:
    """The runner for menus. Only LINE has them: elsewhere nothing is to be done."""

    def __init__(self, units: Units, line: LineApi | None, clock: Callable[[], datetime]) -> None:
        self._units = units
        self._line = line
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {MENU: self.show}

    async def show(self, errand: Errand) -> None:
        """Link the menu of this person, or unlink where the default is theirs."""
        facts, conversation = errand.work.facts, errand.work.subject
        channel, address = facts["channel"], facts["address"]
        if channel != "line" or self._line is None:
            await self._units.write(lambda db: finish(db, errand, now=self._clock()))
            return

        def wanted(db: Session) -> Menu:
            return menu_of(db, conversation, channel, address, now=self._clock())

        menu = await self._units.read(wanted)
        await rich_menu.show(self._line, address, menu)

        def end(db: Session) -> None:
            if wanted(db) != menu:
                raise RoleChanged(conversation)
            finish(db, errand, now=self._clock())

        await self._units.write(end)


def follow_all(db: Session, *, now: datetime) -> int:
    """The menus were made anew, and LINE let go of who was linked to one that is gone: a row for
    everybody known on LINE, once for one set of menus; how many are new.
    """
    names = "".join(menu.name for menu in MENUS)
    once = hashlib.sha256(names.encode()).hexdigest()[:16]
    people = {each.removeprefix(_PERSON[:-1]) for each in held_on(db, "line") if _is_one(each)}
    people |= {*customers.addresses_on(db, "line"), *partners.seats_on(db, "line")}
    return sum(
        worklist.add(
            db, MENU, f"line:{address}", f"line:{address}:{once}", due_at=now, now=now,
            facts={"channel": "line", "address": address},
        )
        for address in sorted(people)
    )  # fmt: skip


def _is_one(conversation: str) -> bool:
    return conversation.startswith(_PERSON)


def menu_of(db: Session, conversation: str, channel: str, address: str, *, now: datetime) -> Menu:
    """The menu of who writes from that address. Who speaks for a firm sees the firm's."""
    viewer = items.viewer(db, channel, address, today=tokyo_day(now))
    if viewer.partner is not None:
        role = Role.RETAILER
    elif viewer.customer is not None:
        role = Role.CUSTOMER
    else:
        role = Role.VISITOR
    spoken = spoken_in(db, [conversation]).get(conversation)
    lang = spoken.lang if spoken is not None else None
    return menu_for(role, lang or customers.language_of(db, channel, address) or "ja")
