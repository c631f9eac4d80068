"""What happens without words: friends and groups, stickers, places, files, films watched, messages
taken back.

Each has a visible result: an answer, a stored row, or both (R-173). Not here: fetching the bytes of
a file, which a job does at once after this (`bot/workers`).
"""

import contextlib
from dataclasses import replace

from catalog.customers import actions as customers
from catalog.customers.linking import LinkMissing
from catalog.ground import journal
from conversations.flows import menus, newcomers
from conversations.flows.flow import Answer, Asked, person_button
from conversations.flows.membership import now_linked
from conversations.inbox import queries as inbox
from conversations.messages import (
    AccountLinked,
    Choices,
    Followed,
    Letter,
    SentFile,
    SentKind,
    Text,
    Unsent,
    Watched,
)
from conversations.outbox import actions as outbox
from media.intake import received
from media.sharing import views

PICTURES = "pictures"  # the fact of an open step that says what a picture sent now belongs to
_SEEN = frozenset({SentKind.IMAGE, SentKind.VIDEO})


def followed(asked: Asked, body: Followed) -> Answer:
    """A new friend, or one who came back: they can be reached from now on."""
    if asked.event.sender is not None:
        customers.follow(asked.db, asked.event.channel, asked.event.sender, now=asked.now)
        menus.follow(asked.db, asked.event, now=asked.now)
    words = asked.voice.welcome_back() if body.unblocked else asked.voice.welcome()
    return Answer([Choices(words, (person_button(asked),))], asked.memory)


def unfollowed(asked: Asked) -> Answer:
    """Blocked: nothing more is pushed, and what waited is not sent."""
    if asked.event.sender is not None:
        customers.block(asked.db, asked.event.channel, asked.event.sender, now=asked.now)
    outbox.suppress(asked.db, asked.event.conversation, reason="blocked", now=asked.now)
    return _silent(asked)


def joined_group(asked: Asked) -> Answer:
    """Taken into a group: say once how to be heard."""
    return Answer([Text(asked.voice.group_welcome())], asked.memory)


def left_group(asked: Asked) -> Answer:
    """Put out of a group: nothing more goes there."""
    outbox.suppress(asked.db, asked.event.conversation, reason="left the group", now=asked.now)
    return _silent(asked)


def sticker(asked: Asked) -> Answer:
    return Answer([Choices(asked.voice.sticker(), (person_button(asked),))], asked.memory)


def sent_file(asked: Asked, body: SentFile) -> Answer:
    """Note that the bytes are wanted, and who is to be told when they are safe. Never fetches by
    itself.
    """
    if body.outside_url is not None:
        return Answer([Text(asked.voice.file_outside())], asked.memory)
    event = asked.event
    received.want(
        asked.db,
        event.conversation,
        body.message_id,
        kind=body.kind.value,
        name=body.name,
        sent_at=event.at,
        now=asked.now,
        set_id=body.set_id,
        facts={
            "lang": asked.lang,
            "about": asked.memory.facts.get(PICTURES) if body.kind in _SEEN else None,
            "set_id": body.set_id,
            "set_total": body.set_total,
            "reply_token": event.reply_token,
            "reply_until": event.reply_until.isoformat() if event.reply_until else None,
        },
    )
    return _silent(asked)


def unsent(asked: Asked, body: Unsent) -> Answer:
    """Hide what was taken back and every copy of it; that something was taken back stays on
    record.
    """
    conversation = asked.event.conversation
    rows = inbox.of_message(asked.db, conversation, body.message_id)
    inbox.scrub(asked.db, rows, now=asked.now)
    outbox.withdraw(
        asked.db, [f"event:{row}" for row in rows], reason="message taken back", now=asked.now
    )
    received.hide(asked.db, asked.event.channel, body.message_id)
    journal.record(
        asked.db,
        f"conversation:{conversation}",
        "unsent",
        actor="customer",
        at=asked.now,
        facts={"message": body.message_id, "inbox_rows": rows},
    )
    return _silent(asked)


def watched(asked: Asked, body: Watched) -> Answer:
    """Proof that a film was played to its end; nothing is said."""
    views.watched(
        asked.db,
        body.tracking_id,
        conversation=asked.event.conversation,
        at=asked.event.at,
        now=asked.now,
    )
    return _silent(asked)


def account_linked(asked: Asked, body: AccountLinked) -> Answer:
    """The platform's word on a link: a nonce given out for this very address binds it, once; any
    other links nobody.
    """
    event, linked = asked.event, None
    if body.succeeded and event.sender is not None:
        with contextlib.suppress(LinkMissing):
            linked = newcomers.settle(
                asked.db, body.nonce, event.channel, event.sender, by="customer", now=asked.now
            )
            menus.follow(asked.db, event, now=asked.now)
    journal.record(
        asked.db,
        f"conversation:{event.conversation}",
        "account_link",
        actor="platform",
        at=asked.now,
        facts={"succeeded": body.succeeded, "known_nonce": linked is not None},
    )
    if linked is not None:
        return Answer([now_linked(asked.lang, linked.came)], asked.memory)
    letters: list[Letter] = [
        Choices(asked.voice.account_not_linked(), (person_button(asked),)),
    ]
    return Answer(letters if event.reply_token else [], asked.memory)


def _silent(asked: Asked) -> Answer:
    return Answer([], replace(asked.memory))
