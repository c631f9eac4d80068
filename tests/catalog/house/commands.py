"""What may be said to the house, register by register: mostly what can go on from where things
stand, now and then to the wrong piece or by the wrong person.
"""

from tests.catalog.house import bank, buyback, consignment, credit, orders, pieces, said

REGISTERS = (credit, buyback, bank, consignment, pieces, orders)
MAKERS = tuple(said.MAKERS)
