"""Mail leaves over a real SMTP server, or says plainly that it did not."""

from datetime import UTC, datetime

import pytest

from bot.mail import MailNotSent, Post, SmtpMalformed, open_post
from bot.settings import SettingMalformed, load
from tests.mailbox import SENDER, mailbox

NOW = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


def test_a_letter_arrives_as_it_was_written() -> None:
    with mailbox() as box:
        post = open_post(box.url)
        assert post is not None
        post.send("misaki@example.com", "確認番号", "確認番号: 123456\n", now=NOW)
        [letter] = box.letters
        assert (letter["From"], letter["To"]) == (SENDER, "misaki@example.com")
        assert letter["Subject"] == "確認番号"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter.get_content().split() == ["確認番号:", "123456"]
        assert box.code() == "123456"


def test_what_the_server_does_not_take_was_not_sent() -> None:
    with mailbox() as box:
        post = open_post(box.url)
        assert post is not None
        box.refuses = 1
        with pytest.raises(MailNotSent):
            post.send("misaki@example.com", "s", "t", now=NOW)
    with pytest.raises(MailNotSent):  # nobody listens any more
        post.send("misaki@example.com", "s", "t", now=NOW)


def test_a_password_never_goes_unencrypted() -> None:
    with mailbox() as box:
        post = open_post(box.url.replace("smtp://", "smtp://shop:secret@"))
        assert post is not None
        with pytest.raises(MailNotSent, match="no encryption"):
            post.send("misaki@example.com", "s", "t", now=NOW)
        assert box.letters == []


def test_a_line_break_in_an_address_writes_no_header() -> None:
    with mailbox() as box:
        post = open_post(box.url)
        assert post is not None
        with pytest.raises(ValueError, match="Header"):
            post.send("a@example.com\nBcc: b@example.com", "s", "t", now=NOW)
        assert box.letters == []


def test_the_setting_is_read_whole_or_refused() -> None:
    assert open_post("") is None
    url = "smtps://shop%40example.com:p%2Fw@mail.example.com?from=shop@example.com"
    assert open_post(url) == Post(
        "mail.example.com", 465, "shop@example.com", True, "shop@example.com", "p/w"
    )
    for wrong in (
        "http://mail.example.com?from=a@b",
        "smtp://mail.example.com",
        "smtp://?from=a@b",
    ):
        with pytest.raises(SmtpMalformed):
            open_post(wrong)
        with pytest.raises(SettingMalformed, match="AKASHI_SMTP_URL"):
            load(_env_file=None, smtp_url=wrong)
