"""Whatever stands in a field of a form, for every form of the console: the shop answers in a page
and in words, and goes on.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.duties.actors import Role
from catalog.ground import policy
from handoff.console.door import HOME
from tests.databases import ENGINES
from tests.handoff.console.full_shop import Front, Share, full_shop, shares
from tests.handoff.console.test_breach_forms import OPEN_TO_ALL, fields, filled, posts
from tests.handoff.console.window import forms

NASTY = (
    "", "0", "-1", "0" * 25 + "9" * 25, "9" * 5_000, "1e9", "１２３", "٣", "NaN", "[" * 9_000,
    '"\\ud800"', "\x00", "a\x00b", "\ufffe髙𠮷\u202e", "x" * 30_000, "0001-01-01", "9999-12-31",
    "2199-12-30", "1900-01-01", "2026-02-30", "0001-01-01T00:00", "9999-12-31T23:59+00:00",
    "2026-11-24T10:00:00.000001-23:59", "24:00-25:00", "10:00-9:00", "label:x", "\r\n\r\n", "'\"><",
)  # fmt: skip
READ = re.compile(
    r'(?:form(?:\.get\(|\[)|_of\(form, |words\(form, |yen\(form, |text\(form, )"([\w-]+)"'
)
TERMS = (
    "1000000000000000", "99999999999999999999999", "-5", "true", "{}", "[]", "[1,2]", '{"a":1}',
    "null", "1.5", '["",""]', '"00:00"', "3650000", "100000000",
)  # fmt: skip
MORE = {
    "handoff.console.orders": ("seal-1", "serial-1", "video-1"),
    "handoff.console.hours": ("d0", "d7"),
    "handoff.console.shifts": ("d0", "store-x", "language-en"),
    "handoff.console.words": ("text-ja", "step-0"),
    "handoff.console.item_grading": ("axis_case", "asset_case"),
    "handoff.console.shotlists": ("told_0", "code_0", "place_0", "guide_0", "told_en_0"),
    "handoff.console.sharing": ("shot-x",),
    "handoff.console.policy": (),
    "handoff.console.cases": ("found-condition", "missing-box"),
    "handoff.console.case_intake": ("came-1", "grams-1", "serial-1", "twin-1", "seal"),
    "handoff.console.case_ranges": ("missing-box",),
    "handoff.console.identity": (
        "kind-0",
        "file-0",
        "made-0",
        "eye-0",
        "seen-0",
        "side-0",
        "masked-0",
        "document-0",
    ),
}


@pytest.fixture(scope="module", params=ENGINES)
def front(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder: Path = tmp_path_factory.mktemp("fields")
    with full_shop(request.param, folder) as shop, shop.opened() as front:
        yield front


def read_by(front: Front, path: str) -> list[str]:
    """The fields that whoever answers there may read."""
    endpoint = next(
        each.endpoint
        for each in front.routes
        if getattr(each, "path", "") == HOME + path and "POST" in getattr(each, "methods", ())
    )
    source = Path(str(sys.modules[endpoint.__module__].__file__)).read_text("utf-8")
    return sorted({*READ.findall(source), *MORE.get(endpoint.__module__, ())})


@pytest.mark.parametrize("every", shares(23))
def test_whatever_a_field_holds_the_shop_answers_in_words(front: Front, every: int) -> None:
    share = Share(every)
    owner = front.at_desk(Role.OWNER)
    told = fields(front) | {
        "seal-1": "s", "video-1": "v", "grade": "A", "age_years": "1", "shown": "1",
        "required": "1", "method": "face_to_face", "kana": "カナ", "address": "x",
        "born_on": "1985-04-01", "occupation": "x", "document": "passport",
        "due_on": "2026-12-01", "first": "2026-12-01", "at": "2026-12-01T10:00",
    }  # fmt: skip
    broken: list[tuple[str, str, str, str]] = []
    for path in posts(front):
        if path in OPEN_TO_ALL or path in ("/sign-out", "/me/sessions", "/me/password"):
            continue  # tried with their own attacks
        if path.startswith(("/me/passkeys", "/line/menus")):
            continue
        for name in read_by(front, path):
            for value in NASTY:
                if not share.is_due():
                    continue
                answer = owner.post(filled(front, path), {**told, name: value})
                if answer.status_code >= 500:
                    broken.append((path, name, value[:30], answer.text[:160]))
    assert broken == []


@pytest.mark.parametrize("every", shares(11))
def test_whatever_a_term_holds_it_is_refused_in_words_or_kept(front: Front, every: int) -> None:
    """The owner types JSON there: no number is too large and no nesting too deep to be told so."""
    share = Share(every)
    owner = front.at_desk(Role.OWNER)
    broken: list[tuple[str, str, str]] = []
    for kind in front.shop.office.subjects:
        page = owner.get(f"{HOME}/policy/edit?of={kind.__name__}").text
        (form,) = [each for each in forms(page) if each.action.endswith("/policy/preview")]
        for each in policy.terms_of(kind):
            key = str(each.metadata["key"])
            for value in (*NASTY, *TERMS):
                if not share.is_due():
                    continue
                told = {**form.fields, key: value}
                answer = owner.post(f"{HOME}/policy/preview", told)
                if answer.status_code not in (200, 413, 422):
                    broken.append((key, value[:30], answer.text[:160]))
    assert broken == []
