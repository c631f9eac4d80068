"""The shop's terms for keeping originals."""

from dataclasses import dataclass

from catalog.ground.policy import term, whole


@dataclass(frozen=True, slots=True)
class RetentionTerms:
    """How long and how often (R-011): longer than any claim."""

    keep_years: int = term(
        "media.keep_years",
        10,
        whole(1, 100),
        "years an original is kept at least, from its capture or the last sale of its piece",
    )
    pass_days: int = term(
        "media.pass_days", 1, whole(1, 90), "days from the start of one full check to the next"
    )
    check_bytes: int = term(
        "media.check_bytes_a_second",
        20_000_000,
        whole(1_000_000, 10_000_000_000),
        "bytes a second a full check may read",
    )
