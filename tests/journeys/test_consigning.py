"""A consignor asks and decides in the chat (R-066, R-069, R-071, R-073, R-074, R-077 to R-079)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from catalog.buyback import answers
from catalog.buyback.answers import After
from catalog.buyback.tables import Quote
from catalog.consignment import prices
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract, GuaranteeRequest
from catalog.duties.actors import Actor, Role
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.buyback.deals import Deals
from tests.catalog.consignment.shelf import STAFF, Shelf
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, film_file, open_shop

NOW = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # Sunday 13:50 in Tokyo
SCRIPT: Any = {
    "委託どう?": ("consign.status", {}),
    "30万で売れたら?": ("consign.price", {"money": 300_000}),
    "委託価格を28万に変更して": ("consign.price", {"money": 280_000}),
    "委託価格を3万円下げてください": ("consign.price", {"money": 30_000}),
    "値下げの件": ("consign.price", {}),
    "買取に変更": ("consign.convert", {"route": "buyback"}),
    "預けた品を戻してほしい": ("consign.withdraw", {}),
    "私の時計の状態": ("consign.status", {"category": "watch"}),
    "預けたバッグの写真": ("consign.status", {"category": "bag", "media": "photo"}),
    "はい": ("chat.affirm", {}),
}


@dataclass
class Consignor:
    """A linked customer, their shop, and the shelf their pieces stand on."""

    shop: RunningShop
    shelf: Shelf
    user: str
    customer: CustomerId

    async def says(self, text: str) -> tuple[str, list[str]]:
        return _seen(await self.shop.says(self.user, text))

    async def taps(self, data: str) -> tuple[str, list[str]]:
        return _seen(await self.shop.taps(self.user, data))

    async def films(self, code: str) -> None:
        """A film of the piece was captured and can be shown."""
        await self.shop.capture(film_file(self.shop.folder / f"{code}.mp4"), code=code)

        def is_whole() -> bool:
            return bool(self.shop.one("SELECT count(*) FROM asset WHERE readiness = 'whole'"))

        await self.shop.until(is_whole, "the film to be made")

    def contract(self, contract_id: str) -> Contract:
        return self.shelf.contract(contract_id)


def _seen(sent: list[Any]) -> tuple[str, list[str]]:
    return json.dumps(sent, ensure_ascii=False), buttons(sent)


def one(data: list[str], verb: str) -> str:
    (found,) = {each for each in data if each.split("?")[0] == verb}
    return found


@asynccontextmanager
async def consignor(url: str, folder: Path, *, at: datetime = NOW) -> AsyncIterator[Consignor]:
    async with open_shop(url, folder, at=at, understanding=Scripted(SCRIPT)) as shop:
        user = shop.line.add_user()
        customer = await shop.is_customer(user, number="C-1")
        shelf = Shelf(shop.shop.database, now=at - timedelta(days=2))
        shelf.identify(customer)
        yield Consignor(shop, shelf, user, customer)
        assert shop.line.refused == []


def test_how_the_piece_is_doing(database_url: str, tmp_path: Path) -> None:
    """R-066, R-070: listed since, price, what it would pay, views, days left."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            who.shelf.consigned(who.customer, 300_000, guarantee=200_000)
            told, data = await who.says("委託どう?")
            for fact in ("販売中", "2026年11月20日", "¥300,000", "¥255,000(85%)", "あと178日"):
                assert fact in told, (fact, told)
            assert "0回(うち動画を最後まで 0回)" in told
            assert "¥200,000" in told
            assert {"consigning.record", "consigning.convert", "person.call"} <= {
                each.split("?")[0] for each in data
            }

    journey()


def test_views_count_what_others_were_shown(tmp_path: Path) -> None:
    """R-066: a film shown to somebody else counts once, one's own looking does not."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                _, unit = who.shelf.consigned(who.customer, 300_000)
                code = who.shelf.unit(unit).code
                await who.films(code)
                await who.shop.says(who.shop.line.add_user(), f"{code}の動画を見せて")
                await who.says(f"{code}の動画を見せて")
                told, _ = await who.says("委託どう?")
                assert "1回(うち動画を最後まで 0回)" in told

    journey()


def test_what_a_price_would_pay_is_reckoned_and_nothing_changes(
    database_url: str, tmp_path: Path
) -> None:
    """R-069, R-074: the rate and the yen; a wish goes to a person with a time."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            _, unit = who.shelf.consigned(who.customer, 320_000)
            told, _ = await who.says("30万で売れたら?")
            assert "¥255,000" in told
            assert "85%" in told
            told, _ = await who.says("委託価格を3万円下げてください")
            assert "¥290,000" in told
            assert "¥232,000" in told
            told, data = await who.says("委託価格を28万に変更して")
            assert "¥224,000" in told
            assert who.shelf.unit(unit).price == 320_000
            told, _ = await who.taps(one(data, "consigning.wish"))
            assert "18:00" in told
            assert "consignor_price_wish" in who.shelf.tasks()
            assert who.shelf.unit(unit).price == 320_000

    journey()


def test_the_guaranteed_price_counts_from_the_first_asking(
    database_url: str, tmp_path: Path
) -> None:
    """R-071: asked at 23:58 of the last day, pressed after midnight: honoured; a typed yes is not
    enough; a second press is answered alike and pays once.
    """
    last_evening = datetime(2026, 11, 22, 14, 58, tzinfo=UTC)

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path, at=last_evening) as who:
            who.shelf.now = last_evening - timedelta(days=180)
            who.shelf.identify(who.customer)
            contract, unit = who.shelf.consigned(who.customer, 300_000, guarantee=200_000)
            told, data = await who.says("買取に変更")
            assert "¥200,000" in told
            assert "2026年11月24日(火)" in told  # Monday is a holiday
            await who.says("はい")
            assert who.contract(contract).state == ContractState.ACTIVE.value
            who.shop.clock.move(timedelta(minutes=5))
            button = one(data, "consigning.convert_it")
            told, _ = await who.taps(button)
            assert "2026年11月24日(火)" in told
            assert who.contract(contract).state == ContractState.CONVERTED.value
            assert who.shelf.unit(unit).state == UnitState.STOCK.value
            again, _ = await who.taps(button)
            assert "¥200,000" in again
            requests = who.shelf.read(lambda db: db.exec(select(GuaranteeRequest)).all())
            assert [each.sent_at for each in requests] == [requests[0].sent_at]
            assert requests[0].sent_at < last_evening + timedelta(minutes=2)

    journey()


def test_a_question_whose_payment_day_has_passed_is_asked_anew(tmp_path: Path) -> None:
    """R-071: no day is promised that is already over."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                contract, _ = who.shelf.consigned(who.customer, 300_000, guarantee=200_000)
                _, data = await who.says("買取に変更")
                who.shop.clock.move(timedelta(days=5))
                told, data = await who.taps(one(data, "consigning.convert_it"))
                assert "2026年11月27日(金)" in told
                assert who.contract(contract).state == ContractState.ACTIVE.value
                await who.taps(one(data, "consigning.convert_it"))
                assert who.contract(contract).state == ContractState.CONVERTED.value

    journey()


def test_a_reserved_piece_is_parked_and_told_so(database_url: str, tmp_path: Path) -> None:
    """R-071: parked while a buyer has it; asked again, the first request is told of."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            contract, unit = who.shelf.consigned(who.customer, 300_000, guarantee=200_000)
            who.shelf.move(unit, UnitState.RESERVED)
            told, data = await who.says("買取に変更")
            assert "商談中" in told
            told, _ = await who.taps(one(data, "consigning.convert_it"))
            assert "自動的に" in told
            assert who.contract(contract).state == ContractState.ACTIVE.value
            told, _ = await who.says("買取に変更")
            assert "すでに承っております" in told

    journey()


def test_after_the_term_the_guarantee_is_over_and_told_so(tmp_path: Path) -> None:
    """R-071, CON-7: also by a button that names a message there never was."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                who.shelf.now = NOW - timedelta(days=185)
                who.shelf.identify(who.customer)
                contract, _ = who.shelf.consigned(who.customer, 300_000, guarantee=200_000)
                told, data = await who.says("買取に変更")
                assert "満了" in told
                assert not [each for each in data if each.startswith("consigning.convert_it")]
                told, _ = await who.taps(f"consigning.convert_it?contract={contract}&once=999999")
                assert "満了" in told
                assert who.contract(contract).state != ContractState.CONVERTED.value

    journey()


def test_a_price_changes_only_by_the_button(database_url: str, tmp_path: Path) -> None:
    """R-074: no answer and a typed yes change nothing; no is kept; yes changes it at once."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            contract, unit = who.shelf.consigned(who.customer, 300_000)

            def propose(price: int) -> None:
                who.shelf.write(
                    prices.propose_price, contract, Yen(price), reason=None, actor=STAFF,
                    now=who.shelf.now, key=who.shelf.key(),
                )  # fmt: skip

            propose(280_000)
            told, data = await who.says("値下げの件")
            assert "¥280,000" in told
            assert "¥224,000(80%)" in told
            await who.says("はい")
            assert who.shelf.unit(unit).price == 300_000
            await who.taps(one(data, "consigning.price_no"))
            assert who.shelf.unit(unit).price == 300_000
            told, _ = await who.taps(one(data, "consigning.price_yes"))
            assert "お断り" in told
            propose(270_000)
            _, data = await who.says("値下げの件")
            told, _ = await who.taps(one(data, "consigning.price_yes"))
            assert "¥270,000" in told
            assert who.shelf.unit(unit).price == 270_000

    journey()


def test_withdrawing_is_free_and_waits_for_a_buyer(database_url: str, tmp_path: Path) -> None:
    """R-077, CON-11; of two pieces the customer chooses."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            first, _ = who.shelf.consigned(who.customer, 300_000)
            second, taken = who.shelf.consigned(who.customer, 90_000)
            who.shelf.move(taken, UnitState.RESERVED)
            told, data = await who.says("預けた品を戻してほしい")
            assert "どちらのお品物" in told
            choose = [each for each in data if each.startswith("consigning.withdraw?")]
            assert len(choose) == 2
            for contract, state in (
                (first, ContractState.RETURNING),
                (second, ContractState.ACTIVE),
            ):
                (mine,) = [each for each in choose if contract in each]
                told, data = await who.taps(mine)
                assert "無料" in told
                await who.taps(one(data, "consigning.withdraw_it"))
                assert who.contract(contract).state == state.value
            assert who.contract(second).withdraw_asked_at is not None
            assert "return_to_consignor" in who.shelf.tasks()

    journey()


def test_extending_is_asked_for_and_promised(tmp_path: Path) -> None:
    """R-073, CON-10: a person makes new terms; the contract goes on."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                contract, _ = who.shelf.consigned(who.customer, 300_000)
                told, _ = await who.taps(f"consigning.renew?contract={contract}")
                assert "18:00" in told
                assert who.shelf.tasks() == ["consignment_renewal"]
                assert who.contract(contract).state == ContractState.ACTIVE.value

    journey()


def test_the_owner_sees_the_record_of_the_own_piece(tmp_path: Path) -> None:
    """R-078: dates and digests of what was captured, and the film itself."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                _, unit = who.shelf.consigned(who.customer, 300_000)
                await who.films(who.shelf.unit(unit).code)
                told, _ = await who.says("預けたバッグの写真")
                digest = who.shop.one("SELECT sha256 FROM asset")
                assert f"SHA-256 {digest[:12]}" in told
                assert '"video"' in told
                told, _ = await who.says("私の時計の状態")
                assert f"SHA-256 {digest[:12]}" in told

    journey()


def test_the_contract_is_shown_and_its_very_text_accepted(
    database_url: str, tmp_path: Path
) -> None:
    """R-079: version, time and hash; a button with another text shows it again."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            piece = who.shelf.piece(who.customer)
            contract = who.shelf.propose(who.customer, piece, guarantee=200_000).contract_id
            _, data = await who.says("委託どう?")
            told, data = await who.taps(one(data, "consigning.contract"))
            assert "版 consignment-1 ja" in told
            assert "¥200,000以上" in told
            sign = one(data, "consigning.sign")
            text = sign.split("text=")[1].split("&")[0]
            await who.taps(sign.replace(text, "0" * 64))
            assert who.contract(contract).state == ContractState.PROPOSED.value
            told, _ = await who.taps(sign)
            assert text[:12] in told
            row = who.contract(contract)
            assert row.state == ContractState.ACTIVE.value
            assert (row.text_sha256, row.accepted_at is not None) == (text, True)
            assert (row.text_version or "").startswith("consignment-1 ja")

    journey()


def test_a_seller_who_says_no_to_consignment_has_the_piece_sent_home(tmp_path: Path) -> None:
    """R-050, R-077: it stood in the shop for good; pressed twice it is one return."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                deals = Deals(who.shelf.database, now=who.shelf.now)
                seller = Actor(who.customer, Role.CUSTOMER)
                case_id = deals.here(seller)
                quote_id = deals.offered(case_id, 400_000)
                deals.do(answers.decline, quote_id, after=After.CONSIGN, actor=seller)
                unit = UnitId(deals.unit(case_id).id)
                contract = who.shelf.propose(who.customer, unit).contract_id
                _, data = await who.says("預けた品を戻してほしい")
                told, data = await who.taps(one(data, "consigning.withdraw_it"))
                assert "無料でお返しします" in told
                home = one(data, "consigning.home")
                for _ in range(2):
                    told, _ = await who.taps(home)
                    assert "追跡番号" in told
                assert who.contract(contract).state == ContractState.DECLINED.value
                assert deals.piece(case_id).stage == "return_shipping"

    journey()


def test_what_was_replaced_or_is_over_is_told_so_and_binds_nobody(tmp_path: Path) -> None:
    """CON-5, QUO-5: the contract whose offer is over, and the one taken back."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with consignor(url, tmp_path) as who:
                piece = who.shelf.piece(who.customer)
                wrong = who.shelf.propose(who.customer, piece, 38_000).contract_id
                _, data = await who.says("委託どう?")
                _, data = await who.taps(one(data, "consigning.contract"))
                sign_wrong = one(data, "consigning.sign")
                right = who.shelf.propose(who.customer, piece, guarantee=200_000).contract_id
                told, _ = await who.taps(sign_wrong)
                assert "ご契約に至らず" in told
                _, data = await who.says("委託どう?")
                button = one(data, "consigning.contract")
                _, data = await who.taps(button)
                sign = one(data, "consigning.sign")

                def over(db: Session) -> None:
                    quote = db.get_one(Quote, who.contract(right).quote_id)
                    quote.valid_through = who.shelf.now.date() - timedelta(days=1)
                    db.add(quote)

                who.shelf.database.write(over)
                for data_of in (sign, button):
                    told, _ = await who.taps(data_of)
                    assert "有効期限が過ぎたため" in told
                states = [who.contract(each).state for each in (wrong, right)]
                assert states == ["declined", "proposed"]
                assert who.shelf.tasks().count("consignment_proposal") == 1

    journey()


def test_strangers_and_the_unlinked_learn_nothing(database_url: str, tmp_path: Path) -> None:
    """Somebody else's contract and none at all get one answer; who is not linked links first."""

    @in_loop
    async def journey() -> None:
        async with consignor(database_url, tmp_path) as who:
            contract, unit = who.shelf.consigned(who.shelf.consignor(), guarantee=200_000)
            answers = {
                (await who.taps(f"consigning.{verb}?contract={each}"))[0].split("quoteToken")[0]
                for verb in ("show", "record", "convert", "convert_it", "withdraw_it", "renew")
                for each in (contract, "nothing")
            }
            assert len(answers) == 1
            assert who.contract(contract).state == ContractState.ACTIVE.value
            visitor = who.shop.line.add_user()
            _, data = _seen(await who.shop.says(visitor, "委託どう?"))
            assert "membership.link" in data
            state = who.shelf.read(
                lambda db: db.exec(select(Unit.state).where(Unit.id == UnitId(unit))).one()
            )
            assert state == UnitState.LISTED.value

    journey()
