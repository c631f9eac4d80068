"""What is told of an appointment without being asked (予約のお知らせ, R-149), and of a new adviser
(R-119).

証: 明日 15:00に銀座店へのご来店のご予約を承っております。… [日時を変更する] [取りやめる]
"""

from conversations.flows.flow import tap
from conversations.messages import Button, Choices, Letter
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import Sheet
from conversations.wording.visiting.voice import VisitingVoice, voice


def _words(sheet: Sheet) -> VisitingVoice:
    return voice(sheet.words.lang)


def _when(sheet: Sheet) -> str:
    return _words(sheet).when(sheet.moment("starts_at"))


def _store(sheet: Sheet) -> str | None:
    return sheet.text("store") if sheet.facts.get("store") else None


def _say(sheet: Sheet, text: str, *, is_ahead: bool = True) -> list[Letter]:
    """With what can be done about it a press away."""
    words, of = _words(sheet), sheet.text("appointment")
    again = tap("visits.book", kind=sheet.text("kind"), store=_store(sheet))
    options = (
        (
            Button(words.button_move(), data=tap("visits.change", appointment=of)),
            Button(words.button_call_off(), data=tap("visits.cancel", appointment=of)),
        )
        if is_ahead
        else (Button(words.button_other_time(), data=again),)
    )
    return [Choices(text, (*options, sheet.person))]


def _soon(sheet: Sheet) -> Told:
    """Nothing once it has begun."""
    if sheet.moment("starts_at") <= sheet.now:
        return None
    link = sheet.text("link") if sheet.facts.get("link") else None
    told = _words(sheet).appointment_soon(
        sheet.text("kind"), when=_when(sheet), store=_store(sheet), link=link
    )
    return _say(sheet, told)


def _booked(sheet: Sheet) -> Told:
    words = _words(sheet)
    told = words.appointment_booked(
        sheet.text("kind"), when=_when(sheet), store=_store(sheet), name=None
    )
    return _say(sheet, told)


def _moved(sheet: Sheet) -> Told:
    told = _words(sheet).appointment_moved(
        sheet.text("kind"), when=_when(sheet), store=_store(sheet)
    )
    return _say(sheet, told)


def _cancelled(sheet: Sheet) -> Told:
    told = _words(sheet).appointment_cancelled(sheet.text("kind"), when=_when(sheet))
    return _say(sheet, told, is_ahead=False)


def _missed(sheet: Sheet) -> Told:
    told = _words(sheet).appointment_missed(sheet.text("kind"), when=_when(sheet))
    return _say(sheet, told, is_ahead=False)


def _link(sheet: Sheet) -> Told:
    return _say(sheet, _words(sheet).appointment_link(when=_when(sheet), link=sheet.text("link")))


def _new_adviser(sheet: Sheet) -> Told:
    return sheet.say(_words(sheet).adviser_changed(sheet.text("before"), sheet.text("after")))


PHASES: Phases = {
    "appointment_soon": Phase(Kind.REMINDER, _soon, before="starts_at"),
    "appointment_booked": Phase(Kind.SERVICE, _booked, before="starts_at"),
    "appointment_moved": Phase(Kind.SERVICE, _moved, before="starts_at"),
    "appointment_cancelled": Phase(Kind.SERVICE, _cancelled),
    "appointment_missed": Phase(Kind.SERVICE, _missed),
    "appointment_link": Phase(Kind.SERVICE, _link, before="ends_at"),
    "adviser_changed": Phase(Kind.SERVICE, _new_adviser),
}
