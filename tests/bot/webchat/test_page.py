"""The page in five languages, and what its files are taken for."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.webchat import page
from bot.webchat.uploads import NotAPicture, sniffed
from conversations.messages import SentKind

HERE = Path(page.__file__).parent
FACTS = {"public_url": "https://shop.example", "takes_files": True, "most_bytes": 20_000_000}


def _asked() -> set[str]:
    template = (HERE / "templates" / "chat.html").read_text(encoding="utf-8")
    return set(re.findall(r"""_\(['"]([^'"]+)['"]\)""", template))


@pytest.mark.parametrize("lang", ["en", "zh_hant", "zh_hans", "ko"])
def test_every_word_of_the_page_is_there_in_each_language(lang: str) -> None:
    with (HERE / "locale" / f"{lang}.po").open("rb") as written:
        told = {str(each.id): str(each.string) for each in read_po(written) if each.id}
    assert told.keys() == _asked()
    assert all(told.values())


@pytest.mark.parametrize("lang", list(page.NAMES))
def test_the_page_holds_no_script_and_no_style_of_its_own(lang: str) -> None:
    answer = page.page(lang, FACTS, media_from="")
    text = bytes(answer.body).decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    for path in re.findall(r'(?:src|href)="/chat/static/([\w.]+)', text):
        assert (HERE / "static" / path).is_file()


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (b"\xff\xd8\xff\xe1", SentKind.IMAGE, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", SentKind.IMAGE, "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", SentKind.IMAGE, "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", SentKind.IMAGE, "image/heic"),
        (b"\x00\x00\x00\x18ftypavif", SentKind.IMAGE, "image/avif"),
        (b"\x00\x00\x00\x18ftypqt  ", SentKind.VIDEO, "video/quicktime"),
        (b"\x00\x00\x00\x18ftypisom", SentKind.VIDEO, "video/mp4"),
        (b"\x1a\x45\xdf\xa3", SentKind.VIDEO, "video/webm"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: SentKind, media_type: str) -> None:
    assert sniffed(head) == (kind, media_type)


@pytest.mark.parametrize("head", [b"", b"<svg ", b"<!doctype html>", b"%PDF-1.7", b"MZ", b"RIFF"])
def test_nothing_else_is_taken(head: bytes) -> None:
    with pytest.raises(NotAPicture):
        sniffed(head)
