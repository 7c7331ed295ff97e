"""The trigger rules as declared in `data/triggers.toml`, checked when they are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from contract.decision_kinds import LEVELS
from contract.errors import DeclarationError
from contract.parameters import Policy, declared_parameters
from contract.settings import DECLARATIONS
from contract.wording import month_name
from metrics.indicators.catalogue import indicator

SUBJECTS = {"bank": ("bank",), "district": ("district",), "both": ("bank", "district")}
CADENCES = {"month": 1, "quarter": 3, "year": 12}  # in months; a year ends in December
SMALL_NUMBERS = {"G02": "small_number_borrowers", "G01": "small_number_balance"}  # indicator → least number
SETTLING_IN_PARAMETER = "settling_in_months"
# Units of values that are no indicator; where a rule declares no value, it counts periods.
COUNTED_PERIODS = "期"
UNITS = {
    "total": "分",
    "above_ceiling_amount": "万元",
    "returned": "版",
    "pool_balance * 100 / pool_size": "%",
    "len(violations)": "件",
    "len(withdrawals)": "件",
    "date_diff('day', rectify_due, seen_on)": "天",
}


@dataclass(frozen=True)
class Level:
    """What reaches a level: `consecutive` periods, or `count` of the `within` periods up to one.

    Each number is a whole number or the name of a policy parameter.
    """

    level: str
    condition: str
    cadence: str
    consecutive: int | str | None = None
    within: int | str | None = None
    count: int | str | None = None

    @property
    def step(self) -> int:
        """Months from one period looked at to the next."""
        return CADENCES[self.cadence]

    @property
    def required(self) -> int | str:
        """The number of periods that reaches the level."""
        return self.count if self.consecutive is None else self.consecutive


@dataclass(frozen=True)
class Rule:
    """One trigger rule; see the head of `data/triggers.toml` for what its parts mean."""

    id: str
    name: str
    text: str
    subject: str
    cadence: str
    levels: tuple[Level, ...]
    value: str | None = None
    threshold: str | None = None
    figures: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    dated: str | None = None
    lasting: bool = True
    settling_in: bool = False
    small_numbers: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of member that it looks at."""
        return SUBJECTS[self.subject]

    @property
    def step(self) -> int:
        """Months from one period looked at to the next."""
        return CADENCES[self.cadence]

    @property
    def unit(self) -> str:
        """The unit of the value and its threshold: the indicator's, the fact's, or periods counted."""
        if self.value is None:
            return COUNTED_PERIODS
        return UNITS[self.value] if self.value in UNITS else indicator(self.value).unit

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that it reads, those of the small-number protection among them."""
        return tuple(dict.fromkeys(self.figures + (tuple(SMALL_NUMBERS) if self.small_numbers else ())))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The policy parameters that it depends on, in declared order."""
        names = {str(number) for level in self.levels for number in (level.consecutive, level.within, level.count)}
        for expression in (self.value, self.threshold, self.dated, *(level.condition for level in self.levels)):
            names.update(re.findall(r"[a-z]\w*", expression or ""))
        names.update(SMALL_NUMBERS.values() if self.small_numbers else ())
        names.update((SETTLING_IN_PARAMETER,) if self.settling_in else ())
        return tuple(name for name in declared_parameters().history if name in names)

    def described(self, policy: Policy) -> str:
        """The rule in words, with the numbers in force."""
        return self.text.format_map({name: f"{value.normalize():f}" for name, value in policy.items()})


def number_of(number: int | str, policy: Policy) -> int:
    """A number of periods, from a rule or from policy."""
    return number if isinstance(number, int) else int(policy[number])


def read_rules(path: Path, parameters: Collection[str] | None = None) -> tuple[Rule, ...]:
    """The rules of a declaration file, in its order. `parameters`: the names of policy parameters (else as declared).

    Raises:
        DeclarationError: the file is no TOML, a rule lacks a part or has one that is unknown, an id is there twice, or
            a number of periods is neither a whole number nor a declared parameter, or its words name none. What
            the conditions name is held against what there is when they are first asked (`metrics.warnings.frame`).
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise DeclarationError(f"{path.name}应为TOML格式，含一个或多个[[rule]]：{error}") from None
    known = declared_parameters().history if parameters is None else parameters
    rules = tuple(_rule(table, known, f"{path.name}的规则{table.get('id', '（无编号）')}") for table in tables)
    ids = [rule.id for rule in rules]
    for rule in rules:
        if ids.count(rule.id) > 1:
            raise DeclarationError(f"{path.name}的规则编号{rule.id}重复")
    return rules


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of `data/triggers.toml`."""
    return read_rules(DECLARATIONS / "triggers.toml")


def rule_of(rule_id: str) -> Rule:
    """A declared rule by its id.

    Raises:
        DeclarationError: there is none.
    """
    for rule in rules():
        if rule.id == rule_id:
            return rule
    raise DeclarationError(f"没有编号为{rule_id}的预警规则")


def trigger_words(trigger_id: str) -> str:
    """A trigger as people call it, for the id `X01-B016-2026-09`: `贷款余额下降（2026年9月起）`."""
    rule_id, _, since = trigger_id.split("-", 2)
    return f"{rule_of(rule_id).name}（{month_name(since)}起）"


def _rule(table: Mapping[str, Any], parameters: Collection[str], where: str) -> Rule:
    own = {field.name for field in fields(Rule)} | {"condition"}
    _check_keys(table, own, ("id", "name", "text", "subject", "cadence", "condition", "levels"), where)
    if not re.fullmatch(r"[A-Z]\d{2}", table["id"]):
        raise DeclarationError(f"{where}：编号应为一个大写字母加两位数字")
    if table["subject"] not in SUBJECTS or table["cadence"] not in CADENCES:
        raise DeclarationError(f"{where}：subject应为{'、'.join(SUBJECTS)}之一，cadence应为{'、'.join(CADENCES)}之一")
    if ("value" in table) != ("threshold" in table):
        raise DeclarationError(f"{where}：value与threshold须同时给出")
    unknown = [name for _, name, _, _ in Formatter().parse(table["text"]) if name and name not in parameters]
    if unknown:
        raise DeclarationError(f"{where}：text中的“{unknown[0]}”不是已声明的政策参数")
    rest = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    condition = rest.pop("condition")
    rest["levels"] = tuple(_level(level, condition, table["cadence"], parameters, where) for level in table["levels"])
    return Rule(**rest)


def _level(table: Mapping[str, Any], condition: str, cadence: str, parameters: Collection[str], where: str) -> Level:
    _check_keys(table, {field.name for field in fields(Level)}, ("level",), where)
    level = Level(**{"condition": condition, "cadence": cadence, **table})
    if level.level not in LEVELS or level.cadence not in CADENCES:
        raise DeclarationError(f"{where}：级别应为{'、'.join(LEVELS)}之一，cadence应为{'、'.join(CADENCES)}之一")
    if level.step % CADENCES[cadence]:
        raise DeclarationError(f"{where}：级别{level.level}的周期不是规则周期的整数倍")
    numbers = (level.consecutive,) if level.within is None and level.count is None else (level.within, level.count)
    if None in numbers or (level.within is not None and level.consecutive is not None):
        raise DeclarationError(f"{where}：级别{level.level}须有consecutive，或within与count")
    for number in numbers:
        if number not in parameters and not (isinstance(number, int) and number > 0):
            raise DeclarationError(f"{where}：级别{level.level}的期数“{number}”既非正整数，也不是已声明的政策参数")
    return level


def _check_keys(table: Mapping[str, Any], known: Iterable[str], required: Iterable[str], where: str) -> None:
    unknown, missing = set(table) - set(known), set(required) - set(table)
    if unknown or missing:
        raise DeclarationError(f"{where}：缺少{sorted(missing) or '无'}，不认识{sorted(unknown) or '无'}")
