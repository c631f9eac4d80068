"""Which objects the registers still speak of: asked before an object that is not in the place in
use is copied there from an older one, where what was erased or made anew since still lies (移設).

Not here: the copying (`media/originals/moving`).
"""

from sqlmodel import Session, col, select

from catalog.ground.worklist import Work, WorkState
from media.assets.kinds import BlobState
from media.assets.tables import Blob
from media.intake import received
from media.intake.tables import ReceivedFile
from media.originals.store import RECEIVED, RENDITIONS, digest_in
from media.renditions.masks import Bare
from media.renditions.tables import Rendition


def is_spoken_of(db: Session, key: str) -> bool:
    """False for an original that was deleted, a rendition that was dropped, a file that was erased.
    What nobody ever wrote down, and is no rendition or received file, may be one that was just
    coming in: True.
    """
    sha256 = digest_in(key)
    if sha256 is not None:
        state = db.exec(select(Blob.state).where(Blob.sha256 == sha256)).first()
        return state != BlobState.DELETED.value
    folder, _, rest = key.partition("/")
    about, _, _ = rest.partition("/")[2].partition("/")
    if folder == RENDITIONS:
        shown = select(Rendition.id).where(Rendition.asset_id == about, Rendition.key == key)
        bare = select(Bare.id).where(Bare.asset_id == about, Bare.key == key)
        return any(db.exec(each).first() is not None for each in (shown, bare))
    if folder == RECEIVED:
        kept = select(ReceivedFile.id).where(ReceivedFile.id == about, ReceivedFile.key == key)
        # On its way in from a browser: only the row that deletes it a day later knows of it.
        passing = select(Work.id).where(
            Work.kind == received.DELETE,
            Work.work_key == key,
            col(Work.state) == WorkState.DUE.value,
            col(Work.subject).startswith(f"{RECEIVED}/web/"),
        )
        return any(db.exec(each).first() is not None for each in (kept, passing))
    return True
