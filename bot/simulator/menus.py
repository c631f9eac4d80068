"""Rich menus (リッチメニュー): made by the shop, kept here, shown on the phones."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.refusals import Fault, LineRefusal

_PICTURES = ("image/png", "image/jpeg")
_MOST_BYTES = 1024 * 1024


@dataclass(slots=True)
class Menu:
    """One menu; without a picture it cannot be shown."""

    id: str
    definition: dict[str, Any]
    picture: bytes | None = None
    content_type: str = ""

    def answer(self) -> dict[str, Any]:
        """The menu as LINE tells it."""
        return {"richMenuId": self.id, **self.definition}


@dataclass(slots=True)
class Menus:
    """All menus of the channel, the default one and those of single people (theirs first)."""

    by_id: dict[str, Menu] = field(default_factory=dict)
    default: str | None = None
    of_person: dict[str, str] = field(default_factory=dict)

    def create(self, definition: Any) -> Menu:
        """Keep a new menu. Raises LineRefusal (400) when its shape is not LINE's."""
        _check(definition)
        menu = Menu(f"richmenu-{secrets.token_hex(16)}", definition)
        self.by_id[menu.id] = menu
        return menu

    def find(self, menu_id: str) -> Menu:
        """Raises LineRefusal (404)."""
        try:
            return self.by_id[menu_id]
        except KeyError:
            raise LineRefusal(404, "richmenu not found") from None

    def put_picture(self, menu_id: str, picture: bytes, content_type: str) -> None:
        """A picture can be set once (LINE reference, "Upload rich menu image")."""
        menu = self.find(menu_id)
        if menu.picture is not None:
            raise LineRefusal(400, "An image has already been uploaded to the richmenu")
        if content_type not in _PICTURES:
            raise LineRefusal(415, "Unsupported Media Type")
        if len(picture) > _MOST_BYTES:
            raise LineRefusal(413, "Request Entity Too Large")
        menu.picture, menu.content_type = picture, content_type

    def make_default(self, menu_id: str) -> None:
        """Show it to everyone who has no menu of their own."""
        self._showable(menu_id)
        self.default = menu_id

    def link(self, user_id: str, menu_id: str) -> None:
        """Show it to one person."""
        self._showable(menu_id)
        self.of_person[user_id] = menu_id

    def remove(self, menu_id: str) -> None:
        """Take a menu away wherever it is shown."""
        self.find(menu_id)
        del self.by_id[menu_id]
        self.default = None if self.default == menu_id else self.default
        self.of_person = {who: held for who, held in self.of_person.items() if held != menu_id}

    def shown_to(self, user_id: str) -> Menu | None:
        """The menu that person sees."""
        return self.by_id.get(self.of_person.get(user_id) or self.default or "")

    def _showable(self, menu_id: str) -> None:
        if self.find(menu_id).picture is None:
            raise LineRefusal(400, "must upload richmenu image before applying it to user")


def _check(definition: Any) -> None:
    faults: list[Fault] = []
    held: dict[str, Any] = definition if isinstance(definition, dict) else {}
    size: Any = held.get("size")
    width, height = (size.get("width"), size.get("height")) if isinstance(size, dict) else (0, 0)
    if not isinstance(width, int) or not 800 <= width <= 2500:
        faults.append(Fault("Must be between 800 and 2500", "size.width"))
    elif not isinstance(height, int) or height < 250 or width / height < 1.45:
        faults.append(Fault("Must be 250 or more, with a ratio of at least 1.45", "size.height"))
    for name, most in (("name", 300), ("chatBarText", 14)):
        if not isinstance(held.get(name), str) or not 1 <= len(held[name]) <= most:
            faults.append(Fault(f"Length must be between 1 and {most}", name))
    if not isinstance(held.get("selected"), bool):
        faults.append(Fault("Must be a boolean", "selected"))
    areas = held.get("areas")
    if not isinstance(areas, list) or len(areas) > 20:
        faults.append(Fault("Size must be between 0 and 20", "areas"))
    elif not all(
        isinstance(area, dict) and "bounds" in area and "action" in area for area in areas
    ):
        faults.append(Fault("Each area needs bounds and an action", "areas"))
    if faults:
        message = f"The request body has {len(faults)} error(s)"
        raise LineRefusal(400, message, faults=tuple(faults))
