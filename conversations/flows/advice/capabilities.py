"""What can be asked here, by who asks (bot.capabilities), and small talk (chat.smalltalk, R-134).

客: 何ができますか
証: 商品の状態の動画、… を承ります。 [動画を見たい] [商品を探す] [ご一緒に選ぶ] … [担当者と話す]
小売店: 何ができますか
証: お預けしている商品の動画・写真… [動画を見たい] …
客: あなたは人間?
証: 自動でお答えしております。… わからないことは「分かりません」と申し上げ、担当者におつなぎします。
"""

from conversations.flows import tastes
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices
from conversations.wording.advice.voice import voice


def explain(asked: Asked) -> Answer:
    """What a visitor, a linked customer or a retailer can do, a button for each."""
    words = voice(asked.lang)
    if asked.viewer.partner is not None:
        return _said(asked, words.can_retailer(), *_films(asked), *_about_shop(asked))
    if asked.customer is not None:
        mine = (
            Button(words.button("orders"), data=tap("order.mine")),
            Button(words.button("return"), data=tap("return.begin")),
        )
        return _said(
            asked, words.can_customer(), *_films(asked), *mine, _finder(asked), *_about_shop(asked)
        )
    link = Button(asked.voice.button_link(), data=tap("membership.link"))
    return _said(
        asked, words.can_visitor(), *_films(asked), _finder(asked), *_about_shop(asked), link
    )


def chat(asked: Asked) -> Answer:
    """Kind and honest: it is a machine, and what it does not know it says. What somebody says of
    their taste may be kept (R-117).
    """
    taste = tastes.heard(asked)
    if taste is not None:
        return taste
    return _said(asked, voice(asked.lang).smalltalk(), *_films(asked), _finder(asked))


def _films(asked: Asked) -> tuple[Button, ...]:
    return (
        Button(asked.voice.button_ask_film(), data=tap("media.which")),
        Button(asked.voice.button_search(), data=tap("pieces.which")),
    )


def _finder(asked: Asked) -> Button:
    return Button(voice(asked.lang).button("finder"), data=tap("finder.begin"))


def _about_shop(asked: Asked) -> tuple[Button, ...]:
    words = voice(asked.lang)
    return (
        Button(words.button("hours"), data=tap("shop.hours")),
        Button(words.button("terms"), data=tap("faq.topics")),
    )


def _said(asked: Asked, text: str, *buttons: Button) -> Answer:
    return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)


HELP = Flow(
    "help", frozenset({"bot.capabilities"}), explain, {"show": explain}, refuses_nothing=True
)
SMALLTALK = Flow("smalltalk", frozenset({"chat.smalltalk"}), chat, refuses_nothing=True)
