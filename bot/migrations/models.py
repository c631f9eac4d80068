"""Every table of the product, imported so that the metadata knows it. Nothing else."""

from catalog.customers import tables as customers
from catalog.duties import sealing
from catalog.duties import tables as duties
from catalog.grading import tables as grading
from catalog.ground import journal, policy, worklist
from catalog.items import tables as items
from catalog.partners import tables as partners
from conversations.inbox import tables as inbox
from conversations.outbox import tables as outbox
from conversations.threads import tables as threads
from handoff.desk import tables as desk
from handoff.staff import tables as staff
from media.assets import tables as assets
from media.intake import tables as intake
from media.log import tables as evidence_log
from media.renditions import tables as renditions
from media.sharing import tables as sharing
from media.sharing import views

ALL = (
    assets, customers, desk, duties, evidence_log, grading, inbox, intake, items, journal, outbox,
    partners, policy, renditions, sealing, sharing, staff, threads, views, worklist,
)  # fmt: skip
