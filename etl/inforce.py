"""The policy parameters in force in a home: apart from `etl.parameters`, which is read where no ledger is."""

from __future__ import annotations

from etl.ledger import Ledger
from etl.parameters import Parameters, declared_parameters, with_events
from etl.settings import Home


def parameters_at(home: Home) -> Parameters:
    """The parameters declared, and those of the home's ledger where there is one yet."""
    return with_events(declared_parameters(), Ledger(home.ledger).events("parameter") if home.ledger.exists() else ())
