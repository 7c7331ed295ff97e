"""A witness outside: the hash of the ledger's head, printed on what leaves the house, held against the ledger later.

To rewrite history unseen, every paper on which such a hash stands would have to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.events import Event, Ledger
from ledger.guard.chain import words

HASH = r"(?:[a-z][a-z0-9]*:)?[0-9a-f]{64}"
# A hash with the number of its event before it, as `words` prints them, or by itself. Between them a line may end.
PRINTED = re.compile(rf"(?:第\s*(\d+)\s*号事件[）):：\s]*)?(?<![0-9a-zA-Z:])({HASH})(?![0-9a-zA-Z])")
SHOWN = 12  # characters of a hash that tell it to a person


@dataclass(frozen=True)
class Witness:
    """A hash that stood on paper: that of the event `seq`, whose number may not be told (None)."""

    seq: int | None
    hash: str

    @property
    def short(self) -> str:
        return f"{self.hash[: self.hash.find(':') + 1 + SHOWN]}…"


def head_words(ledger: Ledger) -> str:
    """What is printed of the ledger as it stands."""
    return words(*ledger.head())


def witnesses_in(text: str) -> list[Witness]:
    """The hashes in a text, in their order, each once: a list with one a line, or what was copied off papers."""
    read = (Witness(int(seq) if seq else None, stated) for seq, stated in PRINTED.findall(text))
    return list(dict.fromkeys(read))


@dataclass(frozen=True)
class Comparison:
    """What holding printed hashes against a ledger gave; `last`: the number of the latest event that agrees."""

    agreed: int
    last: int
    differing: tuple[Witness, ...]
    others: int  # hashes of files, which are no event's

    @property
    def lines(self) -> list[str]:
        """What a person is told: how many agree, each that does not, and from where on the ledger differs."""
        told = [f"印出的校验码与台账相符的{self.agreed}个" + (f"，最后一个是第{self.last}号事件" if self.last else "")]
        for witness in self.differing:
            which = f"第{witness.seq}号事件" if witness.seq is not None else "不知编号的事件"
            told.append(f"错误：印出的{which}的校验码{witness.short}与台账不符")
        if self.differing:
            known = [witness.seq for witness in self.differing if witness.seq is not None and witness.seq > self.last]
            upto = f"、至迟自第{min(known)}号事件" if known else ""
            told.append(f"错误：台账自第{self.last}号事件之后{upto}起，与印出时不同，请与备份核对")
        if self.others:
            told.append(f"注意：另有{self.others}个校验码是文件的，不是台账的")
        return told


def compare(printed: Sequence[Witness], events: Iterable[Event]) -> Comparison:
    """Holds printed hashes against the events of a ledger, whose chain is known to be sound."""
    by_seq, files = {}, set()
    for event in events:
        by_seq[event.seq] = event.hash
        files |= set(_texts(event.payload))
    numbers = {stated: seq for seq, stated in by_seq.items()}
    agreed, differing, others = [], [], 0
    for witness in printed:
        seq = numbers.get(witness.hash)
        if seq is not None and witness.seq in (None, seq):
            agreed.append(seq)
        elif witness.seq is None and witness.hash in files:
            others += 1
        else:
            differing.append(witness)
    return Comparison(len(agreed), max(agreed, default=0), tuple(differing), others)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
