"""Consignment in the chat (委託): one flow over its subjects. Each is told in its own module."""

from conversations.flows import consigned, consigned_contract, consigned_ends, consigned_price
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow


def step(asked: Asked) -> Answer:
    """By what is wished; a price in a question about the state of things is a question of price."""
    match asked.intent:
        case "consign.convert":
            return consigned_ends.convert(asked)
        case "consign.withdraw":
            return consigned_ends.withdraw(asked)
        case "consign.price":
            return consigned_price.price(asked)
        case _ if asked.slots.get("money"):
            return consigned_price.price(asked)
        case _:
            return consigned.status(asked)


FLOW = alone(
    Flow(
        consigned.TASK,
        frozenset({"consign.status", "consign.price", "consign.convert", "consign.withdraw"}),
        step,
        {
            "status": consigned.status,
            "show": consigned.show,
            "record": consigned.record,
            "price": consigned_price.price,
            "price_yes": consigned_price.price_yes,
            "price_no": consigned_price.price_no,
            "wish": consigned_price.wish,
            "convert": consigned_ends.convert,
            "convert_it": consigned_ends.convert_it,
            "withdraw": consigned_ends.withdraw,
            "withdraw_it": consigned_ends.withdraw_it,
            "home": consigned_ends.home,
            "renew": consigned_ends.renew,
            "fresh": consigned_ends.fresh,
            "fresh_it": consigned_ends.fresh_it,
            "contract": consigned_contract.contract,
            "sign": consigned_contract.sign,
        },
    )
)
