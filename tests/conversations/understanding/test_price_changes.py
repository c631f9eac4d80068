"""A price named by how far it moves, and by where to."""

import pytest

from conversations.understanding.normal import normal
from conversations.understanding.price_changes import direction


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("3万下げてください", -1),
        ("あと2万円ほど値下げして", -1),
        ("５万円安くして", -1),
        ("販売価格を3万円上げたい", 1),
        ("75万に下げてもらって構いません", 0),
        ("42万まで下げて", 0),
        ("40まんえんにねさげしてください", 0),
        ("30万で売れたら?", 0),
        ("please lower it by 30,000 yen", -1),
        ("can you take 20k off", -1),
        ("raise the price by ¥50,000", 1),
        ("drop the listed price to 600,000 yen", 0),
        ("便宜点卖吧 挂低两万", -1),
        ("降兩萬好了", -1),
        ("寄賣價降到50萬日圓", 0),
        ("寄售价改成66万", 0),
        ("减到四十万卖啦", 0),
        ("3만엔 내려주세요", -1),
        ("위탁 가격 85만엔으로 내려주세요", 0),
        ("5만엔 더 올려 주세요", 1),
    ],
)
def test_by_how_far_or_where_to(text: str, way: int) -> None:
    assert direction(normal(text).narrow) == way
