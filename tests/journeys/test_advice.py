"""Advice by chat (R-127, R-132, R-134, R-175): the finder, stories, terms, help by role."""

from datetime import UTC, datetime
from pathlib import Path

from bot.rulebook import book
from catalog.ground import policy
from tests.databases import fresh_url
from tests.journeys.buttons import behind, every, labelled, words
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, item, open_shop

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo

SCRIPT = Scripted(
    {
        "贈り物に時計を選びたい": ("advice.style", {"category": "watch"}),
        "予算は30万円くらい": ("advice.style", {"money": 300_000}),
        "W-10234の話を聞かせて": ("item.story", {"sku": ["W-10234"]}),
        "ロレックスの歴史を教えて": ("item.story", {"brand": "rolex"}),
        "送料はいくらですか": ("faq.policy", {}),
        "キャンセルと支払い方法を教えてください": ("faq.policy", {}),
        "規約について知りたい": ("faq.policy", {}),
        "何ができますか": ("bot.capabilities", {}),
        "あなたは人間ですか": ("chat.smalltalk", {}),
    }
)


async def _window(shop: RunningShop) -> None:
    """Eight watches of two brands and a bag."""
    prices = [100_000, 200_000, 290_000, 500_000, 800_000, 1_200_000]
    await shop.stock(
        *(
            item(
                f"W-1000{n}", f"シーマスター {n}", brand="オメガ", price=str(price),
                grade=["A", "B", "S"][n % 3],
            )
            for n, price in enumerate(prices)
        ),
        item("W-10234", "コスモグラフ デイトナ", brand="ロレックス", price="4280000"),
        item("W-10235", "サブマリーナー", brand="ロレックス", price="1800000", grade="B"),
        item("B-20011", "バーキン25", brand="エルメス", price="2900000"),
    )  # fmt: skip


def test_four_questions_lead_to_three_pieces_with_a_reason_and_a_person_on_each(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await _window(shop)
            user = shop.line.add_user()
            told = await shop.says(user, "贈り物に時計を選びたい")
            assert "ブランド" in words(told)  # the first of the four was said already
            told = await shop.taps(user, labelled(told, "オメガ"))
            assert "ご予算" in words(told)
            told = await shop.says(user, "予算は30万円くらい")
            assert "状態" in words(told)
            cards, choices = await shop.taps(user, labelled(told, "Aランク以上"))
            bubbles = cards["contents"]["contents"]
            assert len(bubbles) == 2  # 100,000 in A and 290,000 in S; 200,000 is a B
            for bubble in bubbles:
                assert "person.call" in every([bubble])
                assert "ご予算内" in words(bubble)
            assert "W-10000" in words(cards)
            assert "W-10002" in words(cards)
            assert "2点をお選びしました" in choices["text"]
            assert shop.line.refused == []

    journey()


def test_where_nothing_has_everything_it_is_said_what_was_given_up(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                await _window(shop)
                user = shop.line.add_user()
                await shop.says(user, "贈り物に時計を選びたい")
                told = await shop.taps(user, "finder.answer?brand=rolex")
                told = await shop.says(user, "予算は30万円くらい")
                if "Aランク以上" in words(told):
                    told = await shop.taps(user, labelled(told, "おまかせ"))
                assert "ご予算の条件を広げて" in words(told)
                assert "ご予算内" not in words(told)
                assert shop.line.refused == []

    journey()


def test_everything_left_open_proposes_three_of_what_is_for_sale(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                await _window(shop)
                user = shop.line.add_user()
                told = await shop.taps(user, "finder.begin")
                asked = 0
                while not any(each.startswith("story.show") for each in every(told)):
                    asked += 1
                    assert asked <= 4
                    told = await shop.taps(user, labelled(told, "おまかせ"))
                assert asked == 4
                assert len(told[0]["contents"]["contents"]) == 3
                broken = await shop.taps(user, "finder.answer?budget=x-y")
                assert "person.call" in every(broken)
                assert shop.line.refused == []

    journey()


def test_a_story_is_what_the_shop_has_on_record_and_says_so(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await shop.stock(item("W-10234", brand="ロレックス", model="デイトナ"))
            user = shop.line.add_user()
            (bare,) = await shop.says(user, "W-10234の話を聞かせて")
            assert "解説はまだございません" in words(bare)
            assert "当店への入庫" in words(bare)
            assert "2026年11月24日" in words(bare)
            assert "person.call" in every([bare])
            await shop.shop.units.write(_describe)
            (told,) = await shop.says(user, "W-10234の話を聞かせて")
            assert "1963年に発表された" in words(told)
            assert "出典: 当店の商品説明" in words(told)
            assert shop.line.refused == []

    journey()


def _describe(db: object) -> None:
    from sqlalchemy import text

    db.connection().execute(  # type: ignore[attr-defined]  # a session
        text("UPDATE style SET description = '1963年に発表された手巻クロノグラフ。'")
    )


def test_what_is_not_recorded_is_not_told(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                told = await shop.says(shop.line.add_user(), "ロレックスの歴史を教えて")
                assert "記録がございません" in words(told)
                assert "person.call" in every(told)

    journey()


def test_terms_are_told_with_the_figures_in_force(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            user = shop.line.add_user()
            (told,) = await shop.says(user, "送料はいくらですか")
            assert "¥1,650" in told["text"]
            assert "¥30,000以上" in told["text"]
            now = shop.clock()
            changed = {"ship.fee": 980, "dealer.phone": "03-1234-5678"}
            await shop.shop.units.write(
                lambda db: policy.amend(db, changed, known=book.TERMS, by="test", now=now)
            )
            (told,) = await shop.says(user, "送料はいくらですか")
            assert "¥980" in told["text"]
            both = await shop.says(user, "キャンセルと支払い方法を教えてください")
            both = both if len(both) == 2 else await shop.told(user, 4)
            assert "現金" in words(both)
            assert "発送前であればキャンセル" in words(both)
            choice = await shop.says(user, "規約について知りたい")
            (ways,) = await shop.taps(user, labelled(choice, "お電話・店頭"))
            assert "03-1234-5678" in ways["text"]
            topics = {each for each in every(choice) if each.startswith("faq.show")}
            for each in sorted(topics):
                told = await shop.taps(user, each)
                assert "person.call" in every(told), each
            assert shop.line.refused == []

    journey()


def test_help_is_by_role_and_every_button_of_it_leads_somewhere(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                await shop.stock(item("W-10234"))
                visitor, customer, retailer = (shop.line.add_user() for _ in range(3))
                await shop.is_customer(customer, number="C-1")
                await shop.is_retailer(retailer, "W-10234")
                texts = set()
                for who in (visitor, customer, retailer):
                    told = await shop.says(who, "何ができますか")
                    texts.add(told[0]["text"])
                    assert "person.call" in every(told)
                    for tap in every(told):
                        if tap != "membership.link":  # answered by the membership's own flow
                            answered = await shop.taps(who, tap)
                            assert "ご用件をうまくうかがえませんでした" not in words(answered), tap
                assert len(texts) == 3
                assert behind(await shop.says(customer, "何ができますか"), "order.mine")
                menu = await shop.taps(visitor, "help.show")  # the rich menu's own button
                assert "W-10234" in words(menu)
                honest = await shop.says(visitor, "あなたは人間ですか")
                assert "分かりません" in words(honest)
                assert "person.call" in every(honest)
                assert shop.line.refused == []

    journey()
