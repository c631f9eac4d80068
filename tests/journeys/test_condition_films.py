"""The main job (R-001, R-002, R-003, R-010, R-021): ask for a film, get it; none yet, get it the
moment it is there.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.line_platform import in_loop
from tests.shop import film_file, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo
NIGHT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # 03:00 in Tokyo


def buttons(message: Any) -> list[str]:
    """The data behind every button of a message."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "postback":
                found.append(node["data"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message)
    return found


@pytest.mark.parametrize(
    "words",
    [
        "W-10234の動画を見せて",
        "ｗ－１０２３４の動画みせて",
        "w10234 動画",
        "W 10234のムービーください",
        "Wー10234の映像",
        "please show me the video of W-10234",
        "film of w−10234",
        "ロレックス デイトナの動画",
        "rolex daytona video",
        "ﾃﾞｲﾄﾅの動画を見せてください",
    ],
)
def test_every_way_of_asking_brings_the_film(words: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                await shop.stock(
                    item("W-10234", brand="ロレックス", model="デイトナ"),
                    item("W-10999", "オメガ スピードマスター", brand="Omega", model="Speedmaster"),
                )
                await shop.film("W-10234")
                user = shop.line.add_user()
                sent = await shop.says(user, words)
                assert [message["type"] for message in sent] == ["video", "flex"], sent
                assert shop.line.refused == []

    journey()


def test_the_film_comes_as_a_free_reply_with_date_grade_and_buttons(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            await shop.film("W-10234")
            user = shop.line.add_user()
            film, card = await shop.says(user, "W-10234の動画を見せて")
            assert shop.line.accepted[-1].kind == "reply"
            assert film["originalContentUrl"].startswith("https://shop.example/m/")
            told = json.dumps(card, ensure_ascii=False)
            assert "コスモグラフ デイトナ" in told
            assert "2026年" in told
            assert '"A"' in told
            assert "person.call" in buttons(card)
            token = film["originalContentUrl"].rsplit("/", 1)[1]
            async with shop.http.get(
                f"{shop.url}/m/{token}", headers={"Range": "bytes=0-99"}
            ) as part:
                assert part.status == 206
                assert part.headers["content-type"] == "video/mp4"
                assert len(await part.read()) == 100

    journey()


def test_a_part_is_asked_for_without_naming_the_piece_again(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            await shop.film("W-10234")
            await shop.film("W-10234", part="case_back")
            user = shop.line.add_user()
            await shop.says(user, "W-10234の動画")
            film, card = await shop.says(user, "裏蓋アップで")
            assert film["type"] == "video"
            assert "裏蓋" in json.dumps(card, ensure_ascii=False)

    journey()


def test_a_still_of_the_film_is_sent_by_itself_when_it_is_made(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            await shop.film("W-10234")
            user = shop.line.add_user()
            _, card = await shop.says(user, "W-10234の動画を見せて")
            assert any(each.startswith("stills.ask?") for each in buttons(card))
            await shop.says(user, "0:00の静止画をください")
            sent = await shop.told(user, 5)
            made, picture, words = sent[2:]
            assert "ご用意しています" in made["text"]
            assert [picture["type"], words["type"]] == ["image", "text"]
            assert picture["previewImageUrl"] == picture["originalContentUrl"]
            token = picture["originalContentUrl"].rsplit("/", 1)[1]
            async with shop.http.get(f"{shop.url}/m/{token}") as still:
                assert still.headers["content-type"] == "image/jpeg"
                assert (await still.read())[:2] == b"\xff\xd8"
            assert shop.one("SELECT count(*) FROM blob") == 1  # never an original
            image, _ = await shop.says(user, "0:00の静止画をください")
            assert image["type"] == "image"
            assert shop.line.refused == []

    journey()


def test_a_missing_film_is_promised_and_pushed_once_when_the_file_arrives(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            user = shop.line.add_user()
            (promise,) = await shop.says(user, "W-10234の動画を見せて")
            assert "本日 16:00ごろまで" in promise["text"]
            assert shop.one("SELECT count(*) FROM capture_task WHERE state = 'open'") == 1
            (again,) = await shop.says(user, "W-10234の動画まだ?")
            assert "手配済み" in again["text"]

            film_file(shop.hot_folder / "W-10234_01.mp4")
            sent = await shop.told(user, 4)
            assert shop.line.accepted[-1].kind == "push"
            kinds = [message["type"] for message in sent[2:]]
            assert kinds == ["text", "video", "flex"]
            assert shop.one("SELECT count(*) FROM capture_task WHERE state = 'open'") == 0
            film_file(shop.hot_folder / "W-10234_02.mp4")
            await shop.until(
                lambda: shop.one("SELECT count(*) FROM rendition WHERE recipe = 'film'") == 2,
                "the second film",
            )
            await shop.settled()
            assert len(shop.line.sent_to(user)) == 5
            assert shop.line.refused == []

    journey()


def test_at_three_in_the_morning_the_film_is_delivered_without_delay(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=NIGHT) as shop:
            await shop.stock(item("W-10234"))
            user = shop.line.add_user()
            (promise,) = await shop.says(user, "W-10234の動画")
            assert "本日 12:30ごろまで" in promise["text"]
            film_file(shop.hot_folder / "W-10234_01.mp4")
            sent = await shop.told(user, 4)
            assert sent[2]["type"] == "video"

    journey()


def test_a_film_that_must_be_made_anew_sends_its_poster_first(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            user = shop.line.add_user()
            await shop.says(user, "W-10234の動画")
            film_file(shop.hot_folder / "W-10234_01.mp4", codec="mpeg4")
            sent = await shop.told(user, 6)
            assert [message["type"] for message in sent[1:]] == [
                "text", "image", "text", "video", "flex",
            ]  # fmt: skip

    journey()


def test_several_pieces_bring_a_short_choice_and_a_number_chooses(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(
                item("W-10234", brand="ロレックス", model="デイトナ"),
                item("W-10311", brand="ロレックス", model="デイトナ"),
            )
            await shop.film("W-10234")
            await shop.film("W-10311")
            user = shop.line.add_user()
            cards, choice = await shop.says(user, "デイトナの動画")
            assert cards["contents"]["type"] == "carousel"
            offered = [data for data in buttons(choice) if data.startswith("media.show")]
            assert len(offered) == 2
            film, _ = await shop.says(user, "2番")
            assert film["type"] == "video"
            film, _ = await shop.taps(user, offered[0])
            assert film["type"] == "video"

    journey()


def test_unknown_and_hidden_codes_are_answered_alike(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10500", state="unlisted"))
            await shop.film("W-10500")
            visitor, retailer = shop.line.add_user(), shop.line.add_user()
            await shop.is_retailer(retailer, "W-10500")
            (hidden,) = await shop.says(visitor, "W-10500の動画")
            (unknown,) = await shop.says(visitor, "W-10501の動画")
            assert hidden["text"].replace("W-10500", "X") == unknown["text"].replace("W-10501", "X")
            sent = await shop.says(retailer, "W-10500の動画")
            assert sent[0]["type"] == "video"

    journey()


def test_a_watched_film_is_kept_as_proof(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.line_events import video_play_complete_event

        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            await shop.film("W-10234")
            user = shop.line.add_user()
            film, _ = await shop.says(user, "W-10234の動画")
            watched = video_play_complete_event(user, film["trackingId"], at=shop.clock())
            await shop.hear(watched)
            await shop.hear(watched)
            await shop.settled()
            assert shop.one("SELECT count(*) FROM media_view") == 1

    journey()


def test_an_english_customer_is_answered_in_english(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(item("W-10234"))
            user = shop.line.add_user()
            (promise,) = await shop.says(user, "May I see a film of W-10234?")
            assert "You will receive it here by about 16:00 today" in promise["text"]
            (person,) = await shop.says(user, "I want to talk to a person")
            assert "by 14:05 today" in person["text"]
            assert shop.one("SELECT count(*) FROM ticket WHERE state = 'waiting'") == 1

    journey()
