"""The shop the walks go through: pieces in every state, and a customer of each language who sells,
consigns, buys and holds credit, brought there by the product's own verbs.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from catalog.consignment import prices
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.methods import Method
from catalog.duties.opening import open_stock
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.queries import id_of_code
from catalog.partners import actions as partners
from media.assets.kinds import AssetKind
from tests.catalog.buyback.deals import NOW, Deals
from tests.catalog.consignment.shelf import STAFF
from tests.catalog.duties import law
from tests.catalog.orders.counter import Counter
from tests.conversations.flows.stall import capture
from tests.shop import item

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
VISITOR, RETAILER = "visitor", "retailer"
BEGIN = NOW + timedelta(hours=2)
CODES = tuple(f"W-{number}" for number in range(10234, 10260))


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who writes: from which address, in which language, as whom."""

    name: str
    address: str
    lang: str


WALKERS = (
    *(Walker(lang, "U" + f"{n + 1:032x}", lang) for n, lang in enumerate(LANGUAGES)),
    *(Walker(f"{VISITOR}:{lang}", "U" + f"{n + 17:032x}", lang)
      for n, lang in enumerate(LANGUAGES)),
    Walker(RETAILER, "U" + f"{33:032x}", "ja"),
)  # fmt: skip


def build(database: Database) -> None:
    """Fill an empty, migrated database. The same each time."""
    counter = Counter(database, now=NOW - timedelta(days=3))
    prices_of = (4_280_000, 1_980_000, 848_000, 368_000, 198_000)

    def stock(db: Session) -> None:
        lines = [
            item(code, price=str(prices_of[n % 5] + 10_000 * n)) for n, code in enumerate(CODES)
        ]
        open_stock(db, lines, by="test", now=counter.now)
        for code in CODES[:6]:
            unit = UnitId(id_of_code(db, code) or "")
            capture(db, unit, AssetKind.FILM, at=counter.now)
            capture(db, unit, AssetKind.FILM, part="case_back", at=counter.now)
            capture(db, unit, AssetKind.STILL, part="dial", at=counter.now)
        house = partners.enter(db, "GINZA", "銀座リテール", by="test", now=counter.now)
        partners.seat(db, house, "line", WALKERS[-1].address, by="test", now=counter.now)
        partners.grant(
            db, house, CODES[:4], rights=["media", "price"], media_kinds=["film", "still"],
            expires_on=None, by="test", now=counter.now,
        )  # fmt: skip

    database.write(stock)
    deals = Deals(database, now=NOW)
    for number, walker in enumerate(WALKERS[: len(LANGUAGES)]):
        _settle(counter, deals, walker, number)


def _settle(counter: Counter, deals: Deals, walker: Walker, number: int) -> None:
    """A customer with something of everything."""

    def person(db: Session) -> CustomerId:
        who = customers.register(
            db, f"C-{number + 1}", "Sato", given_name=None, language=walker.lang, by="test",
            now=counter.now,
        )  # fmt: skip
        customers.bind(db, who, "line", walker.address, by="test", now=counter.now)
        law.checked(db, who, method=Method.ID_COPY_MAIL_AND_ACCOUNT, now=counter.now)
        return who

    who = counter.database.write(person)
    units = [
        counter.read(lambda db, code=code: UnitId(id_of_code(db, code) or ""))
        for code in CODES[6 + 4 * number : 10 + 4 * number]
    ]
    counter.credit(who, 50_000)
    counter.credit(who, 5_000, Origin.BONUS)
    counter.credit(who, 8_000, Origin.RETURN)
    counter.delivered(who, units[0])
    shipped = counter.bought(who, units[1])
    counter.pack(shipped.order_id)
    counter.ship(shipped.order_id, number=f"3900-{number:04d}")
    counter.bought(who, units[2])
    counter.consigned(who, 300_000 + 1_000 * number)
    proposed, _ = counter.consigned(who, 480_000 + 1_000 * number)
    counter.write(
        prices.propose_price,
        proposed,
        Yen(450_000),
        reason="season",
        actor=STAFF,
        now=counter.now,
        key=counter.key(),
    )
    unit = counter.piece(who)
    counter.propose(who, unit, 250_000)
    seller = Actor(who, Role.CUSTOMER)
    deals.offered(deals.here(seller), 400_000 + 1_000 * number)
    deals.inquiry(seller)


__all__ = ["BEGIN", "CODES", "WALKERS", "UnitState", "build"]
