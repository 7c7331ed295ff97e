"""Reference series: declared and entered values, which one counts when, and what a wrong row or entry is told."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import etl.snapshot.publish
from casework.__main__ import casework
from casework.policy import references
from contract.errors import AccessDenied, CallError, DeclarationError
from contract.settings import parse_time
from etl.snapshot import facts, rules
from etl.snapshot.publish import publish
from ledger.events import Entry
from metrics.indicators.catalogue import catalogue
from metrics.targets import reference_series
from metrics.targets.reference_series import (
    BASES,
    Reference,
    add_references,
    all_series,
    declared_values,
    read_series,
    read_values,
    series_of,
)
from tests.casework.pilots import Pilot

SERIES = "series,name,unit,frequency,basis,beside,source,note\n"
VALUES = "region,series,period,value,published_on,source\n"
TODAY = "2026-11-16"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["Loans,贷款,%,month,bank,,央行,"], "第2行的序列编码“Loans”"),
        (["a,贷款,%,month,bank,,央行,", "a,贷款,%,month,bank,,央行,"], "第3行的序列编码“a”重复"),
        (["a,贷款,%,week,bank,,央行,"], "frequency“week”"),
        (["a,贷款,%,month,both,,央行,"], "basis“both”应为bank、registration"),
        (["a,贷款,%,month,bank,,,"], "没有写source"),
        (["a,贷款,%,month,bank,G99,央行,"], "a不能与指标“G99”同图"),
        (["a,贷款,亿元,month,bank,G12,央行,"], "a不能与指标“G12”同图：须是单位相同"),
        (["a,登记增速,%,month,registration,G12,局,"], "登记口径不与贷款同图"),
    ],
)
def test_a_wrong_series_is_named(tmp_path, rows, told):
    with pytest.raises(DeclarationError, match=told):
        read_series(written(tmp_path, "series.csv", SERIES + "\n".join(rows)), catalogue())


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([",lpr_9y,2026-09,3,,央行"], "第2行的序列“lpr_9y”没有"),
        ([",lpr_1y,2026-13,3,,央行"], "期间“2026-13”"),
        ([",tech_loans_growth,2026-08,3,,央行"], "按季发布，期间应为季末月份（如2026-09），现为“2026-08”"),
        ([",pledge_registered,2025-09,3,,知识产权局"], "按年发布，期间应为12月"),
        ([",lpr_1y,2026-09,三,,央行"], "“三”"),
        ([",lpr_1y,2026-09,NaN,,央行"], "“NaN”"),
        ([",lpr_1y,2026-09,3,九月,央行"], "“九月”"),
        ([",lpr_1y,2026-09,3,,"], "没有写来源"),
        ([",lpr_1y,2026-09,3,,央行", ",lpr_1y,2026-09,3.1,,央行"], "第3行：序列lpr_1y在2026-09的值重复"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, rows, told):
    with pytest.raises(DeclarationError, match=told):
        read_values(written(tmp_path, "series_values.csv", VALUES + "\n".join(rows)), all_series())


def test_what_is_declared_has_a_source_and_is_not_invented():
    assert declared_values()
    assert not [reference for reference in declared_values() if "演示" in reference.source]
    assert {series.basis for series in all_series().values()} == set(BASES)
    with pytest.raises(CallError, match="没有参照序列“gdp”.*lpr_1y（1年期"):
        series_of("gdp")


def test_a_later_entry_replaces_an_earlier_one_and_both_stay():
    entries = [
        Reference("lpr_1y", "2026-08", Decimal("3.1"), "公布"),
        Reference("lpr_1y", "2026-09", Decimal(3), "公布", None, date(2026, 10, 9), "甲", 5),
        Reference("lpr_1y", "2026-08", Decimal("3.0"), "更正", None, date(2026, 10, 9), "甲", 6),
        Reference("lpr_1y", "2026-08", Decimal("2.9"), "再更正", None, date(2026, 11, 2), "乙", 9),
    ]
    connection = duckdb.connect()
    add_references(connection, entries)
    rows = connection.execute("SELECT period, value, ledger_seq, replaced_on FROM reference_series ORDER BY rowid")
    assert rows.fetchall() == [
        ("2026-08", Decimal("3.1"), None, date(2026, 10, 9)),
        ("2026-09", Decimal("3.0"), 5, None),
        ("2026-08", Decimal("3.0"), 6, date(2026, 11, 2)),
        ("2026-08", Decimal("2.9"), 9, None),
    ]


@pytest.fixture
def referenced(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    """A home at the demonstration's moment; a snapshot holds the tables of `etl` and the series."""
    steps = {"facts": facts.build, "rules": rules.build, "reference_series": reference_series.build}
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: steps)
    pilot.at(TODAY)
    return pilot


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def listed(*arguments: str) -> list[list[str]]:
    rows = csv.DictReader(io.StringIO(run("references", "--series", "lpr_1y", *arguments).stdout))
    return [[row["period"], row["value"], row["source"], row["entered_by"]] for row in rows]


def test_values_are_entered_replaced_and_listed_as_of_a_day(referenced):
    publish(referenced.home, referenced.ledger, "甲")
    assert listed() == [["", "", "", ""]]  # no value yet: to be entered
    entered = run("reference", "lpr_1y", "2026-09", "3.10", "--source", "同业拆借中心", "--by", " 甲 ")
    assert "1年期贷款市场报价利率（LPR）（市场利率）2026-09为3.1%；来源：同业拆借中心" in entered.stdout
    referenced.at("2026-11-20")
    replaced = run(
        "reference", "lpr_1y", "2026-09", "3.05", "--source", "更正", "--by", "乙", "--published", "2026-10-20"
    )
    assert "为3.05%，替换3.1%" in replaced.stdout
    assert listed() == [["2026-09", "3.05", "更正", "乙"]]
    assert listed("--as-of", "2026-11-19") == [["2026-09", "3.1", "同业拆借中心", "甲"]]
    assert listed("--as-of", "2026-11-15") == [["", "", "", ""]]
    events = referenced.ledger.events("reference")
    assert [(event.subject, event.payload["value"]) for event in events] == [("lpr_1y", "3.10"), ("lpr_1y", "3.05")]
    run("reference", "loans_growth", "2026-09", "-0.5", "--source", "央行", "--by", "甲", "--no-publish")
    assert referenced.ledger.events("reference")[-1].payload["value"] == "-0.5"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"period": "2026-9"}, "期间“2026-9”应形如"),
        ({"period": "2026-12"}, "2026-12尚未开始（今天2026-11-16）"),
        ({"series": "tech_loans_growth", "period": "2026-08"}, "季末月份"),
        ({"value": "三"}, "“三”不是可登记的数值（单位%"),
        ({"value": "Infinity"}, "“Infinity”不是"),
        ({"value": "0.1234567"}, "至多6位小数"),
        ({"series": "ip_balance_beijing", "value": "-1"}, "以亿元计，不能为负"),
        ({"source": "  "}, "须写明来源"),
        ({"published_on": date(2026, 8, 31)}, "发布日2026-08-31应不早于2026-09-01"),
        ({"published_on": date(2026, 11, 17)}, "不晚于今天"),
        ({"by": " "}, "须写明经办人"),
    ],
)
def test_a_wrong_entry_is_refused_and_leaves_nothing(referenced, changes, told):
    asked = {"series": "lpr_1y", "period": "2026-09", "value": "3", "source": "公布", "by": "甲"} | changes
    with pytest.raises(CallError, match=told):
        references.enter(referenced.home, **asked | {"series": series_of(asked["series"])})
    assert referenced.ledger.events("reference") == []


def test_the_same_entry_again_is_refused(referenced):
    asked = (referenced.home, series_of("lpr_1y"), "2026-09", "3.10", "公布", "甲")
    references.enter(*asked)
    with pytest.raises(CallError, match="已经登记"):
        references.enter(*asked)
    assert len(referenced.ledger.events("reference")) == 1


def test_only_the_bureaus_users_enter_values(referenced):
    moment = parse_time(TODAY)
    referenced.ledger.append(
        moment, [Entry("user", "x", "丙", {"role": "authority"}), Entry("user", "x", "甲", {"role": "analyst"})]
    )
    with pytest.raises(AccessDenied, match="丙的角色不能登记参照值"):
        references.enter(referenced.home, series_of("lpr_1y"), "2026-09", "3", "公布", "丙")
    references.enter(referenced.home, series_of("lpr_1y"), "2026-09", "3", "公布", "甲")
