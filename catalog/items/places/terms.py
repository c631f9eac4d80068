"""The shop's stores as customers are told of them (店舗案内, R-144)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.ground.policy import term

_LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
_EARTH_METRES = 6_371_000


@dataclass(frozen=True, slots=True)
class Store:
    """One store. Texts by language, `ja` always; degrees north and east; `phone` as dialled."""

    name: Mapping[str, str]
    address: Mapping[str, str]
    latitude: float
    longitude: float
    phone: str | None = None
    parking: Mapping[str, str] | None = None

    def named(self, lang: str) -> str:
        """Its name in that language, else in Japanese."""
        return told(self.name, lang)

    def metres_to(self, latitude: float, longitude: float) -> int:
        """How far as the crow flies."""
        here, there = math.radians(self.latitude), math.radians(latitude)
        half_north = math.sin((there - here) / 2)
        half_east = math.sin(math.radians(longitude - self.longitude) / 2)
        part = half_north**2 + math.cos(here) * math.cos(there) * half_east**2
        return round(2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(part))))


def told(texts: Mapping[str, str], lang: str) -> str:
    """The text in that language; English for one that has none, else Japanese."""
    return texts.get(lang) or (texts.get("en") if lang != "ja" else None) or texts["ja"]


def _texts(value: Any, name: str) -> Mapping[str, str]:
    if isinstance(value, str):
        value = {"ja": value}
    if not isinstance(value, Mapping) or "ja" not in value or not set(value) <= set(_LANGUAGES):
        raise ValueError(f"{name}: texts by language with ja among them are wanted")
    if not all(isinstance(each, str) and each.strip() for each in value.values()):
        raise ValueError(f"{name}: empty text")
    return dict(value)


def _degrees(value: Any, most: int, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
        raise ValueError(f"{name}: degrees from -{most} to {most} are wanted")
    return float(value)


def _store(value: Any) -> Store:
    if not isinstance(value, Mapping):
        raise ValueError("a list of objects is wanted")
    known = {"name", "address", "latitude", "longitude", "phone", "parking"}
    if strange := sorted(set(value) - known):
        raise ValueError(f"{strange[0]}: a store has no such thing")
    phone = value.get("phone")
    if phone is not None and not isinstance(phone, str):
        raise ValueError("phone: a text is wanted")
    return Store(
        name=_texts(value.get("name"), "name"),
        address=_texts(value.get("address"), "address"),
        latitude=_degrees(value.get("latitude"), 90, "latitude"),
        longitude=_degrees(value.get("longitude"), 180, "longitude"),
        phone=phone,
        parking=_texts(value["parking"], "parking") if value.get("parking") else None,
    )


def _stores(value: Any) -> tuple[Store, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError("a list of objects is wanted")
    return tuple(_store(each) for each in value)


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """The stores, the main one first."""

    stores: tuple[Store, ...] = term(
        "shop.stores",
        [],
        _stores,
        "stores: name and address (texts by language), latitude, longitude, phone, parking",
    )


def nearest(stores: Sequence[Store], latitude: float, longitude: float) -> list[tuple[Store, int]]:
    """The stores with their distance in metres, the nearest first."""
    found = [(store, store.metres_to(latitude, longitude)) for store in stores]
    return sorted(found, key=lambda each: each[1])
