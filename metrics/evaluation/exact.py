"""Frozen dataclasses as canonical JSON and back, exactly: a decimal or a fraction is text, nothing is rounded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Thing = TypeVar("Thing")


def written(thing: object) -> bytes:
    """The one text of a dataclass, in UTF-8: names in order, no spaces; the same thing gives the same bytes."""
    text = json.dumps(_plain(thing), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def read(kind: type[Thing], content: bytes) -> Thing:
    """The dataclass that `written` wrote; a field that it did not know yet has its default."""
    return _made(kind, json.loads(content))


def _plain(value: object) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case Fraction():
            return str(value)
        case date():
            return value.isoformat()
        case dict():
            return {key: _plain(element) for key, element in value.items()}
        case tuple() | list():
            return [_plain(element) for element in value]
        case None | bool() | int() | str():
            return value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no exact form")


_hints = cache(get_type_hints)


def _made(hint: Any, told: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (hint,) = (kind for kind in inner if kind is not NoneType)
        return None if told is None else _made(hint, told)
    if origin is tuple:
        return tuple(_made(inner[0], element) for element in told)
    if origin in (dict, Mapping):
        return {key: _made(inner[1], element) for key, element in told.items()}
    if is_dataclass(hint):
        hints = _hints(hint)
        return hint(
            **{field.name: _made(hints[field.name], told[field.name]) for field in fields(hint) if field.name in told}
        )
    if hint in (Decimal, Fraction):
        return hint(told)
    return date.fromisoformat(told) if hint is date else told
