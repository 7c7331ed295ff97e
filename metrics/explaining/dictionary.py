"""The catalogue as a reader searches it: what each indicator means, how it is run, which columns it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from contract.declarations import forms
from contract.levels import levels
from metrics.explaining.explanation import ROLE_NAMES
from metrics.indicators.aggregates import cells_read
from metrics.indicators.catalogue import BASES, NOW, Indicator, Term, catalogue
from metrics.indicators.relations import SCOPES, Relation, relations


@dataclass(frozen=True)
class Aggregate:
    """One aggregate as declared: its role in words, its set, and the SQL of both."""

    role: str
    relation: Relation
    expression: str

    @property
    def held(self) -> dict[str, str]:
        """Header → name of the level, of the form's columns that are read."""
        own = forms()[self.relation.form].columns if self.relation.form else ()
        read = cells_read(self.expression)
        return {column.header: levels()[column.level].name for column in own if column.code in read}


def matching(text: str, group: str = "") -> tuple[Indicator, ...]:
    """Indicators of a group (empty = all) whose code, names, definition or clause hold every word of the text."""
    words = text.lower().split()
    return tuple(
        declared
        for declared in catalogue().values()
        if (not group or declared.group == group) and all(word in searched(declared) for word in words)
    )


def searched(declared: Indicator) -> str:
    """The text of an indicator that a search looks at."""
    return " ".join((declared.code, declared.name, declared.name_en, declared.definition, declared.clause)).lower()


def scope_names(declared: Indicator) -> str:
    return "、".join(SCOPES[scope] for scope in declared.scopes)


def aggregates(declared: Indicator) -> tuple[Aggregate, ...]:
    """What is added up, in the order part, whole."""
    return tuple(Aggregate(role(term), relations()[term.relation], term.expression) for term in declared.terms)


def role(term: Term) -> str:
    return ROLE_NAMES[term.role] + (f"（{BASES[term.base]}）" if term.base != NOW else "")
