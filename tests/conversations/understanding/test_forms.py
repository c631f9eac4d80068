"""Commands by their form: what buttons say can be written too."""

import pytest

from catalog.items.words import narrow
from conversations.understanding import forms


@pytest.mark.parametrize(
    "text",
    ["マイページ", "マイページを見たい", "My page", "我的專頁", "我的专页", "마이 페이지"],
)
def test_the_own_page_opens_by_its_name(text: str) -> None:
    assert forms.PAGE.fullmatch(narrow(text))
    assert not forms.TASTES.fullmatch(narrow(text))


@pytest.mark.parametrize(
    "text",
    ["好みを見せて", "お好みを見る", "好み一覧", "See my tastes", "查看我的喜好", "내 취향 보기"],
)
def test_tastes_are_shown_by_their_name(text: str) -> None:
    assert forms.TASTES.fullmatch(narrow(text))


@pytest.mark.parametrize(
    "text",
    [
        "連携を解除したい", "連携解除", "会員連携を解除してください", "LINE連携をやめたい",
        "Unlink my account", "解除綁定", "解除绑定", "연동 해제해 주세요",
    ],
)  # fmt: skip
def test_the_link_ends_by_its_name(text: str) -> None:
    assert forms.UNLINK.fullmatch(narrow(text))


@pytest.mark.parametrize("text", ["会員連携したい", "連携の解除はどこですか", "契約を解除したい"])
def test_what_only_sounds_like_it_is_understood(text: str) -> None:
    assert not forms.UNLINK.fullmatch(narrow(text))


@pytest.mark.parametrize("text", ["マイページって何ですか", "青い文字盤が好み"])
def test_a_sentence_about_them_is_understood_instead(text: str) -> None:
    assert not forms.PAGE.fullmatch(narrow(text))
    assert not forms.TASTES.fullmatch(narrow(text))
