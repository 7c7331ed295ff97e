"""What evaluation and warnings read beside the figures, worked out from an exchange by an engine.

Scores and triggers are small sums over these and the figures. What people decide (judgements, recognitions, incidents,
decisions) lies in the ledger, and not in an exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa

from contract.errors import CallError
from metrics.engines.engine import Engine, engine_of
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.evaluation.item_figures import CREDIT_PLANS, SAME_BANK_BORROWERS
from metrics.evaluation.member_scores import STANDINGS
from metrics.indicators.relations import relations
from metrics.warnings.frame import ABOVE_CEILING_LOANS, POLICY

# Name → the statement, as a snapshot runs it.
INPUTS: Mapping[str, str] = {
    # A row a member on the list and period: whether it filed, and how this year so far.
    "standing": STANDINGS,
    # A row a bank and period: the plan of the latest B3 of the year, 万元.
    "credit_plan": CREDIT_PLANS,
    # A row a district and period: borrowers of this year and of the year before, over the same banks.
    "same_bank_borrowers": SAME_BANK_BORROWERS,
    # A row a loan and period, of those valued inside the bank above what was permitted, 万元.
    "above_ceiling": ABOVE_CEILING_LOANS,
}
# The one parameter that the statements name, as in force on each period's last day.
POLICIES = """
    SELECT period.period, parameter.value AS default_valuation_ceiling
    FROM period
    JOIN parameter ON parameter.name = 'default_valuation_ceiling' AND parameter.effective_from <= period.last_day
        AND (parameter.effective_to IS NULL OR period.last_day < parameter.effective_to)
"""


def policies(exchange: Exchange) -> pa.Table:
    """A row a period with the policy in force."""
    with duckdb.connect() as connection:
        for name in ("period", "parameter"):
            connection.register(name, exchange.whole(name))
        return connection.sql(POLICIES).to_arrow_table()


def inputs(engine: Engine, exchange: Exchange, name: str) -> pa.Table:
    """The rows of one of `INPUTS`, of all periods, in no order."""
    return engine.rows(INPUTS[name], {POLICY: policies(exchange)})


def inputs_of(folder: Path, engine_name: str, master: str | None, name: str) -> pa.Table:
    """The same from the exchange in a folder. Raises CallError and RefusedFile as `engine.figures_of`."""
    if name not in INPUTS:
        raise CallError(f"没有“{name}”，应为{'、'.join(INPUTS)}之一")
    exchange, declared = exchange_of(folder), relations()
    with closing(engine_of(engine_name, exchange, declared, master)) as engine:
        return inputs(engine, exchange, name)
