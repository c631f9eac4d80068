"""The chat in the README is what the product answers: run on the simulator, clock and all."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.pieces import FILM, FOR_RETAILER, NOT_FILMED, SHOWN_FIRST, Shot
from catalog.ground.calendar import TOKYO
from media.assets.kinds import Part
from tests.bot.demo.opened import OpenDemo, only, open_demo
from tests.journeys.transcript import answered, said

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- transcript -->", "<!-- /transcript -->"
SHOP = "akashi"
ANSWER = "お待たせいたしました。佐藤でございます。ご用件をお聞かせいただけますでしょうか。"
PIECES = (
    only(SHOWN_FIRST, Shot(FILM), Shot(FILM, Part.CASE_BACK)),
    only("W-10235"),
    only("W-10236"),
    only(NOT_FILMED),
    only(FOR_RETAILER, Shot(FILM)),
    only("B-20017"),
)


def test_the_chat_in_the_readme_is_what_the_product_answers(tmp_path: Path, now: datetime) -> None:
    expected = f"{BEGIN}\n```text\n{asyncio.run(_chat(tmp_path, now))}\n```\n{END}"
    readme = README.read_text(encoding="utf-8")
    written = BEGIN + readme.partition(BEGIN)[2].partition(END)[0] + END
    if written != expected:
        pytest.fail(f"README.md must hold exactly this:\n\n{expected}\n", pytrace=False)


async def _chat(folder: Path, now: datetime) -> str:
    async with open_demo(folder / "demo", PIECES, at=now) as opened:
        told = [
            _note(opened, "a customer"),
            await _talk(opened, "misaki", "美咲", f"{SHOWN_FIRST}の動画を見せて"),
            await _talk(opened, "misaki", "美咲", "裏蓋アップで"),
            await _talk(opened, "misaki", "美咲", f"{NOT_FILMED}の動画もありますか"),
        ]
        opened.go_on(timedelta(hours=1, minutes=12))
        film = await asyncio.to_thread(opened.film, NOT_FILMED, folder=folder / "camera")
        told.append(_note(opened, f"the photographer's camera saves {film.name}"))
        opened.drop(film)
        told.append(answered(SHOP, await opened.next_letter("misaki")))
        opened.go_on(timedelta(hours=11, minutes=48))
        told += [
            _note(opened, "the shop is closed"),
            await _talk(opened, "misaki", "美咲", "担当者と話したい"),
            _note(opened, "a customer abroad"),
            await _talk(opened, "emma", "Emma", "Rolex Submariner"),
            _note(opened, f"{FOR_RETAILER} is not for sale yet, and shown to one retailer only"),
            await _talk(opened, "emma", "Emma", f"Can I see {FOR_RETAILER}?"),
            await _talk(opened, "ginza", "銀座リテール", f"{FOR_RETAILER}の動画"),
        ]
        opened.go_on(timedelta(hours=7, minutes=20))
        told += [
            _note(opened, "within the time she was told, 佐藤 answers in the console"),
            answered(SHOP, await opened.answer_by_hand("misaki", ANSWER)),
        ]
        opened.go_on(timedelta(hours=3, minutes=40))
        told += [
            _note(opened, "the retailer's client is interested"),
            await _talk(opened, "ginza", "銀座リテール", "W-10235を取り置きお願いします"),
            await _press(opened, "ginza", "銀座リテール", "取り置く"),
            _note(opened, "an offer for the watch she sent in, a bag on consignment, store credit"),
            await _talk(opened, "misaki", "美咲", "その金額で売ります"),
            await _talk(opened, "misaki", "美咲", "委託どう?"),
            await _talk(opened, "misaki", "美咲", "買取に変更"),
            await _talk(opened, "misaki", "美咲", "残高いくら?"),
        ]
    return "\n\n".join(told)


async def _talk(opened: OpenDemo, key: str, name: str, words: str) -> str:
    return f"{said(name, words)}\n{answered(SHOP, await opened.say(key, words))}"


async def _press(opened: OpenDemo, key: str, name: str, label: str) -> str:
    return f"{name}: [{label}]\n{answered(SHOP, await opened.press(key, label))}"


def _note(opened: OpenDemo, what: str) -> str:
    return f"── {opened.shop.clock().astimezone(TOKYO):%H:%M}, {what} ──"
