"""The shop's terms for partners."""

from dataclasses import dataclass

from catalog.ground.policy import term, whole


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """How long an invitation waits, and how often somebody may err in typing one (R-031)."""

    invitation_days: int = term(
        "partner.invitation_days", 14, whole(1, 365), "days an invitation code can be used"
    )
    invitation_tries: int = term(
        "partner.invitation_tries",
        5,
        whole(1, 100),
        "wrong invitation codes an address may try an hour",
    )
