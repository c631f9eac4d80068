"""What a piece costs (item.price); a discount is never promised here (R-134).

客: W-1042はいくら
証: (card) コスモグラフ デイトナ  ¥1,280,000(税込)
    お値引き・お支払い方法のご相談は、担当者が承ります。
取引先 (without the right to prices): W-1042はいくら
証: W-1042は、ご案内できる商品の中に見つかりませんでした。…
"""

from catalog.partners.rules import Right
from conversations.flows import cards, finding, pieces
from conversations.flows.flow import Answer, Asked, Flow, person_button
from conversations.messages import Choices, Letter
from conversations.wording.pieces.voice import voice


def tell(asked: Asked) -> Answer:
    """The price of one piece, of several side by side."""
    words = voice(asked.lang)
    found = finding.find(asked, asked.viewer.able_to(Right.PRICE))
    if not found.units:
        return finding.nothing(asked, found)
    if len(found.units) > 1:
        text = words.on_hand(len(found.units), is_cut=found.is_cut)
        shown = cards.carousel(asked, found.units, text=text)
        offered = tuple(unit.code for unit in found.units)
        kept = asked.memory.offering(offered, verb="pieces.show")
        told = Choices(words.price_note(), (person_button(asked),))
        return Answer([shown, told, *_unknown(asked, found)], kept)
    unit = found.units[0]
    is_told = cards.price_of(asked, unit) is not None
    note = words.price_note() if is_told else words.price_by_a_person()
    letters: list[Letter] = [pieces.card(asked, unit, note=note), *_unknown(asked, found)]
    return Answer(letters, asked.memory.about(unit.code))


def _unknown(asked: Asked, found: finding.Found) -> list[Choices]:
    if not found.unknown:
        return []
    return [Choices(asked.voice.not_found(list(found.unknown)), (person_button(asked),))]


FLOW = Flow("prices", frozenset({"item.price"}), tell, {"tell": tell}, refuses_nothing=True)
