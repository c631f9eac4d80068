"""Sizes as operators read them."""


def gigabytes(count: int) -> str:
    """`1.2 GB`, `340 MB`, `12 kB`: powers of a thousand, as disks are sold."""
    for power, name in ((12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")):
        if count >= 10**power:
            return f"{count / 10**power:.3g} {name}"
    return f"{count} B"
