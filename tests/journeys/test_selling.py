"""Somebody sells by chat: from a picture to the money, and every way out (R-038 to R-068)."""

from pathlib import Path

from catalog.buyback import appraisal, inquiry, referrals, transit
from catalog.buyback.inquiry import PieceWish
from catalog.buyback.stages import Stage
from catalog.duties.actors import BOT
from catalog.duties.rules import Channel
from catalog.ground.money import Yen
from catalog.items.kinds import Category
from catalog.orders.lines import parse as order_line
from catalog.orders.opening import take_lines as take_orders
from tests import line_events
from tests.catalog.buyback.deals import APPRAISER, DAYTONA, MANAGER, STORE, basis, offer
from tests.journeys.selling import (
    FRIDAY,
    buttons,
    deals_of,
    known_seller,
    picture,
    press,
    sends,
    sold_before,
    words,
)
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, film_file, item, open_shop

SCRIPT = {
    "ロレックスのサブマリーナを売りたいです": (
        "sell.quote", {"brand": "rolex", "model": "submariner"},
    ),
    "写真を送ります。いくらで買い取れますか?": ("sell.quote", {}),
    "修理したい": ("sell.quote", {"action": "repair"}),
    "買取と委託、どっちがいいですか?": ("sell.route", {}),
    "宅配でお願いします": ("sell.method", {"method": "mail_in"}),
    "持込に変更したいです": ("sell.method", {"method": "store_drop"}),
    "梱包キットはいつ届きますか?": ("sell.kit", {}),
    "届いた?": ("sell.arrival", {}),
    "その金額で売ります": ("sell.accept", {}),
    "やっぱりやめたい": ("sell.decline", {}),
    "クーリングオフしたいです": ("sell.decline", {}),
    "45万円なら売ります": ("sell.decline", {"money": 450_000}),
    "いつ入金されますか?": ("sell.payment", {}),
    "家に来て査定してほしい": ("sell.method", {"method": "home_visit"}),
    "注文ORD-20260901-8841の品を売りたい": (
        "sell.quote", {"order_no": "ORD-20260901-8841"},
    ),
    "注文ORD-20260901-9999の品を売りたい": (
        "sell.quote", {"order_no": "ORD-20260901-9999"},
    ),
}  # fmt: skip


async def _asked(shop: RunningShop, who: str) -> list[dict[str, object]]:
    """A Submariner, named as a watch."""
    told = await shop.says(who, "ロレックスのサブマリーナを売りたいです")
    return await press(shop, who, told, "時計")


async def _answered(
    shop: RunningShop, who: str, told: list[dict[str, object]]
) -> list[dict[str, object]]:
    for choice in ("目立つ傷なし", "はい", "はい", "いいえ", "2〜5年"):
        told = await press(shop, who, told, choice)
    return told


async def _filmed(shop: RunningShop, code: str) -> None:
    """A film of the piece is ready to be shown; tasks of the staff stay due."""
    await shop.capture(film_file(shop.folder / "captures" / f"{code}.mp4"), code=code)
    ready = "SELECT count(*) FROM asset WHERE kind = 'film' AND readiness = 'whole'"
    await shop.until(lambda: shop.one(ready) == 1, "the film to be ready")


def test_a_watch_is_priced_from_its_pictures(database_url: str, tmp_path: Path) -> None:
    """R-038, R-039, R-056: what is blurred and missing is named; the range has reasons, an end."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            await shop.is_customer(user, number="C-77001")
            await sold_before(shop, 1_000_000, 1_010_000, 990_000)
            told = await _asked(shop, user)
            assert "裏蓋" in words(told) and "シリアル番号" in words(told)
            blurred = [picture(1), picture(2, blur=6), picture(3), picture(4)]
            (told,) = [await sends(shop, user, *blurred, set_id="SET1")]
            said = words(told)
            assert "(3/6)" in said and "裏蓋のお写真がぼけて" in said
            assert "シリアル番号" in said and "お写真がまだのようです" in said
            told = await sends(shop, user, picture(5), picture(6), picture(7), set_id="SET2")
            assert "6枚がそろいました" in words(told)
            told = await _answered(shop, user, await press(shop, user, told, "次へ進む"))
            said = words(told)
            assert "仮査定額" in said and "10月16日(金)まで" in said
            assert "直近の成約3件" in said and "6/6枚" in said and "ランクA相当" in said
            assert "送り方を選ぶ" in buttons(told) and "買取と委託を比べる" in buttons(told)
            (low, high, is_auto) = shop.rows("SELECT low, high, is_auto FROM quote")[0]
            assert f"¥{low:,}〜¥{high:,}" in said and is_auto
            assert shop.one("SELECT count(*) FROM asset WHERE about LIKE 'piece:%'") == 7
            assert shop.one("SELECT count(*) FROM asset WHERE unit_id IS NOT NULL") == 0
            assert shop.line.refused == []

    journey()


def test_pictures_sent_first_are_used(database_url: str, tmp_path: Path) -> None:
    """R-038: pictures, then the name; what came before is attached once the piece is known."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            await shop.is_customer(user, number="C-77001")
            await sends(shop, user, picture(1), picture(2), set_id="SET1")
            told = await shop.says(user, "ロレックスのサブマリーナを売りたいです")
            before = len(shop.line.sent_to(user))
            await shop.taps(user, buttons(told)["時計"])
            told = (await shop.told(user, before + 2))[before:]
            assert "先ほどの2枚も拝見します" in words(told) and "(2/6)" in words(told)
            assert shop.line.refused == []

    journey()


def test_a_visitor_is_taken_up_with_one_button_and_without_pictures_a_person_answers(
    database_url: str, tmp_path: Path
) -> None:
    """QUO-6: words alone are never priced by the bot; R-048: a person, with a time."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            await sold_before(shop, 1_000_000, 1_010_000, 990_000)
            told = await _asked(shop, user)
            assert "はじめて利用する" in buttons(told)
            told = await press(shop, user, told, "はじめて利用する")
            assert "サブマリーナ" in words(told) or "Submariner" in words(told)
            told = await press(shop, user, told, "写真なしで進む")
            told = await _answered(shop, user, told)
            assert "本日 11:15までに" in words(told)
            assert shop.rows("SELECT state, amount FROM quote") == [("drafted", None)]
            tasks = shop.rows("SELECT work_key FROM worklist WHERE kind = 'task'")
            assert any("quote_review" in row[0] for row in tasks)
            assert shop.line.refused == []

    journey()


def test_by_post_then_brought_in_then_called_off(database_url: str, tmp_path: Path) -> None:
    """R-041, R-044, R-049, R-059: the kit, the change of mind, and nothing to pay."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            told = await shop.says(user, "宅配でお願いします")
            assert "買取のできないお品物" in words(told)
            told = await press(shop, user, told, "無料で返送")
            assert "送料0円・返送料0円・キャンセル料0円" in words(told)
            assert deals.stage(case_id) is Stage.INQUIRY
            told = await press(shop, user, told, "申し込む")
            assert deals.stage(case_id) is Stage.SUBMITTED
            told = await press(shop, user, told, "小")
            assert "本日 15:00までに発送" in words(told)
            told = await shop.says(user, "持込に変更したいです")
            told = await press(shop, user, told, "変更する")
            assert deals.case(case_id).channel == Channel.STORE_DROP.value
            told = await shop.says(user, "やっぱりやめたい")
            assert "キャンセル料は0円" in words(told)
            told = await press(shop, user, told, "取りやめる")
            assert deals.stage(case_id) is Stage.CLOSED
            assert shop.line.refused == []

    journey()


def test_the_kit_is_on_its_way(database_url: str, tmp_path: Path) -> None:
    """R-044: the tracking number is told in the chat; too late to change once it is on its way."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            deals.submit(seller, case_id)
            deals.do(transit.kit_sent, case_id, tracking_no="1234-5678", actor=STORE)
            told = await shop.says(user, "梱包キットはいつ届きますか?")
            assert "1234-5678" in words(told)
            deals.do(transit.in_transit, case_id, tracking_no="8765", actor=BOT)
            told = await shop.says(user, "持込に変更したいです")
            assert "変更はできません" in words(told)
            assert shop.line.refused == []

    journey()


def test_both_prices_then_a_sale_for_credit(database_url: str, tmp_path: Path) -> None:
    """R-040, R-050, R-052, R-068: one card, two buttons; the second tap binds, once."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller)
            deals.offered(case_id, 98_000)
            deals.now = shop.clock()
            told = await shop.says(user, "買取と委託、どっちがいいですか?")
            said = words(told)
            assert "¥98,000" in said and "委託の想定価格" in said and "期間中保証" in said
            assert {"買取で進む", "委託で進む"} <= buttons(told).keys()
            told = await shop.says(user, "その金額で売ります")
            assert deals.stage(case_id) is Stage.OFFERED
            told = await press(shop, user, told, "買取で進む")
            said = words(told)
            assert "¥98,000(振込手数料は当店負担" in said and "¥107,800" in said
            told = await press(shop, user, told, "ストアクレジット")
            assert "現金でのお払い戻しができません" in words(
                told
            ) and "¥98,000で当店にお売り" in words(told)
            assert deals.stage(case_id) is Stage.OFFERED
            bind = buttons(told)["¥98,000で確定する"]
            await shop.taps(user, bind)
            assert deals.stage(case_id) is Stage.CREDITED
            again = await shop.taps(user, bind)
            assert "承りました" in words(again)
            lots = shop.rows("SELECT origin, amount FROM credit_lot ORDER BY amount")
            assert lots == [("bonus", 9_800), ("trade_in", 98_000)]
            assert shop.line.refused == []

    journey()


def test_a_typed_yes_never_sells(database_url: str, tmp_path: Path) -> None:
    """R-050: words bring the button again; R-051: the payment day with its weekday."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller)
            deals.offered(case_id, 98_000)
            told = await shop.says(user, "その金額で売ります")
            told = await press(shop, user, told, "買取で進む")
            told = await press(shop, user, told, "銀行振込")
            told = await shop.says(user, "はい")
            assert deals.stage(case_id) is Stage.OFFERED
            told = await press(shop, user, told, "確定する")
            said = words(told)
            assert "¥98,000を10月9日(金)にお支払い" in said
            assert "口座番号はこのトークにお書きにならないで" in said
            told = await shop.says(user, "いつ入金されますか?")
            assert "¥98,000: 10月9日(金)" in words(told) and "当店負担" in words(told)
            assert shop.line.refused == []

    journey()


def test_another_amount_and_then_no(database_url: str, tmp_path: Path) -> None:
    """R-050, R-049: the counter is echoed and bound by its button; a no is free of charge."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller)
            quote_id = deals.offered(case_id, 400_000)
            told = await shop.says(user, "45万円なら売ります")
            assert "¥400,000" in words(told) and "¥450,000" in words(told)
            assert shop.one("SELECT wanted FROM quote WHERE id = :id", id=quote_id) is None
            told = await press(shop, user, told, "¥450,000を希望")
            assert shop.one("SELECT wanted FROM quote WHERE id = :id", id=quote_id) == 450_000
            told = await shop.says(user, "やっぱりやめたい")
            assert "費用は0円" in words(told)
            told = await press(shop, user, told, "無料で返送")
            assert "返送料0円" in words(told) and deals.stage(case_id) is Stage.OFFERED
            await press(shop, user, told, "無料で返送")
            assert deals.stage(case_id) is Stage.RETURN_SHIPPING
            assert shop.line.refused == []

    journey()


def test_a_stranger_sees_and_decides_nothing(database_url: str, tmp_path: Path) -> None:
    """Another's offer and none at all get one answer, also behind a copied button."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user, other = shop.line.add_user(), shop.line.add_user()
            seller = await known_seller(shop, user)
            await shop.is_customer(other, number="C-88001")
            deals = deals_of(shop)
            case_id = deals.here(seller)
            quote_id = deals.offered(case_id, 98_000)
            data = f"offer.accept?quote={quote_id}&amount=98000&means=bank&once=1"
            foreign = await shop.taps(other, data)
            unknown = await shop.taps(other, data.replace(quote_id, "nothing"))
            assert words(foreign) == words(unknown)
            assert deals.stage(case_id) is Stage.OFFERED
            for verb in ("take", "refuse", "ask_home", "wish"):
                foreign = await shop.taps(other, f"offer.{verb}?quote={quote_id}")
                assert "98,000" not in words(foreign)
            told = await shop.taps(other, f"selling.status?case={case_id}")
            assert deals.case(case_id).case_no not in words(told)
            assert shop.line.refused == []

    journey()


def test_less_than_was_told_says_why(database_url: str, tmp_path: Path) -> None:
    """R-057: how much less and the reason, on the card of the offer."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            piece_id = deals.piece(case_id).id
            deals.do(inquiry.quote, piece_id, basis(), actor=APPRAISER)
            deals.submit(seller, case_id)
            deals.arrive(case_id)
            deals.do(appraisal.begin_appraisal, piece_id, actor=APPRAISER)
            deals.grade(deals.piece(case_id))
            low = shop.one("SELECT low FROM quote")
            less = offer(low - 8_000, reasons=["裏蓋傷"], evidence=["asset:1"])
            quote_id = deals.do(appraisal.appraise, piece_id, less, actor=APPRAISER).made
            deals.do(appraisal.approve, quote_id, actor=MANAGER)
            deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
            told = await shop.says(user, "その金額で売ります")
            assert "仮査定から−¥8,000: 裏蓋傷" in words(told)
            assert shop.line.refused == []

    journey()


def test_several_pieces_are_decided_one_by_one(database_url: str, tmp_path: Path) -> None:
    """R-063: three offers are three cards; one is sold, the others stay open."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller, *[DAYTONA] * 3)
            for number in (1, 2, 3):
                deals.offered(case_id, 100_000 * number, number=number)
            told = await shop.says(user, "その金額で売ります")
            said = words(told)
            assert all(f"¥{each}00,000" in said for each in (1, 2, 3))
            told = await press(shop, user, told, "買取で進む")
            told = await press(shop, user, told, "銀行振込")
            told = await press(shop, user, told, "¥300,000で確定")
            assert [deals.stage(case_id, n) for n in (1, 2, 3)] == [
                Stage.OFFERED, Stage.OFFERED, Stage.PAY_SCHEDULED,
            ]  # fmt: skip
            assert "査定額を見る" in buttons(told)
            assert shop.line.refused == []

    journey()


def test_it_arrived(database_url: str, tmp_path: Path) -> None:
    """R-046: stage, since when, by when the next word comes, the film of arrival with its hash."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            deals.submit(seller, case_id)
            deals.arrive(case_id)
            await _filmed(shop, deals.unit(case_id).code)
            before = len(shop.line.sent_to(user))
            await shop.hear(shop.line.say(user, "届いた?"))
            told = (await shop.told(user, before + 3))[before:]
            assert told[0]["type"] == "video"
            said = words(told)
            assert "到着・査定待ち" in said and "次のご連絡" in said
            digest = shop.one("SELECT sha256 FROM asset WHERE unit_id IS NOT NULL")
            assert digest[:16] in said
            assert shop.line.refused == []

    journey()


def test_a_sale_at_home_is_taken_back(database_url: str, tmp_path: Path) -> None:
    """R-062: within the eight days, without a reason, by the customer's own word."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller, channel=Channel.HOME_VISIT)
            quote_id = deals.offered(case_id, 400_000)
            deals.accept(seller, quote_id)
            told = await shop.says(user, "クーリングオフしたいです")
            assert "クーリング・オフ" in words(told) and "違約金はなく" in words(told)
            assert deals.stage(case_id) is not Stage.RETURN_SHIPPING
            told = await press(shop, user, told, "契約を解除する")
            assert deals.stage(case_id) is Stage.RETURN_SHIPPING
            assert shop.one("SELECT count(*) FROM rescission") == 1
            assert shop.line.refused == []

    journey()


def test_what_cannot_be_bought_says_why(database_url: str, tmp_path: Path) -> None:
    """R-054, R-053: the reason, and home, disposal or another dealer, each asked first."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller)
            piece_id = deals.piece(case_id).id
            deals.do(appraisal.reject, piece_id, reasons=["社外部品"], actor=APPRAISER)
            told = await shop.says(user, "届いた?")
            told = await shop.told(user, len(shop.line.sent_to(user)))
            told = await press(shop, user, told, "お返しの方法を選ぶ")
            assert "社外部品" in words(told)
            assert {"無料で返送", "処分を相談", "ほかのお店の紹介"} <= buttons(told).keys()
            refer = await press(shop, user, told, "ほかのお店の紹介")
            assert "同意" in words(refer)
            told = await press(shop, user, told, "無料で返送")
            await press(shop, user, told, "無料で返送")
            assert deals.stage(case_id) is Stage.RETURN_SHIPPING
            assert shop.line.refused == []

    journey()


def test_a_repair_goes_the_same_way(database_url: str, tmp_path: Path) -> None:
    """R-060: the same stages, an estimate by a person, ordered by a button."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            await shop.is_customer(user, number="C-77001")
            told = await shop.says(user, "修理したい")
            assert "修理のお見積もり" in words(told)
            told = await _asked(shop, user)
            told = await press(shop, user, told, "写真なしで進む")
            assert "お見積もり" in words(told)
            assert shop.one("SELECT purpose FROM buyback_case") == "repair"
            tasks = shop.rows("SELECT work_key FROM worklist WHERE kind = 'task'")
            assert any("repair_estimate" in row[0] for row in tasks)
            assert shop.line.refused == []

    journey()


def test_a_visit_rests_on_the_customers_own_words(database_url: str, tmp_path: Path) -> None:
    """R-041, TOK-2: the day and whether an offer may be made are asked; a person settles the
    hour.
    """

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            told = await shop.says(user, "家に来て査定してほしい")
            told = await press(shop, user, told, "10月12日(月)")
            told = await press(shop, user, told, "査定だけ")
            told = await press(shop, user, told, "処分を相談")
            said = words(told)
            assert "伺う日は10月12日(月)、査定だけ" in said and "キャンセル料0円" in said
            told = await press(shop, user, told, "申し込む")
            assert "10月12日(月)のご自宅への出張" in words(told) and "本日 11:15まで" in words(told)
            case = deals.case(case_id)
            assert (case.channel, case.rejected_choice) == ("home_visit", "dispose")
            visit = shop.rows("SELECT scope, case_id, visit_on FROM visit")[0]
            assert (visit[0], visit[1], str(visit[2])) == ("appraise_only", case_id, "2026-10-12")
            assert shop.line.refused == []

    journey()


def test_a_piece_bought_here_is_known_by_its_order(database_url: str, tmp_path: Path) -> None:
    """R-055: code, grade and name are filled in; a stranger's order and none get one answer."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user, other = shop.line.add_user(), shop.line.add_user()
            await shop.is_customer(user, number="C-77001")
            await shop.is_customer(other, number="C-88001")
            await shop.stock(item("W-10234", brand="Rolex", model="Daytona"))
            await _bought(shop, "W-10234")
            told = await shop.says(user, "注文ORD-20260901-8841の品を売りたい")
            said = words(told)
            assert "W-10234" in said and "裏蓋" in said
            piece = shop.rows("SELECT known_unit_id IS NOT NULL, title FROM case_piece")[0]
            assert piece[0] and piece[1] == "コスモグラフ デイトナ"
            assert shop.one("SELECT is_bought_back FROM buyback_case")
            foreign = await shop.says(other, "注文ORD-20260901-8841の品を売りたい")
            unknown = await shop.says(other, "注文ORD-20260901-9999の品を売りたい")
            assert words(foreign).replace("8841", "9999") == words(unknown)
            assert shop.line.refused == []

    journey()


async def _bought(shop: RunningShop, code: str) -> None:
    """An order of C-77001 with that piece, delivered in September."""
    now = shop.clock()
    line = order_line(
        {
            "order_no": "ORD-20260901-8841", "customer_no": "C-77001", "unit_code": code,
            "sold_price": "1000000", "ordered_at": "2026-09-01T12:00:00+09:00",
            "delivered_on": "2026-09-03", "state": "closed",
        }
    )  # fmt: skip
    await shop.shop.units.write(lambda db: take_orders(db, [line], by="test", now=now))


def test_too_cheap_for_consignment(database_url: str, tmp_path: Path) -> None:
    """R-067: only the purchase is offered, and why."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            deals = deals_of(shop)
            case_id = deals.here(seller, PieceWish(Category.APPAREL, "シャツ"))
            piece_id = deals.piece(case_id).id
            cheap = offer(5_000, basis=basis(age_years=0, reference=Yen(18_000)))
            quote_id = deals.do(appraisal.appraise, piece_id, cheap, actor=APPRAISER).made
            deals.do(appraisal.approve, quote_id, actor=MANAGER)
            deals.do(appraisal.send_offer, quote_id, actor=APPRAISER)
            told = await shop.says(user, "買取と委託、どっちがいいですか?")
            assert "買取のみのご案内" in words(told) and "¥20,000" in words(told)
            assert "委託で進む" not in buttons(told)
            told = await shop.taps(user, f"offer.ask_consign?quote={quote_id}")
            assert "買取のみのご案内" in words(told)
            assert shop.line.refused == []

    journey()


def test_a_picture_taken_back_or_broken_shows_nothing(database_url: str, tmp_path: Path) -> None:
    """R-039: what cannot be opened is asked for again; what was unsent no longer counts."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            await shop.is_customer(user, number="C-77001")
            await _asked(shop, user)
            told = await sends(shop, user, b"\xff\xd8\xff" + bytes(range(256)) * 40)
            assert "(0/6)" in words(told) and "文字盤の正面のお写真がぼけて" in words(told)
            told = await sends(shop, user, picture(1))
            assert "(1/6)" in words(told)
            message = shop.one(
                "SELECT message_id FROM received_file ORDER BY sent_at DESC, id DESC LIMIT 1"
            )
            await shop.hear(line_events.unsend_event(user, message, at=shop.clock()))
            await shop.settled()
            told = await sends(shop, user, picture(2))
            assert "(1/6)" in words(told)
            assert shop.line.refused == []

    journey()


def test_a_better_dealer_is_named_before_anything_is_passed_on(
    database_url: str, tmp_path: Path
) -> None:
    """R-053, QUO-7: who and why first, then the customer's own button; the history keeps it."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=FRIDAY, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            seller = await known_seller(shop, user)
            partner = await shop.is_retailer(shop.line.add_user(), "W-1")
            deals = deals_of(shop)
            case_id = deals.inquiry(seller, DAYTONA)
            piece_id = deals.piece(case_id).id
            told = await shop.taps(user, f"parting.refer?piece={piece_id}")
            told = await press(shop, user, told, "同意して紹介を希望")
            assert "本日 11:15までに" in words(told)
            assert shop.one("SELECT count(*) FROM referral") == 0
            before = len(shop.line.sent_to(user))
            deals.do(
                referrals.propose, piece_id, partner, reason="専門の職人がいるため",
                indication=Yen(900_000), actor=MANAGER,
            )  # fmt: skip
            proposed = (await shop.told(user, before + 1))[before:]
            asked = await shop.says(user, "届いた?")
            for shown, label in ((proposed, "内容を見て選ぶ"), (asked, "紹介先を見る")):
                told = await press(shop, user, shown, label)
                said = words(told)
                assert "銀座リテール" in said and "専門の職人" in said and "¥900,000" in said
            assert shop.one("SELECT count(*) FROM referral") == 0
            told = await press(shop, user, told, "同意して紹介を希望")
            assert deals.stage(case_id) is Stage.REFERRED
            assert shop.rows("SELECT reason, indication FROM referral") == [
                ("専門の職人がいるため", 900_000)
            ]
            assert shop.line.refused == []

    journey()
