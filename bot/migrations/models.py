"""Every table of the product, imported so that the metadata knows it. Nothing else."""

from catalog.buyback import tables as buyback
from catalog.buyback.payouts import tables as payouts
from catalog.consignment import tables as consignment
from catalog.credit import tables as credit
from catalog.customers import linking, passes, tastes
from catalog.customers import tables as customers
from catalog.duties import sealing
from catalog.duties import tables as duties
from catalog.duties.breaches import tables as breaches
from catalog.duties.cash import tables as cash
from catalog.duties.identity import tables as identity
from catalog.duties.notices import tables as police_notices
from catalog.duties.visits import tables as visits
from catalog.grading import tables as grading
from catalog.ground import journal, policy, worklist
from catalog.items import tables as items
from catalog.items.holds import tables as holds
from catalog.items.parcels import tables as parcels
from catalog.items.places import tables as places
from catalog.items.wishes import tables as wishes
from catalog.orders import tables as orders
from catalog.partners import tables as partners
from conversations.inbox import tables as inbox
from conversations.outbox import tables as outbox
from conversations.threads import tables as threads
from conversations.visitors import tables as visitors
from handoff.appointments import tables as appointments
from handoff.clientbook import next_steps
from handoff.desk import drafts, labels, macros, notes, search, seen
from handoff.desk import tables as desk
from handoff.desk.canned import tables as canned
from handoff.shifts import tables as shifts
from handoff.slack import tables as staff_slack
from handoff.staff import tables as staff
from handoff.staff.push import tables as push
from media import chapters
from media.assets import tables as assets
from media.comparing import tables as comparing
from media.disputes import tables as disputes
from media.intake import tables as intake
from media.intake.uploads import tables as uploads
from media.log import tables as evidence_log
from media.renditions import masks
from media.renditions import tables as renditions
from media.report import tables as condition_reports
from media.retention import tables as retention
from media.sharing import tables as sharing
from media.sharing import views

ALL = (
    appointments, assets, breaches, buyback, canned, cash, chapters, comparing, condition_reports,
    consignment, credit, customers, desk, disputes, drafts, duties, evidence_log, grading, holds,
    identity, inbox, intake, items, journal, labels, linking, macros, masks, next_steps, notes,
    orders, outbox, parcels, partners, passes, payouts, places, police_notices, policy, push,
    renditions, retention, sealing, search, seen, sharing, shifts, staff, staff_slack, tastes,
    threads, uploads, views, visitors, visits, wishes, worklist,
)  # fmt: skip
