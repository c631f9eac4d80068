"""The shop's terms for partners."""

from dataclasses import dataclass

from catalog.ground.policy import term, whole


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """How long an invitation waits (R-027)."""

    invitation_days: int = term(
        "partner.invitation_days", 14, whole(1, 365), "days an invitation code can be used"
    )
