"""The disk a station's folder lies on (撮影台のディスク). A share or a card that is not mounted
leaves an empty folder behind, which looks like one nobody has shot into.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"}
)


@dataclass(frozen=True, slots=True)
class Disk:
    """`point`: where it is mounted; `kind`: its file system."""

    point: str
    kind: str

    @property
    def is_remote(self) -> bool:
        """Whether another machine writes to it, of which the kernel here tells nothing."""
        return self.kind in _REMOTE or self.kind.startswith("fuse.")


def disk_of(folder: Path, *, mounts: Path = _MOUNTS) -> Disk | None:
    """Which it is now, by the mounts the kernel tells; None where it tells none."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return None
    place, found = folder.absolute(), None
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if place.is_relative_to(point) and (found is None or len(point) >= len(found.point)):
            found = Disk(point, kind)
    return found


def is_away(folder: Path, point: str | None, *, mounts: Path = _MOUNTS) -> bool:
    """Whether the folder is not there, or is the empty one that is left where its disk was mounted;
    `point`: where that was when the folder was last looked through.
    """
    try:
        with os.scandir(folder) as found:
            is_empty = next(found, None) is None
    except OSError:
        return True
    here = disk_of(folder, mounts=mounts)
    if not is_empty or point is None or here is None:
        return False
    return here.point != point and Path(point).is_relative_to(here.point)
