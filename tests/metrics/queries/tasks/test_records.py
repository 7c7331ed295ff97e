"""What each task's own records show of the small pilot, worked out by hand."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from contract.errors import CallError, SnapshotError
from metrics.queries.tasks.coordination import key_firm_loans, key_firm_mix, pools, shared_balance, support
from metrics.queries.tasks.disposal import disposal_cases, disposal_modes, disposal_stages, trades
from metrics.queries.tasks.initiatives import task_initiatives
from metrics.queries.tasks.mechanisms import (
    incentives,
    liability,
    mechanism_ranges,
    mechanism_shares,
    mechanisms,
    plans,
)
from metrics.queries.tasks.products import product_kinds, products
from metrics.queries.tasks.registration import service_points, service_use
from metrics.queries.tasks.spreads import spread, spread_mix
from metrics.queries.tasks.valuation import ceiling_cases
from tests.metrics.queries.tasks.world import ANALYST, CITY, HAIDIAN, PERIOD, XICHENG


def asked(query, version, scope="city", entity="BJ", **arguments):
    return query(ANALYST, version, PERIOD, scope, entity, **arguments)


def lines(frame, *columns) -> list[list]:
    return frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).values.tolist()


def test_use_of_service_points_by_district_and_in_sum(version):
    """海淀: 2 running of which 1 one-stop, 15 of 60 matched, 4 at 2 days and 1 at 7 are 15/5; all: 20/70, 20/10."""
    use = asked(service_use, version)
    columns = ("name", "running", "one_stop", "consultations", "registrations", "matched", "avg_days")
    assert lines(use, *columns) == [
        ["海淀", 2, 1, 60, 5, 15, 3],
        ["西城", 1, 1, 10, 5, 5, 1],
        ["试点地区合计", 3, 2, 70, 10, 20, 2],
    ]
    assert use["match_rate"].tolist() == [25, 50, pytest.approx(2000 / 70)]
    assert lines(asked(service_use, version, "district", XICHENG), "name", "running") == [["西城", 1]]
    assert asked(service_use, version, "bank", "B001").empty


def test_service_points_one_by_one(version):
    points = asked(service_points, version)
    assert lines(points, "point_id", "district_name", "bank_name", "status") == [
        ["110102-01", "西城", "B002", "running"],
        ["110108-01", "海淀", "B001", "running"],
        ["110108-02", "海淀", None, "running"],
        ["110108-03", "海淀", None, "closed"],
    ]
    assert lines(asked(service_points, version, "bank", "B001"), "point_id") == [["110108-01"]]


def test_days_are_spread_by_channel(version):
    """Green: a1 5, a2 1, b1 5, c1 5 days; others: a3 14, b2 7, c2 7."""
    days = asked(spread, version, spread="approval_days")
    told = days[days["loans"] > 0]
    assert lines(told, "name", "part", "loans", "amount", "share") == [
        ["3天及以内", "绿色通道", 1, 1500, 25],
        ["4—5天", "绿色通道", 3, 1100, 75],
        ["6—7天", "非绿色通道", 2, 1300, pytest.approx(200 / 3)],
        ["11—15天", "非绿色通道", 1, 300, pytest.approx(100 / 3)],
    ]
    assert len(days) == 2 * 7
    assert days.groupby("part")["median"].first().to_dict() == {"绿色通道": 5, "非绿色通道": 7}
    assert asked(spread, version, "bank", "B004", spread="approval_days").empty


def test_each_band_of_amount_is_made_up_of_its_methods(version):
    """Up to 500: internal 200, negotiated 400, external 300; up to 1,000: internal 800, external 900; above: 1,500."""
    mix = asked(spread_mix, version, spread="valuation_band")
    told = mix[mix["loans"] > 0]
    third = pytest.approx(100 / 3)
    assert lines(told, "name", "part", "loans", "share") == [
        ["100万元及以下", "外部评估", 1, 100],
        ["100—500万元", "内部评估", 1, third],
        ["100—500万元", "协商确定", 1, third],
        ["100—500万元", "外部评估", 1, third],
        ["500万元—千万元限额", "内部评估", 1, 50],
        ["500万元—千万元限额", "外部评估", 1, 50],
        ["许可上限以上", "内部评估", 1, 100],
    ]


def test_cases_above_the_ceiling_say_by_how_much_and_where_they_stand(version):
    (case,) = lines(
        asked(ceiling_cases, version), "bank", "loan_no", "amount", "permitted_ceiling", "above", "row_no", "file_name"
    )
    assert case == ["B001", "a2", 1500, 1000, 500, 5, f"{PERIOD}_B001.xlsx"]
    assert asked(ceiling_cases, version, "bank", "B002").empty
    assert len(asked(ceiling_cases, version, "bank_type", "state")) == 1


def test_mechanisms_of_each_bank_with_plan_and_lending(version):
    """B001 lent 2,000 of 20,000; B002 500 of 1,000; by the end of March 22.5% of the year's lending is due."""
    frame = asked(mechanisms, version)
    assert lines(frame, "bank", "dedicated_units", "credit_plan", "lent", "completed", "pace") == [
        ["B001", 2, 20000, 2000, 10, 22.5],
        ["B002", 0, 1000, 500, 50, 22.5],
        ["B003", 1, 0, 1700, None, 22.5],
    ]
    assert lines(asked(plans, version), "bank", "completed", "behind") == [["B001", 10, True], ["B002", 50, False]]


def test_shares_and_ranges_of_what_banks_have_set_up(version):
    shares = asked(mechanism_shares, version).set_index("name")
    assert shares.loc["制定业务管理办法", ["banks", "reported", "share"]].tolist() == [2, 3, pytest.approx(200 / 3)]
    assert shares.loc["设有专营机构", "banks"] == 2
    assert shares.loc["建立多部门申诉机制", "banks"] == 1
    assert shares.loc["单列信贷计划", "banks"] == 2
    ranges = asked(mechanism_ranges, version).set_index("name")
    assert ranges.loc["内部资金转移定价优惠(BP)", ["banks", "lowest", "low", "median", "high", "highest"]].tolist() == [
        3, 10, 15, 20, 25, 30,
    ]  # fmt: skip
    assert ranges.loc["授权审批限额(万元)", "median"] == 600
    assert asked(mechanism_ranges, version, "bank", "B001").empty


def test_liability_from_case_to_reversal(version):
    """8 cases, 3 settled fast, 5 exempted, 3 not; 3 appeals, of which 1 upheld."""
    assert lines(asked(liability, version), "name", "count", "share") == [
        ["启动尽职认定", 8, 100],
        ["其中：快速认定", 3, 37.5],
        ["认定免责", 5, 62.5],
        ["未予免责", 3, 37.5],
        ["提出申诉", 3, 100],
        ["申诉改判", 1, pytest.approx(100 / 3)],
    ]
    assert lines(asked(liability, version, "bank", "B003"), "count", "share")[0] == [0, None]
    assert asked(liability, version, "district", HAIDIAN).empty


def test_rewards_and_training_in_sum(version):
    assert lines(asked(incentives, version), "count") == [[1], [8.5], [3], [19], [3], [25]]


def test_products_by_kind_and_one_by_one(version):
    assert lines(asked(product_kinds, version), "product_type", "on_sale", "withdrawn", "customers", "amount") == [
        ["pledge", 3, 0, 10, 175],
        ["abs", 1, 0, 1, 10],
        ["lease", 0, 1, None, None],
    ]
    assert lines(asked(products, version, "bank", "B001"), "product_code") == [["p1"], ["p2"]]


def test_cases_by_stage(version):
    """k1 open 30 days, k2 455; closed this year k3 (40 days), k4 (60), k7 (30); k5 stopped; k6 closed last year."""
    stages = asked(disposal_stages, version)
    columns = ("name", "cases", "exposure", "recovered", "recovery_rate", "platform_share", "agency_share", "days")
    assert lines(stages, *columns) == [
        ["在办180天以内", 1, 100, 0, 0, 0, 100, 30],
        ["在办超过一年", 1, 200, 10, 5, 0, 0, 455],
        ["本年办结", 3, 1000, 400, 40, pytest.approx(200 / 3), pytest.approx(200 / 3), 40],
        ["本年终止", 1, 60, 0, 0, 0, 100, 120],
    ]
    modes = asked(disposal_modes, version)
    assert lines(modes, "mode", "cases", "recovery_rate", "days") == [["listing", 2, 30, 50], ["auction", 1, 50, 30]]
    assert lines(asked(disposal_cases, version), "case_no") == [["k1"], ["k2"], ["k4"], ["k3"], ["k7"], ["k5"]]


def test_trades_of_the_year_by_what_is_asked(version):
    """Assignments: 2 in February, 3 and 5 in March; agencies are of March, the most that one line has."""
    columns = ("name", "deals", "amount", "agency_deals", "agency_share", "agencies", "month_deals")
    assert lines(asked(trades, version, by="mode"), *columns) == [
        ["转让", 10, 100, 8, 80, 4, 8],
        ["许可", 1, 5, 0, 0, 1, 1],
    ]
    assert lines(asked(trades, version, "district", HAIDIAN, by="platform"), "name", "deals") == [["pf", 5], ["pg", 1]]
    with pytest.raises(CallError):
        asked(trades, version, by="amount")


def test_pools_by_district_and_what_they_paid(version):
    columns = ("name", "pool_size", "used", "compensated", "compensation", "interest", "firms", "share_ratio")
    assert lines(asked(pools, version), *columns) == [
        ["海淀", 1000, 30, 1, 30, 20, 5, 40],
        ["西城", 500, 0, 0, 0, 10, 2, 50],
        ["试点地区合计", 1500, 20, 1, 30, 30, 7, None],
    ]
    assert lines(asked(support, version), "name", "amount", "share") == [
        ["风险补偿", 30, 50],
        ["贴息", 30, 50],
        ["评估费补贴", 0, 0],
        ["担保费补贴", 0, 0],
    ]
    assert asked(support, version, "bank", "B001").empty


def test_how_much_of_the_balance_is_shared(version):
    """Pools 200 + 800 and insurance 400 of 4,200; what is not shared comes last."""
    shared = asked(shared_balance, version)
    assert lines(shared, "name", "balance", "loans") == [["风险补偿资金池", 1000, 2], ["保险", 400, 1], ["无", 2800, 4]]
    assert asked(shared_balance, version, "bank_type", "state").empty


def test_key_firms_with_and_without_a_loan(version):
    """key_tech: f1 200 of 500, f2 1,000 of 1,000 (has 1,500), f3 300 of 300, g1 none; model: f5 400 of 500, g2 none."""
    firms = asked(key_firm_loans, version)
    assert lines(firms, "name", "firms", "with_loan", "without_loan", "demand", "met") == [
        ["知识产权示范企业", 2, 1, 1, 550, 400],
        ["关键技术攻关企业", 4, 3, 1, 1900, 1500],
    ]
    assert lines(asked(key_firm_mix, version), "name", "part", "firms", "share") == [
        ["知识产权示范企业", "已有贷款", 1, 50],
        ["关键技术攻关企业", "已有贷款", 3, 75],
        ["知识产权示范企业", "尚无贷款", 1, 50],
        ["关键技术攻关企业", "尚无贷款", 1, 25],
    ]


def test_initiatives_of_a_task(version):
    assert lines(asked(task_initiatives, version, theme="valuation"), "member_name", "title") == [
        [HAIDIAN, "海淀甲"],
        ["B001", "银行甲"],
    ]
    assert lines(asked(task_initiatives, version, *("bank", "B001"), theme="valuation"), "title") == [["银行甲"]]
    assert asked(task_initiatives, version, *CITY, theme="service").empty


def test_a_data_version_of_older_code_says_what_to_do(version, tmp_path):
    """Before the distributions were worked out at publication there was no table of them."""
    path = Path(shutil.copy(version.path, tmp_path / "pilot-1.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE spread")
    with pytest.raises(SnapshotError, match="由旧版程序发布.*python -m etl publish"):
        asked(spread, replace(version, path=path), spread="approval_days")
