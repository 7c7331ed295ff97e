"""The policy parameters in force: those declared and those decided, of a ledger or of a home.

Apart from `etl.parameters`, which is read where no ledger is.
"""

from __future__ import annotations

from etl.ledger import Ledger
from etl.parameters import Parameters, declared_parameters, with_events
from etl.settings import Home


def parameters_of(ledger: Ledger) -> Parameters:
    """The parameters declared, and those that the ledger's decisions set."""
    return with_events(declared_parameters(), ledger.events("parameter"))


def parameters_at(home: Home) -> Parameters:
    """The same of a home, where there may be no ledger yet."""
    return parameters_of(Ledger(home.ledger)) if home.ledger.exists() else declared_parameters()
