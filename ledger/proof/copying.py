"""A record copied event by event into another database: whole or not at all, and the same chain to the last hash."""

from __future__ import annotations

from contract.errors import LedgerError
from ledger.events import Ledger


def copy_record(source: Ledger, target: Ledger) -> tuple[int, int, str]:
    """Adds to `target` what `source` has more, and gives how many events that were, and the head of both.

    Both chains are followed first, and the target's once more at the end. The source may be appended to meanwhile: it
    is copied as far as it went at the beginning.

    Raises LedgerError where either is not sound, the target holds anything that the source does not, or somebody
    appended to it meanwhile. Then nothing was copied.
    """
    source.verify()
    target.verify()
    (last, head), (known, hashed) = source.head(), target.head()
    if known > last or (known and [event.hash for event in source.stored(known - 1, known)] != [hashed]):
        raise LedgerError(
            f"{target.place.name}已有{known}条事件，且不是{source.place.name}开头的那{known}条，没有复制："
            "目标须是空的，或是同一台账较早时的一份"
        )
    target.take(source.stored(known, last))
    target.verify()
    if target.head() != (last, head):
        raise LedgerError(f"{target.place.name}在复制时另有人登记，与{source.place.name}的末尾不同：请停止使用后再核对")
    return last - known, last, head
