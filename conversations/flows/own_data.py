"""A person's own data (個人データ): to see, to take along, to have erased (R-137, account.delete).

客: データを見たい
証: (card) お預かりしている情報  …  [データを受け取る] [データを削除する] [担当者と話す]
客: データを削除する
証: 会話の記録、お送りいただいたファイル、… を削除します。法令により…は保存期間まで残ります。…
    [削除する] [やめる] [担当者と話す]
客: 削除する
証: 削除いたしました。…

Only the button erases. Somebody whose membership is not linked may see and erase this
conversation.
"""

from catalog.customers.passes import PageKind
from conversations.flows import forgetting
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.membership import in_private, way_in
from conversations.messages import Button, Card, Choices, Tone
from conversations.threads.memory import Memory
from conversations.wording.membership.voice import voice


def show(asked: Asked) -> Answer:
    """What can be done with one's own data. Nothing happens yet."""
    refused = in_private(asked)
    if refused is not None:
        return refused
    words = voice(asked.lang)
    text = words.data_note(is_customer=asked.customer is not None)
    card = Card(
        heading=words.data_heading(),
        note=text,
        buttons=(
            Button(words.button_export(), data=tap("data.export"), tone=Tone.MAIN),
            Button(words.button_erase(), data=tap("data.erase")),
            person_button(asked),
        ),
        said=text,
    )
    return Answer([card], asked.memory)


def export(asked: Asked) -> Answer:
    """A link that gives everything once, within a day."""
    refused = in_private(asked)
    if refused is not None:
        return refused
    words = voice(asked.lang)
    return way_in(
        asked, PageKind.DATA, "my/data", heading=words.button_export(), note=words.export_note
    )


def ask_erase(asked: Asked) -> Answer:
    """Repeat what goes, what stays and why."""
    refused = in_private(asked, needs_page=False)
    if refused is not None:
        return refused
    words = voice(asked.lang)
    customer = asked.customer
    waits_for = forgetting.open_with(asked.db, customer, now=asked.now) if customer else ()
    question = words.ask_erase(
        is_customer=customer is not None, open_deals=[each.value for each in waits_for]
    )
    return confirm(asked, question, verb="data.erased", label=words.label_erase())


def erased(asked: Asked) -> Answer:
    """Done, once; the bot remembers nothing of before."""
    refused = in_private(asked, needs_page=False)
    if refused is not None:
        return refused
    if asked.customer is not None:
        done = forgetting.forget_customer(
            asked.db, asked.customer, by="customer", now=asked.now, key=asked.key("erase")
        )
    else:
        done = forgetting.forget_visitor(
            asked.db, asked.conversation, by="customer", now=asked.now, key=asked.key("empty")
        )
    text = voice(asked.lang).erased(open_deals=[each.value for each in done.waits_for])
    return Answer([Choices(text, (person_button(asked),))], Memory(), lang=asked.lang)


FLOW = Flow(
    "data",
    frozenset({"account.delete"}),
    show,
    {"show": show, "export": export, "erase": ask_erase, "erased": erased},
)
