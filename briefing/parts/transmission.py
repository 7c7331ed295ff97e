"""The letter of transmission (报送函) of a part: to whom, what is enclosed, how its figures are counted."""

from __future__ import annotations

from datetime import date

from briefing.issue.content import Document
from briefing.paper.letter import OfficialLetter
from briefing.parts.declared import transmission


def transmission_letter(document: Document, name: str, to: str, dated: date, witness: str) -> OfficialLetter:
    """The letter that goes with a document, its number and seal left blank; words from the declaration.

    `witness`: what is printed of the ledger as it stands (`ledger.proof.witness.head_words`).
    """
    declared = transmission()
    month = document.period_name
    named = {
        "month": month,
        "name": name,
        "snapshot": document.snapshot,
        "caliber": declared.caliber,
        "attachment": document.title,
    }
    return OfficialLetter(
        kind="transmission",
        name="报送函",
        title=declared.title.format(month=month),
        addressee=to,
        paragraphs=tuple(text.format_map(named) for text in declared.paragraphs),
        issuer=declared.issuer,
        dated=dated,
        demonstration=declared.demonstration if document.demonstration else "",
        witness=witness,
    )
