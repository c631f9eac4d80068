"""Labels as the carrier's program reads them (送り状CSV): kits, ways in, returns.

CP932 as those programs want it; addresses are given by the caller and never kept. What CP932 cannot
write is replaced by a near sign or 〓, so that one rare name does not stop the day's parcels.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalog.items.parcels.rules import Direction

COLUMNS = (
    "お客様管理番号",
    "区分",
    "出荷予定日",
    "送り状番号",
    "お届け先郵便番号",
    "お届け先住所",
    "お届け先建物名",
    "お届け先名",
    "お届け先電話番号",
    "ご依頼主郵便番号",
    "ご依頼主住所",
    "ご依頼主建物名",
    "ご依頼主名",
    "ご依頼主電話番号",
    "品名",
    "個数",
    "保険金額",
)
_TOLD = {Direction.KIT: "梱包キット", Direction.IN: "着払", Direction.OUT: "元払"}
# Signs of which Unicode and CP932 disagree, and common names' characters CP932 lacks.
_NEAR = str.maketrans("〜−—‖¢£¬𠮷", "～－―∥￠￡￢吉")
_GETA = "〓"
_MOST = 100  # characters a carrier's field holds at most


@dataclass(frozen=True, slots=True)
class Address:
    """Whose door. Personal data: only ever on its way into a label."""

    name: str
    postal_code: str
    street: str
    building: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One parcel's label. `insured_for`: yen; `contents`: what is told to be inside."""

    parcel_id: str
    direction: Direction
    ships_on: date
    to: Address
    sender: Address
    contents: str
    tracking_no: str | None = None
    insured_for: int | None = None


def carrier_csv(labels: Iterable[Label]) -> bytes:
    """One row a label under a heading, CP932, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for label in labels:
        writer.writerow([_cell(each) for each in _row(label)])
    return text.getvalue().encode("cp932", errors="strict")


def _row(label: Label) -> list[str]:
    return [
        label.parcel_id,
        _TOLD[label.direction],
        f"{label.ships_on:%Y/%m/%d}",
        label.tracking_no or "",
        *_address(label.to),
        *_address(label.sender),
        label.contents,
        "1",
        str(label.insured_for) if label.insured_for is not None else "",
    ]


def _address(address: Address) -> list[str]:
    return [
        address.postal_code,
        address.street,
        address.building,
        address.name,
        domestic(address.phone),
    ]


def domestic(phone: str) -> str:
    """`+81312345678` as carriers want it: `0312345678`."""
    return f"0{phone[3:]}" if phone.startswith("+81") else phone


def _cell(told: str) -> str:
    """Without control characters, writable in CP932, no formula for a spreadsheet."""
    plain = "".join(each if each.isprintable() else " " for each in told.translate(_NEAR))
    plain = "".join(_writable(each) for each in plain.strip())[:_MOST].strip()
    if plain[:1] in {"=", "+", "-", "@"}:
        plain = chr(ord(plain[0]) + 0xFEE0) + plain[1:]
    return plain


def _writable(sign: str) -> str:
    for candidate in (sign, unicodedata.normalize("NFKC", sign)):
        try:
            candidate.encode("cp932")
        except UnicodeEncodeError:
            continue
        return candidate
    return _GETA
