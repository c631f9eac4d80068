"""What journeys of sellers share: buttons found by their words, pictures sharp and blurred, cases
brought on by the staff of the shop.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyvips

from catalog.buyback import comparables
from catalog.buyback.lines import parse
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.methods import Method
from catalog.ground.calendar import TOKYO
from catalog.ground.record import CustomerId
from tests import line_events
from tests.catalog.buyback.deals import Deals
from tests.catalog.duties import law
from tests.shop import Json, RunningShop

FRIDAY = datetime(2026, 10, 9, 11, 0, tzinfo=TOKYO)  # Monday is a holiday


def buttons(messages: Sequence[Json]) -> dict[str, str]:
    """Every button of these messages: what it says and what stands behind it."""
    found: dict[str, str] = {}

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "postback":
                found[part["label"]] = part["data"]
            for each in part.values():
                look(each)
        elif isinstance(part, list):
            for each in part:
                look(each)

    look(list(messages))
    return found


def words(messages: Sequence[Json]) -> str:
    """All that can be read in them."""
    told = io.StringIO()

    def look(part: Any) -> None:
        if isinstance(part, dict):
            for name, each in part.items():
                if name in {"text", "altText"} and isinstance(each, str):
                    told.write(each + "\n")
                elif name != "quickReply":
                    look(each)
        elif isinstance(part, list):
            for each in part:
                look(each)

    look(list(messages))
    return told.getvalue()


async def press(shop: RunningShop, who: str, messages: Sequence[Json], label: str) -> list[Json]:
    """Press the button whose label begins so; all that answers."""
    data = next(data for text, data in buttons(messages).items() if text.startswith(label))
    answer = await shop.taps(who, data)
    await shop.settled()
    return shop.line.sent_to(who)[-len(answer) :] if answer else []


def picture(seed: int, *, blur: float = 0) -> bytes:
    """A JPEG of noise as a telephone would send it; each seed has bytes of its own."""
    noise = pyvips.Image.gaussnoise(800, 600, mean=128, sigma=40, seed=seed)
    image = noise.gaussblur(blur) if blur else noise
    return bytes(image.cast("uchar").copy(interpretation="b-w").jpegsave_buffer(Q=85))


async def sends(
    shop: RunningShop, who: str, *pictures: bytes, set_id: str | None = None
) -> list[Json]:
    """The person sends pictures, together when `set_id` names a set; what answers them."""
    line = shop.line
    before = len(line.sent_to(who))
    events = []
    for index, body in enumerate(pictures, 1):
        more = {"set_id": set_id, "index": index, "total": len(pictures)} if set_id else {}
        token = line.issue_reply_token(who)
        event = line_events.image_event(who, at=shop.clock(), reply_token=token, **more)
        line.put_content(event["message"]["id"], body)
        events.append(event)
    await shop.hear(*events)
    answers = 1 if set_id else len(pictures)
    return (await shop.told(who, before + answers))[before:]


async def sold_before(shop: RunningShop, *prices: int, model: str = "Submariner") -> None:
    """What like pieces were sold for of late."""
    now = shop.clock()
    lines = [
        parse(
            {
                "brand": "Rolex", "model": model, "reference": "", "price": str(price),
                "grade": "A", "sold_on": "2026-09-20", "source": "auction",
            }
        )
        for price in prices
    ]  # fmt: skip
    await shop.shop.units.write(lambda db: comparables.take_lines(db, lines, by="test", now=now))


def deals_of(shop: RunningShop) -> Deals:
    """The staff's side of the same shop; its clock is set by hand."""
    return Deals(shop.shop.database, now=shop.clock())


async def known_seller(shop: RunningShop, who: str, *, number: str = "C-77001") -> Actor:
    """Linked, and identified so that the shop may pay them."""
    customer = await shop.is_customer(who, number=number)
    now = shop.clock()

    def unit(db: Any) -> None:
        law.checked(db, CustomerId(customer), method=Method.ID_COPY_MAIL_AND_ACCOUNT, now=now)

    await shop.shop.units.write(unit)
    return Actor(customer, Role.CUSTOMER)
