"""What the classifier counts: character n-grams, hashed (文字 n-gram)."""

import zlib

DIMENSIONS = 1 << 16
_LONGEST_GRAM = 4


def grams(text: str) -> list[int]:
    """The places of every n-gram of 1 to 4 characters, each once, in order. `text` as
    `normal.classified` makes it.
    """
    found = {
        zlib.crc32(text[start : start + size].encode("utf-8", "surrogatepass"))
        for size in range(1, _LONGEST_GRAM + 1)
        for start in range(len(text) - size + 1)
    }
    return sorted({each % DIMENSIONS for each in found})
