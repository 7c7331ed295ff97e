"""Policy parameters: every number that policy sets, as data with an effective date and a document number.

The declared ones are rows of `data/parameters.csv`; later ones are ledger events of kind `parameter`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.parameter_rules import order_faults, policy_number, value_fault
from contract.settings import DECLARATIONS

COLUMNS = ("name", "value", "unit", "effective_from", "document_no", "note")
DEMONSTRATION = "演示参数"  # stands for a document number until policy sets the value
SET_FOR_DEMONSTRATION, DECLARED = "演示设定", "随系统声明"  # by whom a value is that no two persons have decided


@dataclass(frozen=True)
class Parameter:
    """One value of one parameter, in force from a day until the next value of the same name.

    `note` says what the parameter is. Of a value from the ledger, `reason` says why it was changed, and two persons
    are named; a declared value has none of these.
    """

    name: str
    value: Decimal
    unit: str
    effective_from: date
    document_no: str
    note: str
    reason: str = ""
    proposer: str = ""
    approver: str = ""

    @property
    def set_by(self) -> str:
        """Who set it: two persons, or the declarations that the system came with."""
        return set_by(self.proposer, self.approver, self.document_no)


def set_by(proposer: str, approver: str, document_no: str) -> str:
    """Who set a value of policy, in words."""
    if proposer:
        return f"{proposer}提议，{approver}批准"
    return SET_FOR_DEMONSTRATION if document_no == DEMONSTRATION else DECLARED


class ParameterEvent(Protocol):
    """What is read of a ledger event of kind `parameter`: name, value, effective_from, document_no; and reason,
    proposer and approver where it has them."""

    seq: int
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Policy(Mapping[str, Decimal]):
    """The parameters in force on one day: name → value."""

    day: date
    entries: Mapping[str, Parameter] = field(repr=False)

    def entry(self, name: str) -> Parameter:
        """The parameter with its document and effective date.

        Raises:
            DeclarationError: no value of that name is in force on the day.
        """
        try:
            return self.entries[name]
        except KeyError:
            raise DeclarationError(f"政策参数“{name}”在{self.day}没有生效的值，请检查data/parameters.csv") from None

    def __getitem__(self, name: str) -> Decimal:
        return self.entry(name).value

    def get(self, name: str, default: Decimal | None = None) -> Decimal | None:
        return self.entries[name].value if name in self.entries else default

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True)
class Parameters:
    """Every value of every parameter, by name in declared order, each name's values by effective date."""

    history: Mapping[str, tuple[Parameter, ...]]

    def at(self, day: date) -> Policy:
        """The values in force on a day; a name whose first value comes later is not among them."""
        entries = {}
        for name, values in self.history.items():
            position = bisect_right([value.effective_from for value in values], day)
            if position:
                entries[name] = values[position - 1]
        return Policy(day, entries)

    def order_faults(self) -> Iterator[str]:
        """What is wrong between values, on every day on which one changes; see `contract.parameter_rules`."""
        told: set[str] = set()
        for day in sorted({value.effective_from for values in self.history.values() for value in values}):
            for fault in order_faults(self.at(day)):
                if fault not in told:
                    told.add(fault)
                    yield f"自{day}起{fault}"


def _parameter(row: Mapping[str, Any], unit: str, note: str, where: str) -> Parameter:
    try:
        value = policy_number(row["value"])
        effective_from = date.fromisoformat(str(row["effective_from"]).strip())
    except (InvalidOperation, ValueError):
        raise DeclarationError(
            f"{where}的政策参数“{row['name']}”应有数值（至多6位小数）和形如2026-01-01的生效日，"
            f"现为“{row['value']}”“{row['effective_from']}”"
        ) from None
    document_no = str(row["document_no"]).strip()
    if not document_no:
        raise DeclarationError(f"{where}的政策参数“{row['name']}”须有文号")
    said = (str(row.get(key) or "") for key in ("reason", "proposer", "approver"))
    return Parameter(str(row["name"]), value, unit, effective_from, document_no, note, *said)


def read_parameters(path: Path) -> Parameters:
    """The parameters of a declaration file.

    Raises:
        DeclarationError: a value, date or document number is missing or cannot be one, a name has two values from
            the same day, its unit changes, a value lies out of its range, or values are out of order.
    """
    history: dict[str, dict[date, Parameter]] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        where = f"{path.name}第{number}行"
        parameter = _parameter(row, row["unit"], row["note"], where)
        values = history.setdefault(parameter.name, {})
        if parameter.effective_from in values:
            raise DeclarationError(f"{where}：政策参数“{parameter.name}”自{parameter.effective_from}起的值重复")
        if any(other.unit != parameter.unit for other in values.values()):
            raise DeclarationError(f"{where}：政策参数“{parameter.name}”的单位与前面的行不一致")
        if fault := value_fault(parameter.name, parameter.unit, parameter.value):
            raise DeclarationError(f"{where}：{fault}")
        values[parameter.effective_from] = parameter
    parameters = _ordered(history)
    for fault in parameters.order_faults():
        raise DeclarationError(f"{path.name}：{fault}")
    return parameters


@cache
def declared_parameters() -> Parameters:
    """The parameters of `data/parameters.csv`."""
    return read_parameters(DECLARATIONS / "parameters.csv")


def with_events(parameters: Parameters, events: Iterable[ParameterEvent]) -> Parameters:
    """The parameters with the ledger's later values; of two values from the same day the later event counts.

    Raises:
        DeclarationError: an event names a parameter that is not declared, or its value or date cannot be one.
    """
    history = {name: {value.effective_from: value for value in values} for name, values in parameters.history.items()}
    for event in events:
        where, name = f"台账第{event.seq}号事件", event.payload["name"]
        if name not in history:
            raise DeclarationError(f"{where}的政策参数“{name}”没有声明")
        declared = next(iter(history[name].values()))
        parameter = _parameter(event.payload, declared.unit, declared.note, where)
        history[name][parameter.effective_from] = parameter
    return _ordered(history)


def _ordered(history: Mapping[str, Mapping[date, Parameter]]) -> Parameters:
    return Parameters({name: tuple(values[day] for day in sorted(values)) for name, values in history.items()})
