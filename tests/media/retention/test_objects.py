"""What was deleted, dropped or erased is not spoken of any more, so it is not brought back from an
older place (R-012).
"""

import secrets

from sqlmodel import Session, col, select

from bot.webchat import uploads
from catalog.duties.sealing import DataKeys
from catalog.ground.record import ConversationId, new_id
from catalog.ground.worklist import Work
from media.intake import received
from media.intake.tables import ReceivedFile
from media.originals.store import original_key
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.retention import deleting
from media.retention.objects import is_spoken_of
from tests.media.captures import NOON
from tests.media.retention.test_deleting import LATER, ONE, OTHER
from tests.media.shelves import Shelves, digest

TALK = ConversationId("line:U1")


def spoken(shelves: Shelves, key: str) -> bool:
    return shelves.database.read(lambda db: is_spoken_of(db, key))


def test_an_original_until_it_is_deleted_and_again_when_it_is_taken_in(shelves: Shelves) -> None:
    name = digest(b"film" * 30)
    key = original_key(name)
    assert spoken(shelves, key), "it may be one that was just coming in"
    shelves.keep(b"film" * 30)
    shelves.run()
    assert spoken(shelves, key)
    shelves.now = LATER
    write = shelves.database.write
    wish = write(lambda db: deleting.ask(db, name, reason="期限", actor=ONE, now=LATER))
    write(lambda db: deleting.agree(db, wish, actor=OTHER, now=LATER))
    shelves.run(deleting.DELETE)
    assert not spoken(shelves, key)
    assert spoken(shelves, f"{key}.json")
    shelves.keep(b"film" * 30, name="again.jpg")
    assert spoken(shelves, key)


def test_a_rendition_as_long_as_a_row_has_its_key(shelves: Shelves) -> None:
    taken = shelves.keep(b"film" * 30)
    key = f"renditions/{taken.asset_id[-2:].lower()}/{taken.asset_id}/full.jpg"
    assert not spoken(shelves, key)

    def made(db: Session) -> None:
        db.add(
            Rendition(
                id=new_id(NOON), asset_id=taken.asset_id, recipe=Recipe.FULL.value, version=1,
                state=RenditionState.READY.value, key=key, made_at=NOON,
            )
        )  # fmt: skip

    shelves.database.write(made)
    assert spoken(shelves, key)
    assert not spoken(shelves, key.replace("full", "other"))


def test_what_somebody_sent_until_it_is_erased(shelves: Shelves) -> None:
    write = shelves.database.write
    write(
        lambda db: received.want(
            db, TALK, "m1", kind="image", name=None, sent_at=NOON, now=NOON
        )
    )  # fmt: skip
    file_id = shelves.database.read(lambda db: db.exec(select(ReceivedFile.id)).one())
    keys = DataKeys((secrets.token_bytes(32),))
    sealing = write(lambda db: received.sealing_key(db, TALK, keys, now=NOON))
    wanted = shelves.database.read(lambda db: received.wanted(db, file_id))
    kept = received.keep(shelves.first, wanted, sealing, iter([b"a picture"]))
    assert not spoken(shelves, kept.key)
    write(lambda db: received.stored(db, file_id, kept, now=NOON))
    assert spoken(shelves, kept.key)
    write(lambda db: received.erase(db, TALK, now=NOON))
    assert not spoken(shelves, kept.key)


def test_what_is_on_its_way_in_from_a_browser_for_its_day(shelves: Shelves) -> None:
    key = "received/web/V1/m1"
    assert not spoken(shelves, key)
    shelves.database.write(lambda db: uploads.forget_later(db, "V1/m1", now=NOON))
    assert spoken(shelves, key)

    def done(db: Session) -> None:
        row = db.exec(select(Work).where(col(Work.work_key) == key)).one()
        row.state = "done"

    shelves.database.write(done)
    assert not spoken(shelves, key)
