"""A generated country of three regions: each loads, publishes and answers for its own, and none sees another's."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.country import banks_of, write_declarations, write_reports
from benchmarks.submission import PERIOD, RECEIVED, loan
from contract.declarations import cover_items, districts, here
from contract.errors import AccessDenied
from contract.settings import Home, home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from metrics.queries.figures.nation import figures, members, regions
from tests.metrics.nation.regions import process_of, run_for
from tests.processes import run_module

BEIJING, TIANJIN, HEBEI = "110000", "120000", "130000"
BANKS, LOANS = 11, 12  # four banks in two regions and three in the last; a loan of each bank more from region to region


class Country:
    """Where it lies, what its regions are, and what its loans come to."""

    def __init__(self, root: Path) -> None:
        self.declared, self.home, self.reports = root / "declared", Home(root / "home"), root / "reports"
        self.codes = write_declarations(self.declared, 3)
        self.banks = {code: banks_of(3, BANKS, place) for place, code in enumerate(self.codes)}
        self.loans = {code: LOANS + place for place, code in enumerate(self.codes)}

    def run(self, region: str, program: str, *arguments: str | Path, ends: Sequence[int] = (0,)) -> str:
        done = run_for(self.declared, self.home.root, region, program, *arguments)
        assert done.returncode in ends, done.stdout + done.stderr
        return done.stdout + done.stderr

    def balance(self, region: str, bad: bool = False) -> Decimal:
        """What a region's loans come to, those alone that are not repaid as agreed where asked."""
        rows = [loan(number) for number in range(self.loans[region])]
        balances = [Decimal(row["balance"]) for row in rows if not bad or row["risk_class"] == 3]
        return sum(balances) * len(self.banks[region])

    def firms(self, region: str) -> int:
        return -(-self.loans[region] // 3)

    @property
    def snapshot(self) -> Snapshot:
        return current(self.home)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    made = Country(tmp_path_factory.mktemp("country"))
    for code in made.codes:
        with process_of(made.declared, code):
            write_reports(made.reports / code, made.banks[code], made.loans[code])
        made.run(code, "etl", "register", made.reports / code / "roster.csv")
        made.run(code, "etl", "load", made.reports / code / PERIOD, "--received", RECEIVED, ends=(0, 1))
        made.run(code, "etl", "export", "--parquet", made.home.exchange)
    made.run("", "etl", "publish")
    return made


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def viewer(region: str, role: str = "analyst", scope: str = "") -> Viewer:
    return Viewer("甲", "甲", role, scope, region=region)


def told(country: Country, who: Viewer, *codes: str) -> dict[tuple[str, str], tuple]:
    """Entity and indicator → value, and whether it is withheld."""
    found = figures(who, country.snapshot, PERIOD, indicators=codes)
    return {(row.entity, row.indicator): (row.value, row.withheld) for row in found.itertuples()}


def test_each_region_answers_for_its_own(country: Country):
    for code in country.codes:
        (own,) = rows_of(
            country.run(code, "metrics", "values", "--period", PERIOD, "--indicator", "G01", "--scope", "city")
        )
        assert Decimal(own["value"]) == country.balance(code)
    assert len({country.balance(code) for code in country.codes}) == 3


def test_the_country_adds_up_its_regions_and_takes_ratios_last(country: Country):
    found = told(country, viewer(""), "G01", "G02", "G09")
    total = sum(map(country.balance, country.codes))
    bad = sum(country.balance(code, bad=True) for code in country.codes)
    assert found["CN", "G01"] == (float(total), False)
    assert found["CN", "G09"][0] == pytest.approx(float(bad / total * 100), rel=1e-12)
    assert found["CN", "G02"] == (sum(map(country.firms, country.codes)), False)
    assert [found[code, "G01"][0] for code in country.codes] == [float(country.balance(code)) for code in country.codes]


def test_the_command_gives_a_region_its_own_and_the_country_alone(country: Country):
    asked = ("metrics", "nation", "--period", PERIOD, "--indicator", "G01")
    assert {row["entity"] for row in rows_of(country.run("", *asked))} == {"CN", *country.codes}
    assert {row["entity"] for row in rows_of(country.run(TIANJIN, *asked))} == {"CN", TIANJIN}
    assert "只能查看本区域的数据" in country.run(TIANJIN, *asked, "--region", HEBEI, ends=(2,))


@pytest.mark.parametrize("role", ["analyst", "supervisor", "authority"])
def test_a_viewer_of_a_region_is_told_nothing_of_another(country: Country, role: str):
    who = viewer(TIANJIN, role)
    assert {entity for entity, _ in told(country, who)} <= {"CN", TIANJIN}
    assert regions(who, country.snapshot)["code"].tolist() == [TIANJIN]
    assert set(members(who, country.snapshot, TIANJIN)["code"]) == set(country.banks[TIANJIN])
    for other in (BEIJING, HEBEI):
        for query, given in ((figures, {"period": PERIOD}), (regions, {}), (members, {})):
            with pytest.raises(AccessDenied, match="只能查看本区域"):
                query(who, country.snapshot, region=other, **given)


@pytest.mark.parametrize(("role", "scope"), [("institution", "B001"), ("district", "120100"), ("admin", "")])
def test_who_sees_one_member_alone_sees_neither_region_nor_country(country: Country, role: str, scope: str):
    for region in (TIANJIN, ""):
        for query, given in ((figures, {"period": PERIOD}), (regions, {}), (members, {"region": TIANJIN})):
            with pytest.raises(AccessDenied):
                query(viewer(region, role, scope), country.snapshot, **given)


def test_what_is_left_without_a_region_has_to_be_enough(country: Country):
    """Without one of the four-bank regions seven banks and 8 or 9 borrowers are left, who may be told; 3 regions are
    behind it. The bad loans of Hebei alone (its 13 loans hold one, as each region's do) are one borrower's a region."""
    assert told(country, viewer(HEBEI), "G01")["CN", "G01"][1] is False
    found = told(country, viewer(HEBEI), "G08")
    assert found["CN", "G08"][1] and not found[HEBEI, "G08"][1]
    assert not told(country, viewer(""), "G08")["CN", "G08"][1]
    assert told(country, viewer("", "authority"), "G08")[HEBEI, "G08"][1]


def test_a_country_of_two_regions_tells_neither_of_the_other(country: Country, tmp_path: Path):
    """Whatever enough banks stand behind: the country less one's own would be the other's."""
    exchange = tmp_path / "home" / "exchange"
    for code in country.codes[:2]:
        shutil.copytree(country.home.exchange / f"region={code}", exchange / f"region={code}")
    done = run_for(country.declared, tmp_path / "home", "", "etl", "publish")
    assert done.returncode == 0, done.stderr
    snapshot = current(Home(tmp_path / "home"))
    found = figures(viewer(TIANJIN), snapshot, PERIOD)
    whole = found[(found["scope"] == "nation") & found["indicator"].isin(["G01", "G02", "D01", "B01"])]
    assert len(whole) >= 2 and whole["withheld"].all()
    assert regions(viewer(""), snapshot)["made_at"].isna().tolist() == [False, False, True]


def test_homes_and_exchanges_are_verified_as_everywhere(country: Country):
    assert "错误" not in country.run("", "etl", "verify")
    assert "逐期相符" in country.run(HEBEI, "etl", "verify", "--exchange", country.home.exchange)


def test_an_exchange_in_anothers_folder_is_refused(country: Country, tmp_path: Path):
    shutil.copytree(country.home.exchange / f"region={HEBEI}", tmp_path / "home" / "exchange" / f"region={TIANJIN}")
    done = run_for(country.declared, tmp_path / "home", "", "etl", "publish")
    assert done.returncode == 2 and "不是它的" in done.stderr


def test_a_country_of_which_nobody_has_given_anything_publishes_nothing(country: Country, tmp_path: Path):
    done = run_for(country.declared, tmp_path / "home", "", "etl", "publish")
    assert done.returncode == 2 and "还没有区域导出数据" in done.stderr


def test_a_report_handed_to_another_region_comes_back(country: Country):
    handed = country.reports / TIANJIN / PERIOD / f"{PERIOD}_B001"
    said = country.run(HEBEI, "etl", "check", handed, ends=(1,))
    assert "河北省130000" in said
    assert "不是河北3个地区之一，也不是河北以外" in said


def test_the_country_takes_no_reports_and_lists_no_members(country: Country):
    assert "全国一级不办理报送" in country.run("", "etl", "load", country.reports / TIANJIN / PERIOD, ends=(2,))
    assert "全国一级不办理名单登记" in country.run(
        "", "etl", "register", country.reports / TIANJIN / "roster.csv", ends=(2,)
    )
    handed = ("etl", "load", country.reports / TIANJIN / PERIOD)
    assert "没有声明区域“999999”" in country.run("999999", *handed, ends=(2,))
    assert "应为六位区域编码" in country.run("../11", *handed, ends=(2,))


def test_forms_and_units_are_the_regions_own(country: Country):
    with process_of(country.declared, TIANJIN):
        assert list(districts()) == ["120100", "120200", "120300", "000000"]
        assert cover_items()[-1].code == "region"
        assert Viewer("甲", "甲", "analyst").region == TIANJIN
        assert home().root.name == f"region={TIANJIN}"
    with process_of(country.declared):
        assert len(districts()) == 10 and here() == "" and Viewer("甲", "甲", "analyst").national


def looked_at(country: Country, process: str = "", **query: str) -> dict:
    """What the first page shows to an analyst of the country or of a region."""
    settings = {"PILOT_REGIONS": str(country.declared), "PILOT_REGION": process, "PILOT_NOW": RECEIVED}
    words = [f"{name}={value}" for name, value in query.items()]
    done = run_module("tests.metrics.nation.look", *words, home=country.home.root, **settings)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    return found


def test_the_countrys_page_compares_regions_and_opens_one(country: Country):
    whole = looked_at(country)
    assert whole["menu"] == ["全国总览", "指标字典", "系统管理"]
    (compared,) = whole["tables"]
    assert [row["name"] for row in compared] == ["全国", "北京", "天津", "河北"]
    assert compared[0]["G01"] == f"{sum(map(country.balance, country.codes)) / 10_000:.2f}"
    one = looked_at(country, region=HEBEI)
    assert {row["code"] for row in one["tables"][1]} == set(country.banks[HEBEI])
    assert "天津" not in json.dumps(one["tables"], ensure_ascii=False)


def test_a_regions_pages_are_those_of_one_region(country: Country):
    own = looked_at(country, TIANJIN)
    assert "总览" in own["menu"] and "全国总览" not in own["menu"]
    assert not any(name in json.dumps(own, ensure_ascii=False) for name in ("河北", "北京演示"))


def test_where_one_region_is_declared_nothing_of_it_shows():
    assert here() == BEIJING and len(districts()) == 18
    assert "region" not in {item.code for item in cover_items()}
    assert not Viewer("甲", "甲", "analyst").national
    assert "region=" not in str(home().root)
    done = run_for(Path("data").resolve(), home().root, "", "metrics", "nation", "--period", PERIOD)
    assert done.returncode == 2 and "只声明了一个区域" in done.stderr
