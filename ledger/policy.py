"""The policy parameters in force: those declared and those decided, of a ledger or of a home.

Apart from `contract.parameters`, which is read where no ledger is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.console.program import later
from contract.parameters import Parameters, declared_parameters, with_events
from contract.settings import Home

if TYPE_CHECKING:
    from ledger.events import Ledger

open_ledger = later("ledger.events:Ledger")  # a check by itself needs no database of events


def parameters_of(ledger: Ledger) -> Parameters:
    """The parameters declared, and those that the ledger's decisions set."""
    return with_events(declared_parameters(), ledger.events("parameter"))


def parameters_at(home: Home) -> Parameters:
    """The same of a home, where there may be no ledger yet."""
    return parameters_of(open_ledger(home.ledger)) if home.ledger.exists() else declared_parameters()
