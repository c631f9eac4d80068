"""What the demo's people already have with the shop (見本の取引): an offer to answer, a piece on
consignment, store credit, orders, wishes and tastes; and what the shop itself is: its stores, its
terms, what like pieces were sold for.

All through the verbs that staff and customers use, some weeks back. What would be told of it was
told then: nobody's phone rings when the demo opens. Not here: pieces and captures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from bot.demo.pieces import PIECES, Piece
from bot.rulebook import book
from catalog.buyback import appraisal, comparables, inquiry, transit
from catalog.buyback import lines as sold_lines
from catalog.buyback.appraisal import Offer
from catalog.buyback.inquiry import PieceWish
from catalog.buyback.pricing import Basis
from catalog.buyback.tables import CasePiece
from catalog.buyback.transit import Arrival, RejectedChoice, Submission
from catalog.consignment import lines as consigned_lines
from catalog.consignment import opening, prices
from catalog.consignment.contracts import live_of
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.customers import tastes
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.actions import NewCheck, verify
from catalog.duties.identity.documents import Document
from catalog.duties.identity.methods import METHODS, Method
from catalog.duties.identity.rules import Person, Seen
from catalog.duties.rules import Channel
from catalog.duties.sealing import DataKeys
from catalog.grading import actions as grading
from catalog.grading import rules as grades
from catalog.grading.checklists import CHECKLISTS
from catalog.ground import policy, worklist
from catalog.ground.calendar import ShopHours, at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.worklist import NOTICE
from catalog.items import watchers
from catalog.items.kinds import Category
from catalog.items.queries import id_of_code
from catalog.items.tables import Unit
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.rules import Sought
from catalog.orders import actions as orders
from catalog.orders import dispatch
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, checkout
from catalog.orders.dispatch import Packed
from catalog.orders.states import TenderKind

BY = "demo"
APPRAISER = Actor("demo-appraiser", Role.APPRAISER)
MANAGER = Actor("demo-manager", Role.MANAGER)
STORE = Actor("demo-store", Role.STORE)
_LEASE_SECONDS = 60

SHOP = {
    "dealer.name": "銀座証時計店",
    "dealer.address": "東京都中央区銀座4-1-1",
    "dealer.phone": "03-0000-0001",
    "shop.stores": [
        {
            "name": {
                "ja": "銀座店", "en": "Ginza", "zh_hant": "銀座店", "zh_hans": "银座店",
                "ko": "긴자점",
            },
            "address": {
                "ja": "東京都中央区銀座4-1-1", "en": "4-1-1 Ginza, Chuo-ku, Tokyo",
                "zh_hant": "東京都中央區銀座4-1-1", "zh_hans": "东京都中央区银座4-1-1",
                "ko": "도쿄도 주오구 긴자 4-1-1",
            },
            "latitude": 35.6717,
            "longitude": 139.7650,
            "phone": "03-0000-0001",
            "parking": {
                "ja": "地下に3台", "en": "three spaces underground", "zh_hant": "地下3個車位",
                "zh_hans": "地下3个车位", "ko": "지하 3대",
            },
        },
        {
            "name": {
                "ja": "新宿店", "en": "Shinjuku", "zh_hant": "新宿店", "zh_hans": "新宿店",
                "ko": "신주쿠점",
            },
            "address": {
                "ja": "東京都新宿区新宿3-1-1", "en": "3-1-1 Shinjuku, Shinjuku-ku, Tokyo",
                "zh_hant": "東京都新宿區新宿3-1-1", "zh_hans": "东京都新宿区新宿3-1-1",
                "ko": "도쿄도 신주쿠구 신주쿠 3-1-1",
            },
            "latitude": 35.6909,
            "longitude": 139.7046,
            "phone": "03-0000-0002",
        },
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consigned:
    """A piece of the shop's list that a customer gave on consignment; `asked`: the price the shop
    would like to sell it for now.
    """

    code: str
    price: int
    least: int
    guarantee: int
    asked: int
    since_days: int = 60


@dataclass(frozen=True, slots=True)
class Dealings:
    """All of one customer's. `bought` and `underway`: codes of a delivered and a shipped order."""

    person: Person
    offered: PieceWish
    amount: int
    consigned: Consigned
    bought: str
    underway: str
    watched: str
    sought: Sought
    taste: str


MISAKI = Dealings(
    Person(
        "佐藤 美咲", "さとう みさき", "東京都港区南青山1-2-3", date(1985, 4, 1), "会社員",
        Document.DRIVING_LICENCE, "012345678900",
    ),
    PieceWish(
        Category.WATCH, "オメガ シーマスター アクアテラ", "Omega", "Seamaster",
        "220.10.41.21.03.004",
    ),
    410_000,
    Consigned("B-20017", 598_000, 520_000, 380_000, 568_000),
    bought="W-10245",
    underway="B-20018",
    watched="W-10242",
    sought=Sought(brand="hermes", category=Category.BAG, price_to=Yen(3_000_000)),
    taste="青い文字盤が好き",
)  # fmt: skip
EMMA = Dealings(
    Person(
        "Emma Clarke", "えま くらーく", "東京都目黒区上目黒1-2-3", date(1990, 9, 12), "会社員",
        Document.RESIDENCE_CARD, "AB12345678CD",
    ),
    PieceWish(Category.BAG, "Louis Vuitton Alma PM", "Louis Vuitton", "Alma", "M53151"),
    120_000,
    Consigned("D-30004", 398_000, 340_000, 250_000, 378_000),
    bought="A-40003",
    underway="B-20021",
    watched="W-10237",
    sought=Sought(brand="rolex", category=Category.WATCH, price_to=Yen(1_500_000)),
    taste="wears 36 mm watches",
)  # fmt: skip


def set_up(db: Session, *, now: datetime) -> None:
    """The shop's terms, its stores, and what like pieces were sold for of late."""
    policy.begin(db, known=book.TERMS, now=now)
    policy.amend(db, SHOP, known=book.TERMS, by=BY, now=now)
    sold = [
        sold_lines.parse(
            {
                "brand": piece.line.brand or "",
                "model": piece.line.model or "",
                "reference": piece.line.reference or "",
                "price": str(price * part // 100_000 * 1_000),
                "grade": "A",
                "sold_on": str(tokyo_day(now) - timedelta(days=days)),
                "source": "auction",
            }
        )
        for piece in PIECES
        if (price := piece.line.price) and piece.line.brand and piece.line.model
        for part, days in ((97, 50), (100, 35), (102, 21))
    ]
    comparables.take_lines(db, sold, by=BY, now=now)


def deal(
    db: Session,
    keys: DataKeys,
    customer: CustomerId,
    customer_no: str,
    dealings: Dealings,
    pieces: Sequence[Piece],
    *,
    now: datetime,
) -> None:
    """Everything one customer has with the shop; what needs a piece that is not there is left
    out.
    """
    there = {each.line.code for each in pieces}
    who = _Guest(db, customer, Actor(customer, Role.CUSTOMER), now)
    who.identify(keys, dealings.person)
    who.hold_credit()
    who.consider(dealings.offered, dealings.amount)
    if dealings.consigned.code in there:
        who.consign(customer_no, dealings.consigned)
    if dealings.bought in there:
        who.buy(dealings.bought, days_ago=3, is_delivered=True)
    if dealings.underway in there:
        who.buy(dealings.underway, days_ago=1, is_delivered=False)
    if dealings.watched in there:
        watched = UnitId(id_of_code(db, dealings.watched) or "")
        watchers.watch(db, watched, f"customer:{customer}", now=now)
    wishes.seek(db, f"customer:{customer}", dealings.sought, now=now)
    heard = tastes.hear(db, customer, dealings.taste, now=now)
    if heard is not None:
        tastes.keep(db, customer, heard, by=who.actor.name, now=now)


def all_told(db: Session, *, now: datetime) -> None:
    """What was due to be told so far has been told."""
    while found := worklist.claim(
        db, [NOTICE], worker=BY, now=now, lease_seconds=_LEASE_SECONDS, limit=100
    ):
        for work in found:
            worklist.done(db, work, worker=BY, now=now)


@dataclass(frozen=True, slots=True)
class _Guest:
    """One customer in one unit of work."""

    db: Session
    id: CustomerId
    actor: Actor
    now: datetime

    def key(self, what: str) -> str:
        return f"demo:{self.id}:{what}"

    def at(self, days_ago: int, hour: int = 14) -> datetime:
        """Then, in shop hours."""
        return at_tokyo(tokyo_day(self.now) - timedelta(days=days_ago), hour)

    def identify(self, keys: DataKeys, person: Person) -> None:
        """A check that serves for the post too."""
        method = Method.JPKI
        seen = [
            Seen(sorted(group)[0], f"demo:{n}") for n, group in enumerate(METHODS[method].needs)
        ]
        check = NewCheck(self.id, method, person, seen)
        verify(self.db, keys, check, actor=STORE, now=self.at(70), key=self.key("identity"))

    def hold_credit(self) -> None:
        """From a return, with a last day, and from a trade-in, without one."""
        for origin, amount, days in ((Origin.RETURN, 85_000, 120), (Origin.TRADE_IN, 240_000, 40)):
            credit.issue(
                self.db, self.id, origin, Yen(amount), document=None, channel="shop",
                by=STORE.name, now=self.at(days), key=self.key(f"credit:{origin.value}"),
            )  # fmt: skip

    def consider(self, wish: PieceWish, amount: int) -> None:
        """A piece came by post, was looked at, and an offer waits for the customer."""
        db, begun = self.db, self.at(6)
        case_id = inquiry.inquire(
            db, self.id, [wish], hours=ShopHours(), actor=self.actor, now=begun,
            key=self.key("inquire"),
        ).case_id  # fmt: skip
        told = Submission(Channel.MAIL_IN, RejectedChoice.RETURN, "terms-1", begun)
        transit.submit(db, case_id, told, actor=self.actor, now=begun, key=self.key("submit"))
        piece = db.exec(select(CasePiece).where(CasePiece.case_id == case_id)).one()
        came = self.at(2, 11)
        seen = Arrival(piece.id, "demo:parcel", 480, is_sealed=True)
        transit.arrived(db, case_id, [seen], actor=STORE, now=came, key=self.key("arrived"))
        appraisal.begin_appraisal(
            db, piece.id, actor=APPRAISER, now=came, key=self.key("appraising")
        )
        axes = {axis.id: axis.best - 1 for axis in CHECKLISTS[wish.category].axes}
        graded = grading.grade(
            db, UnitId(piece.unit_id or ""), grades.Seen(axes), value=Yen(amount),
            by=APPRAISER.name, now=came, key=self.key("graded"),
        )  # fmt: skip
        basis = Basis(graded.grade, 3, 14, 14, reference=Yen(amount * 3 // 2))
        quote_id = appraisal.appraise(
            db, piece.id, Offer(Yen(amount), basis), actor=APPRAISER, now=came,
            key=self.key("appraised"),
        ).made  # fmt: skip
        sent = self.at(1)
        for actor in (APPRAISER, MANAGER)[: 1 if amount < 500_000 else 2]:
            appraisal.approve(
                db, quote_id or "", actor=actor, now=sent, key=self.key(f"approved:{actor.id}")
            )
        appraisal.send_offer(db, quote_id or "", actor=APPRAISER, now=sent, key=self.key("offered"))

    def consign(self, customer_no: str, told: Consigned) -> None:
        """On sale for two months; the shop proposes another price and waits for the yes."""
        line = consigned_lines.parse(
            {
                "unit_code": told.code,
                "customer_no": customer_no,
                "start_on": str(tokyo_day(self.now) - timedelta(days=told.since_days)),
                "initial_list_price": str(told.price),
                "min_price": str(told.least),
                "guarantee_amount": str(told.guarantee),
            }
        )
        opening.take_lines(self.db, [line], by=BY, now=self.now)
        contract = live_of(self.db, id_of_code(self.db, told.code) or "")
        if contract is not None:
            prices.propose_price(
                self.db, contract.id, Yen(told.asked), reason=None, actor=MANAGER, now=self.now,
                key=self.key("propose_price"),
            )  # fmt: skip

    def buy(self, code: str, *, days_ago: int, is_delivered: bool) -> None:
        """Paid by card and sent the same day; brought the day after."""
        db, at = self.db, self.at(days_ago)
        unit = db.exec(select(Unit).where(col(Unit.code) == code)).one()
        key = self.key(f"order:{code}")
        basket = Basket(self.id, (UnitId(unit.id),))
        made = checkout(db, basket, by="bot", now=at, key=key)
        paid = [Tendered(TenderKind.CARD, made.to_pay, "demo")]
        orders.pay(db, made.order_id, paid, by="shop", now=at, key=f"{key}:paid")
        packed = [Packed(unit.id, f"seal-{code}", unit.serial, "demo:packing")]
        dispatch.pack(db, made.order_id, packed, by=STORE.name, now=at, key=f"{key}:packed")
        for task in worklist.tasks_about(db, f"order:{made.order_id}", name="pack_order"):
            worklist.close_task(db, task.id or 0, now=at)
        dispatch.ship(
            db, made.order_id, carrier="yamato", tracking_no=_tracking_no(code), by=STORE.name,
            now=at, key=f"{key}:shipped",
        )  # fmt: skip
        if is_delivered:
            came = at + timedelta(days=1)
            dispatch.delivered(
                db, made.order_id, delivered_on=tokyo_day(came), by="carrier", now=came,
                key=f"{key}:delivered",
            )  # fmt: skip


def _tracking_no(code: str) -> str:
    """Twelve digits, as carriers give them."""
    return f"3900{int(code.partition('-')[2]):08d}"
