"""Names as they are shown."""

import pytest

from catalog.items import names


@pytest.mark.parametrize(
    ("family", "lang", "shown"),
    [
        ("submariner", "ja", "サブマリーナ"),
        ("submariner", "en", "Submariner"),
        ("submariner", "ko", "Submariner"),
    ],
)
def test_a_family_is_called_as_its_reader_calls_it(family: str, lang: str, shown: str) -> None:
    found = names.family(family)
    assert found is not None
    assert found.shown(lang) == shown


def test_every_name_shown_is_one_of_its_names() -> None:
    for each in names.names():
        assert {each.shown("ja"), each.shown("en")} <= set(each.names)
        if any(sign.isdigit() for sign in each.names[0]):
            assert each.shown("ja") == each.names[0]
