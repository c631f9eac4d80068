"""Which disk a folder lies on, by the kernel's list of mounts; and one that is gone (R-005)."""

from pathlib import Path

import pytest

from media.intake import disks
from media.intake.disks import Disk


def mounts(tmp_path: Path, *more: tuple[str, str]) -> Path:
    """The kernel's list with these points and kinds in it."""
    told = tmp_path / "mounts"
    lines = [("/", "ext4"), *more]
    told.write_text("".join(f"dev {point} {kind} rw 0 0\n" for point, kind in lines))
    return told


@pytest.mark.parametrize(
    ("folder", "disk"),
    [
        ("/srv/desk", Disk("/", "ext4")),
        ("/srv/nas/desk", Disk("/srv/nas", "cifs")),
        ("/srv/nas 2/desk", Disk("/srv/nas 2", "fuse.sshfs")),
        ("/srv/nasty", Disk("/", "ext4")),
    ],
)
def test_a_folder_lies_on_the_nearest_mount(tmp_path: Path, folder: str, disk: Disk) -> None:
    told = mounts(tmp_path, ("/srv/nas", "cifs"), ("/srv/nas\\0402", "fuse.sshfs"))
    found = disks.disk_of(Path(folder), mounts=told)
    assert found == disk
    assert found is not None
    assert found.is_remote is (disk.kind != "ext4")


def test_an_empty_folder_where_a_disk_was_is_not_one_without_shots(tmp_path: Path) -> None:
    share = tmp_path / "share"
    folder = share / "desk"
    folder.mkdir(parents=True)
    here, gone = mounts(tmp_path, (str(share), "nfs")), tmp_path / "without"
    gone.write_text("dev / ext4 rw 0 0\n")
    assert not disks.is_away(folder, None, mounts=gone), "nobody has looked through it yet"
    assert not disks.is_away(folder, str(share), mounts=here)
    assert disks.is_away(folder, str(share), mounts=gone)
    assert not disks.is_away(folder, "/", mounts=here), "a disk mounted since"
    (folder / "shot.jpg").touch()
    assert not disks.is_away(folder, str(share), mounts=gone), "it was moved, with its files"
    assert disks.is_away(share / "other", None, mounts=here)
    assert disks.disk_of(folder, mounts=tmp_path / "nothing") is None
