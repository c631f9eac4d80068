"""A shop that has something of everything the console shows, and people of it who are signed in.

with Running(folder) as running:
    shelf = furnished(running)
    browser.new_context().add_cookies([shelf.cookie("佐藤 花子")])
"""

import asyncio
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.demo import dealings
from bot.demo.pieces import piece
from bot.rulebook.book import TERMS
from catalog.buyback import answers
from catalog.buyback.answers import Acceptance
from catalog.buyback.payouts import accounts, batches
from catalog.buyback.payouts.zengin import AccountKind, BankAccount
from catalog.buyback.rules import Settlement
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.consignment.tables import Contract
from catalog.customers import actions as customers
from catalog.customers.actions import Particulars
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor, Role
from catalog.duties.opening import open_stock
from catalog.duties.sealing import DataKeys
from catalog.ground import policy
from catalog.ground.calendar import ShopHours, at_tokyo, is_bank_day, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, ConversationId, CustomerId, StaffId, UnitId
from catalog.items import queries as items
from catalog.items.queries import id_of_code
from catalog.items.rules import STAFF
from catalog.orders.tables import SaleOrder
from catalog.partners import actions as partners
from conversations.threads import actions as threads
from handoff.appointments import attending
from handoff.appointments.tables import Kind
from handoff.desk import labels, macros
from handoff.desk.canned import actions as canned
from handoff.desk.labels import Colour
from handoff.desk.macros import Do, Step
from handoff.dialogue.visits import by_hand as visits
from handoff.staff import actions, passwords, sessions
from handoff.staff.sessions import How
from media import chapters
from media.assets.kinds import AssetKind, Occasion, Part
from media.disputes import actions as disputes
from media.disputes.actions import Claim
from media.intake import tasks
from media.renditions.making import RENDITION
from media.report import actions as reports
from media.report import queries as report_queries
from media.report.rules import FindingKind, Mark, Pin, Severity
from media.sharing import opening, shares
from media.sharing.kinds import Reach
from media.sharing.shares import Given
from media.sharing.tables import Look
from tests.browser.running import Running
from tests.catalog.buyback.deals import Deals
from tests.handoff.console.full_shop import undecided
from tests.media import captures, microscopes
from tests.shop import film_file

PASSWORD = "Kinmokusei no kaori 7"
PEOPLE = {
    "佐藤 花子": Role.OWNER,
    "田中 一郎": Role.ADVISER,
    "監査 次郎": Role.AUDITOR,
}
CODES = ("B-20017", "W-10245", "B-20018", "W-10242", "D-30004", "A-40003", "B-20021", "W-10237")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is, by number; and how each person is let in."""

    case: str
    contract: str
    order: str
    batch: int
    partner: str
    customer: str
    customer_no: str
    still: str
    later: str
    film: str
    report: str
    dispute: str
    share: str
    appointment: str
    day: str
    staff: Mapping[str, StaffId]
    tokens: Mapping[str, str]
    cookie_name: str

    def cookie(self, name: str) -> Any:
        """A session of theirs, as a browser keeps it."""
        return {
            "name": self.cookie_name, "value": self.tokens[name], "url": "https://127.0.0.1/",
            "httpOnly": True, "secure": True, "sameSite": "Lax",
        }  # fmt: skip


def furnished(running: Running) -> Shelf:
    """Fill the running shop."""
    shop = running.shop
    keys = DataKeys(shop.shop.settings.data_keys)
    people = hired(running)
    facts = running.wait_for(shop.shop.units.write(lambda db: _dealt(db, keys, shop.clock())))
    deals = Deals(shop.shop.database, now=shop.clock())
    running.wait_for(asyncio.to_thread(undecided, deals))
    folder = shop.folder / "captures"
    running.wait_for(shop.capture(film_file(folder / "dial.mp4"), code="W-10237", part="dial"))
    running.wait_for(shop.capture(film_file(folder / "IMG_0001.mp4")))
    waits = "SELECT count(*) FROM worklist WHERE state = 'due' AND kind = :kind"
    running.wait_for(shop.until(lambda: not shop.one(waits, kind=RENDITION), "renditions"))
    told = pictured(running)
    report = running.wait_for(shop.shop.units.write(lambda db: _reported(db, shop.clock())))
    claim = running.wait_for(shop.shop.units.write(lambda db: _claimed(db, shop.clock())))
    share = running.wait_for(shop.shop.units.write(lambda db: _shared(db, shop.clock())))
    user = shop.line.add_user()
    booked = running.wait_for(shop.shop.units.write(lambda db: _booked(db, user, shop.clock())))
    more = {
        "report": report,
        "dispute": claim,
        "share": share,
        "cookie_name": shop.shop.office.cookie,
        **booked,
    }
    return Shelf(**facts, **told, **people, **more)


def pictured(running: Running) -> dict[str, str]:
    """Two pictures of one part from two days, the earlier a microscope's; a chapter in the film."""
    shop = running.shop
    folder = shop.folder / "captures"
    earlier = microscopes.large(folder / "dial.ome.tif")
    later = captures.still(folder / "dial.jpg", width=3000, height=2200)
    for each, days in ((earlier, 40), (later, 2)):
        at = (shop.clock() - timedelta(days=days)).timestamp()
        os.utime(each, (at, at))
        running.wait_for(shop.capture(each, code="W-10237", part="dial"))
    left = "SELECT count(*) FROM worklist WHERE state = 'due' AND kind LIKE 'rendition%'"
    running.wait_for(shop.until(lambda: not shop.one(left), "tiles"))
    of = "SELECT id FROM asset WHERE name = :name ORDER BY id DESC LIMIT 1"
    film = AssetId(shop.one(of, name="dial.mp4"))
    now = shop.clock()
    running.wait_for(
        shop.shop.units.write(
            lambda db: chapters.mark(db, film, 400, "文字盤", part=Part.DIAL, by="test", now=now)
        )
    )
    found = {"still": "dial.ome.tif", "later": "dial.jpg"}
    return {"film": film, **{name: shop.one(of, name=file) for name, file in found.items()}}


def _claimed(db: Session, now: Any) -> str:
    """Somebody says that the piece is not as it was."""
    claim = Claim(UnitId(id_of_code(db, "W-10237") or ""), ConversationId("line:nobody"))
    opened = disputes.claim(db, claim, by="customer:nobody", promised_at=now, now=now)
    return opened.dispute_id


def _reported(db: Session, now: Any) -> str:
    """The state of a piece is being taken down; one thing was found in its film."""
    unit = UnitId(id_of_code(db, "W-10237") or "")
    report = reports.draft(db, unit, Occasion.BEFORE_SHIPPING, by="test", now=now)
    film = next(
        each
        for each in report_queries.captures(db, unit, since=None)
        if each.kind == AssetKind.FILM.value
    )
    mark = Mark(300_000, 400_000, 100_000, 100_000)
    pinned = Pin(film.id, mark, FindingKind.SCRATCH, Severity.LIGHT, "6時側の線傷", 800)
    reports.pin(db, report.id, pinned, edition=report.edition, by="test", now=now)
    return report.id


def _shared(db: Session, now: Any) -> str:
    """A page somebody opened on a phone, and somebody else tried to without its PIN."""
    piece = items.by_id(db, UnitId(id_of_code(db, "W-10237") or ""), viewer=STAFF)
    assert piece is not None
    how = Given(reach=Reach.DOWNLOAD, pin_hash="00:00", most_opened=5, note="保険会社のご確認")
    made = shares.share(
        db, piece, STAFF, ends_at=now + timedelta(days=14), lang="ja", now=now, key="furnished",
        given=how, by="test",
    )  # fmt: skip
    opening.enter(db, made.share_id, opening.Visitor("203.0.113.0/24", "phone"), now=now)
    for what, result in (("page", "shown"), ("file", "shown"), ("gate", "wrong_pin")):
        db.add(
            Look(
                at=now, what=what, result=result, times=2, share_id=made.share_id,
                network="203.0.113.0/24", agent="phone",
            )
        )  # fmt: skip
    db.flush()
    return made.share_id


def _booked(db: Session, user: str, now: Any) -> dict[str, str]:
    """A day of appointments: a call with its link, a visit, and a call to somebody's telephone."""
    day = tokyo_day(now) + timedelta(days=1)
    customer = _customer(db, "C-10001")
    talk = ConversationId(f"line:{user}")
    customers.bind(db, customer, "line", user, by="test", now=now)
    threads.open_in(db, talk, "line", lang="ja", now=now)
    owner = Actor("owner", Role.OWNER)
    made = [
        visits.put_in(
            db, talk, kind, at_tokyo(day, 12 + n), store=None, phone="03-1234-5678",
            hours=ShopHours(), actor=owner, now=now, key=kind.value,
        )
        for n, kind in enumerate((Kind.VIDEO, Kind.STORE, Kind.CALL))
    ]  # fmt: skip
    attending.set_link(db, made[0].id, "https://meet.example.com/satou-misaki", owner, now=now)
    return {"appointment": made[1].id, "day": day.isoformat()}


def hired(running: Running) -> dict[str, Any]:
    """Everybody of `PEOPLE` works here and is signed in."""
    shop = running.shop
    digests = {name: passwords.digest_of(PASSWORD, name=name, email=None) for name in PEOPLE}

    def unit(db: Session) -> dict[str, Any]:
        staff, tokens, now = {}, {}, shop.clock()
        for name, role in PEOPLE.items():
            staff[name] = actions.add(db, name, role, email=None, slack_id=None, by="test", now=now)
            passwords.put(db, staff[name], digests[name], by="test", now=now)
            tokens[name] = sessions.begin(db, staff[name], how=How.PASSWORD, agent="test", now=now)
        return {"staff": staff, "tokens": tokens}

    return dict(running.wait_for(shop.shop.units.write(unit)))


def _dealt(db: Session, keys: DataKeys, now: Any) -> dict[str, Any]:
    policy.begin(db, known=TERMS, now=now)
    policy.amend(db, dealings.SHOP, known=TERMS, by="test", now=now)
    pieces = [piece(code) for code in CODES]
    open_stock(db, [each.line for each in pieces], by="test", now=now - timedelta(days=60))
    known = now - timedelta(days=150)
    for number, family, given, told in (
        ("C-10001", "佐藤", "美咲", dealings.MISAKI),
        ("C-10002", "Clarke", "Emma", dealings.EMMA),
    ):
        who = customers.register(
            db, number, family, given_name=given, language="ja",
            more=Particulars(email=f"{number}@example.com"), by="test", now=known,
        )  # fmt: skip
        dealings.deal(db, keys, who, number, told, pieces, now=now)
    misaki = _customer(db, "C-10001")
    _accepted(db, keys, misaki, now)
    firm = partners.enter(db, "GINZA", "銀座リテール", by="test", now=now)
    partners.grant(
        db, firm, None, rights=("media", "price"), media_kinds=("film",), expires_on=None,
        by="test", now=now,
    )  # fmt: skip
    canned.begin(db, by="test", now=now)
    owner = Actor("owner", Role.OWNER)
    urgent = labels.define(db, "至急", Colour.RED, owner, now=now)
    macros.write(db, "至急で保留", [Step(Do.LABEL, urgent)], owner, now=now)
    tasks.ask(
        db, UnitId(id_of_code(db, "W-10242") or ""), part=None, kind=AssetKind.FILM,
        conversation=ConversationId("line:nobody"), lang="ja",
        promised_at=now + timedelta(days=1), now=now,
    )  # fmt: skip
    open_case = select(BuybackCase.case_no).where(BuybackCase.customer_id != misaki)
    return {
        "case": db.exec(open_case).one(),
        "contract": db.exec(select(Contract.contract_no)).first(),
        "order": db.exec(select(SaleOrder.order_no)).first(),
        "batch": 1,
        "partner": firm,
        "customer": misaki,
        "customer_no": "C-10001",
    }


def _customer(db: Session, number: str) -> CustomerId:
    return CustomerId(db.exec(select(Customer.id).where(Customer.customer_no == number)).one())


def _accepted(db: Session, keys: DataKeys, who: CustomerId, now: Any) -> None:
    """The offer is taken, and the payment stands in a list that waits for its release."""
    account = BankAccount(
        "0001", "ミズホ", "110", "アオヤマ", AccountKind.ORDINARY, "1234567", "サトウ ミサキ"
    )
    by = f"customer:{who}"
    accounts.name_account(db, keys, who, account, by=by, now=now, key="account")
    pieces = (
        select(CasePiece.id)
        .join(BuybackCase, col(BuybackCase.id) == col(CasePiece.case_id))
        .where(BuybackCase.customer_id == who)
    )
    quote = db.exec(
        select(Quote).where(col(Quote.piece_id).in_(pieces), Quote.state == "open")
    ).one()
    amount = Yen(quote.amount or 0)
    told = Acceptance(amount, Settlement(amount, Yen(0)), now)
    answers.accept(db, quote.id, told, actor=Actor(who, Role.CUSTOMER), now=now, key="accepted")
    on = tokyo_day(now) + timedelta(days=7)
    while not is_bank_day(on):
        on += timedelta(days=1)
    batches.prepare(db, on=on, actor=Actor("maker", Role.ACCOUNTING), now=now, key="batch")


def without_scripts(folder: Path) -> Path:
    """A copy of the console's house in which no script was ever bundled, to be run from."""
    house = Path(__file__).parents[2]
    for each in ("bot", "conversations", "media", "catalog"):
        (folder / each).symlink_to(house / each)
    shutil.copytree(house / "handoff", folder / "handoff", ignore=shutil.ignore_patterns("dist"))
    return folder
