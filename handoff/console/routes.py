"""`/console`: all of the staff console, put together from its pages (管理画面)."""

from fastapi import APIRouter, Request, Response

from catalog.ground.errors import Missing
from handoff.console import (
    api_keys,
    appointments,
    approvals,
    audit,
    book,
    booking,
    breaches,
    bulk,
    captures,
    case_ranges,
    cases,
    channels,
    checking,
    comparing,
    condition,
    consigning,
    consignments,
    correcting,
    costing,
    credit,
    customer,
    disputes,
    duties,
    entering,
    evidence,
    finds,
    footage,
    hiding,
    hours,
    identity,
    inbox,
    item,
    item_changes,
    item_grading,
    items,
    lending,
    link_codes,
    looking,
    losing,
    moving,
    newcomers,
    notices,
    orders,
    other_doors,
    partners,
    payouts,
    people,
    picking,
    placing,
    police,
    policy,
    received,
    referring,
    reports,
    seeking,
    selling,
    sending,
    sharing,
    shifts,
    shotlists,
    sign_in,
    start,
    station,
    stations,
    storage,
    talk,
    tasks,
    wanting,
    words,
    writing,
)
from handoff.console.door import HOME, ConsoleRoute
from handoff.console.office import Office
from handoff.console.pages import static
from handoff.console.stream import Stream


class PageMissing(Missing):
    """No such page, script or drawing."""


def console_router(office: Office, stream: Stream) -> APIRouter:
    """Every address of the console."""
    made = APIRouter(prefix=HOME, route_class=ConsoleRoute, include_in_schema=False)
    sign_in.add(made, office)
    other_doors.add(made, office)
    notices.add(made, office)
    start.add(made, office)
    inbox.add(made, office, stream)
    bulk.add(made, office)
    customer.add(made, office)
    identity.add(made, office)
    newcomers.add(made, office)
    booking.add(made, office)
    appointments.add(made, office)
    finds.add(made, office)
    tasks.add(made, office)
    link_codes.add(made, office)
    picking.add(made, office)
    talk.add(made, office)
    moving.add(made, office)
    writing.add(made, office)
    for each in (
        hours,
        shifts,
        policy,
        partners,
        channels,
        audit,
        people,
        api_keys,
        book,
        reports,
        storage,
        checking,
        seeking,
        wanting,
        sharing,
    ):
        each.add(made, office)
    words.add(made, office)
    sending.add(made, office)
    items.add(made, office)
    entering.add(made, office)
    item.add(made, office)
    for each in (item_changes, item_grading, costing, lending, losing, placing):
        each.add(made, office)
    consigning.add(made, office)
    police.add(made, office)
    evidence.add(made, office)
    captures.add(made, office)
    station.add(made, office)
    stations.add(made, office)
    looking.add(made, office)
    correcting.add(made, office)
    hiding.add(made, office)
    comparing.add(made, office)
    condition.add(made, office)
    shotlists.add(made, office)
    footage.add(made, office)
    received.add(made, office)
    for each in (
        cases,
        case_ranges,
        referring,
        consignments,
        credit,
        orders,
        selling,
        payouts,
        approvals,
        duties,
        breaches,
        disputes,
    ):
        each.add(made, office)

    @made.get("/static/{name}")
    async def files(name: str) -> Response:
        found = static(name)
        if found is None:
            raise PageMissing(name)
        return found

    @made.api_route("/{path:path}", methods=["GET", "POST"])
    async def nothing(request: Request, path: str) -> Response:
        raise PageMissing(path)

    return made
