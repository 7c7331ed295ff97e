"""What any selection is: a frozen dataclass whose fields are the parameters of a page's address, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, ClassVar, Self, get_type_hints

from pages.shell.navigation import Entry

NAMES, PLACE = "names", "place"
EXPLAINED = "explained"


def one_of(names: Mapping[str, str]) -> Any:
    """A parameter that is one of a few things, code → name; the first unless another is named."""
    return field(default=next(iter(names)), metadata={NAMES: names})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What every page's address may say: the period, of the latest month unless one is named; and the figure whose
    explanation is open over the page (`G08-bank-B001`)."""

    page: ClassVar[Entry]
    period: str = ""
    explained: str = ""

    @property
    def entry(self) -> Entry:
        """The page that the selection is of."""
        return self.page

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The parameters of the address."""
        return tuple(declared.name for declared in fields(cls) if PLACE not in declared.metadata)

    def parameters(self) -> dict[str, str]:
        """Parameter → text, of what differs from what the page shows by itself.

        ValueError for a choice that the page does not have.
        """
        given = {}
        for declared in fields(self):
            value = getattr(self, declared.name)
            if declared.metadata.get(NAMES) and value not in declared.metadata[NAMES]:
                raise ValueError(f"{type(self).__name__} has no {declared.name} {value!r}")
            if value != declared.default and PLACE not in declared.metadata:
                given[declared.name] = value.isoformat() if isinstance(value, date) else str(value)
        return given

    @classmethod
    def read(cls, query: Mapping[str, str], **place: str) -> Self:
        """The selection that an address names; what it names wrongly is what the page shows by itself."""
        hints = get_type_hints(cls)
        given = {}
        for declared in fields(cls):
            text = query.get(declared.name)
            if text is None or PLACE in declared.metadata:
                continue
            value = value_of(text, hints[declared.name])
            if value is not None and value in declared.metadata.get(NAMES, (value,)):
                given[declared.name] = value
        return cls(**given, **place)


def value_of(text: str, kind: Any) -> str | int | date | None:
    """A parameter's value; None where the text is none of its kind."""
    try:
        if kind is int:
            return int(text)
        if kind == date | None:
            return date.fromisoformat(text)
    except ValueError:
        return None
    return text
