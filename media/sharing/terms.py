"""The shop's terms for pages that are passed on."""

from dataclasses import dataclass

from catalog.ground.policy import PolicyMalformed, term, whole


@dataclass(frozen=True, slots=True)
class SharingTerms:
    """How long a share page is open (R-029): it always ends."""

    share_days: int = term(
        "share.days", 30, whole(1, 365), "days a share page is open when nobody says how long"
    )
    most_share_days: int = term(
        "share.most_days", 90, whole(1, 365), "days a share page may be open at most"
    )

    def __post_init__(self) -> None:
        if self.share_days > self.most_share_days:
            raise PolicyMalformed("share.days", "is more than share.most_days")
