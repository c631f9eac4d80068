"""The checkpoint of the day for the partners who wish to hold it (検証点の送付): the note itself,
to be kept as it is. Who holds one finds out when the evidence log is rewritten.
"""

from conversations.messages import Text
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import NoticeMalformed, Sheet
from media.log import checkpoints


def _checkpoint(sheet: Sheet) -> Told:
    if not sheet.subject.isdecimal():
        raise NoticeMalformed("checkpoint")
    row = checkpoints.by_number(sheet.db, int(sheet.subject))
    if row.day is None:
        return None
    return [Text(sheet.words.checkpoint(row.day, row.size)), Text(row.note.strip())]


PHASES: Phases = {checkpoints.TOLD: Phase(Kind.SERVICE, _checkpoint)}
