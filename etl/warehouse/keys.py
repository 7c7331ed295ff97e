"""Integers for what is counted and followed by text keys: counting ten million texts costs several times as much.

A key is given in the order in which its text first came in, so that a rebuilt warehouse has the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Key:
    """An integer column of a form's facts; `texts` are the columns that it stands for together."""

    form: str
    texts: tuple[str, ...]

    @property
    def table(self) -> str:
        return f"key_{self.form}_{'_'.join(self.texts)}"


KEYS: Mapping[str, Key] = {
    "firm_key": Key("B1", ("uscc",)),
    "loan_key": Key("B1", ("submitter", "loan_no")),
}


def keys_of(form: str) -> tuple[str, ...]:
    """The names of the key columns of a form's facts, in order."""
    return tuple(name for name, key in KEYS.items() if key.form == form)


def key_tables() -> list[str]:
    """The statements that make the dictionaries: a row a key, with the texts that it stands for."""
    return [
        f"CREATE TABLE {key.table} ({', '.join(f'{text} TEXT' for text in key.texts)}, {name} INTEGER)"
        for name, key in KEYS.items()
    ]


def add_keys(connection: duckdb.DuckDBPyConnection, form: str) -> None:
    """Gives numbers to texts of `new_fact` (submission_id, submitter, row_no, columns) that have none yet."""
    for name in keys_of(form):
        key = KEYS[name]
        texts = ", ".join(key.texts)
        connection.execute(f"""
            INSERT INTO {key.table}
            WITH last AS (SELECT coalesce(max({name}), 0) AS number FROM {key.table}),
            new AS (
                SELECT {texts}, min({{'submission_id': submission_id, 'row_no': row_no}}) AS first
                FROM new_fact ANTI JOIN {key.table} USING ({texts}) GROUP BY {texts})
            SELECT {texts}, last.number + row_number() OVER (ORDER BY first) FROM new, last""")


def with_keys(form: str) -> tuple[str, str]:
    """SQL: the key columns to select beside those of `new_fact`, and the joins that bring them."""
    names = keys_of(form)
    joins = "".join(f" LEFT JOIN {KEYS[name].table} USING ({', '.join(KEYS[name].texts)})" for name in names)
    return "".join(f", {name}" for name in names), joins
