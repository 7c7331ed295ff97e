"""Policy parameters: which value is in force on which day, and what a wrong row is told."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contract.errors import DeclarationError
from contract.parameters import declared_parameters, read_parameters, set_by, with_events

HEADER = "name,value,unit,effective_from,document_no,note\n"


@dataclass(frozen=True)
class Event:
    seq: int
    payload: dict


def written(folder: Path, *rows: str) -> Path:
    path = folder / "parameters.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def event(seq: int, value: str, effective_from: str, name: str = "tolerance") -> Event:
    payload = {"name": name, "value": value, "effective_from": effective_from, "document_no": f"试{seq}号"}
    return Event(seq, payload)


@pytest.fixture
def parameters(tmp_path):
    return read_parameters(
        written(
            tmp_path, "tolerance,2.5,个百分点,2026-01-01,试2号,容忍度", "tolerance,3.0,个百分点,2025-01-01,试1号,容忍度"
        )
    )


@pytest.mark.parametrize(
    ("day", "value"), [(date(2025, 1, 1), "3.0"), (date(2025, 12, 31), "3.0"), (date(2026, 1, 1), "2.5")]
)
def test_a_value_holds_from_its_day_to_the_next(parameters, day, value):
    assert parameters.at(day)["tolerance"] == Decimal(value)


def test_before_the_first_day_there_is_no_value(parameters):
    policy = parameters.at(date(2024, 12, 31))
    assert "tolerance" not in policy
    assert policy.get("tolerance") is None
    with pytest.raises(DeclarationError, match="tolerance.*2024-12-31"):
        policy["tolerance"]


def test_the_later_of_two_events_for_one_day_counts(parameters):
    changed = with_events(parameters, [event(7, "4", "2026-07-01"), event(9, "3.5", "2026-07-01")])
    assert changed.at(date(2026, 6, 30))["tolerance"] == Decimal("2.5")
    assert changed.at(date(2026, 7, 1)).entry("tolerance").document_no == "试9号"
    assert changed.at(date(2026, 7, 1)).entry("tolerance").unit == "个百分点"


def test_an_event_for_an_undeclared_name_is_refused(parameters):
    with pytest.raises(DeclarationError, match="第7号事件.*tolerence"):
        with_events(parameters, [event(7, "4", "2026-07-01", name="tolerence")])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["a,1,户,2025-01-01,试1号,", "a,2,户,2025-01-01,试1号,"], "第3行.*重复"),
        (["a,1,户,2025-01-01,试1号,", "a,2,家,2026-01-01,试1号,"], "单位"),
        (["a,一,户,2025-01-01,试1号,"], "第2行.*数值"),
        (["a,NaN,户,2025-01-01,试1号,"], "第2行.*数值"),
        (["a,1,户,2025年,试1号,"], "生效日"),
        (["a,1,户,2025-01-01,,"], "文号"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, told):
    with pytest.raises(DeclarationError, match=told):
        read_parameters(written(tmp_path, *rows))


def test_bands_and_shares_as_declared_are_in_order():
    policy = declared_parameters().at(date(2026, 10, 31))
    assert policy["grade_a_from"] > policy["grade_b_from"] > policy["grade_c_from"] > 0
    shares = [policy[f"lending_share_{month:02}"] for month in range(1, 13)]
    assert shares == sorted(set(shares)) and shares[-1] == 100
    assert policy["peers_marked_below"] > policy["peers_range_below"]


@pytest.mark.parametrize(
    ("persons", "document_no", "said"),
    [
        (("甲", "乙"), "试1号", "甲提议，乙批准"),
        (("甲", "乙"), "演示参数", "甲提议，乙批准"),
        (("", ""), "演示参数", "演示设定"),
        (("", ""), "金发〔2025〕10号", "随系统声明"),
    ],
)
def test_a_value_says_who_set_it(persons: tuple[str, str], document_no: str, said: str):
    assert set_by(*persons, document_no) == said
