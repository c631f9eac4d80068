"""The shop's scale of condition (状態ランク), best first: N S A AB B BC C J."""

from enum import StrEnum


class Grade(StrEnum):
    """N new, complete, seals · S unused · A little use · AB light marks · B visible wear · BC heavy
    wear · C damaged but usable · J not working, for parts.
    """

    N = "N"
    S = "S"
    A = "A"
    AB = "AB"
    B = "B"
    BC = "BC"
    C = "C"
    J = "J"


BEST_FIRST: tuple[Grade, ...] = tuple(Grade)


def is_at_least(grade: Grade, least: Grade) -> bool:
    """Whether it is that good or better."""
    return BEST_FIRST.index(grade) <= BEST_FIRST.index(least)
