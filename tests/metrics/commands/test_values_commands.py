"""`python -m metrics values` and `explain`, as a script calls them; once in a process of its own."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from tests.metrics.snapshots import publish, report
from tests.processes import run_here, run_module

LOANS = "loan_no balance risk_class\nL1 80.500000 1\nL2 0.000001 3"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("home")
    publish(place, report("B001", "2025-01", B1=LOANS, B2="total_loans\n10"), report("B002", "2025-01", B1=""))
    return place


def values(home, *arguments: str) -> list[dict[str, str]]:
    done = run_here("metrics", "values", "--period", "2025-01", *arguments, home=home)
    assert (done.returncode, done.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_numbers_print_plainly(home):
    rows = {row["indicator"]: row for row in values(home, "--entity", "B001")}
    assert list(rows["G01"]) == ["period", "scope", "entity", "indicator", "part", "whole", "value"]
    assert (rows["G01"]["part"], rows["G01"]["whole"], rows["G01"]["value"]) == ("80.500001", "", "80.500001")
    assert rows["G08"]["value"] == "0.000001"
    assert rows["G09"]["value"].startswith("0.00000124")
    assert (rows["S18"]["part"], rows["S18"]["whole"]) == ("", "")


def test_a_process_of_its_own_prints_the_same(home):
    done = run_module("metrics", "values", "--period", "2025-01", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(csv.DictReader(io.StringIO(done.stdout))) == values(home)


def test_filters_repeat_or_join_by_commas(home):
    rows = values(home, "--indicator", "G01,G03", "--indicator", "G02", "--scope", "bank", "--entity", "B001,B002")
    assert {(row["entity"], row["indicator"]) for row in rows} == {
        (bank, code) for bank in ("B001", "B002") for code in ("G01", "G02", "G03")
    }


def test_rows_without_a_value_are_listed_on_request(home):
    assert values(home, "--indicator", "G09", "--entity", "B002") == []
    (row,) = values(home, "--indicator", "G09", "--entity", "B002", "--all")
    assert (row["part"], row["whole"], row["value"]) == ("0", "0", "")


def test_other_formats_hold_the_same(home, tmp_path):
    as_csv = values(home)
    as_json = run_here("metrics", "values", "--period", "2025-01", "--format", "json", home=home).stdout
    out = tmp_path / "values.parquet"
    run_here("metrics", "values", "--period", "2025-01", "--format", "parquet", "--out", out, home=home)
    table = pq.read_table(out)
    assert len(as_csv) == len(json.loads(as_json)) == table.num_rows
    assert [row["indicator"] for row in as_csv] == table.column("indicator").to_pylist()
    assert float(as_csv[0]["value"]) == table.column("value")[0].as_py() == json.loads(as_json)[0]["value"]


def test_explain_answers(home):
    arguments = ("explain", "G09", "--period", "2025-01", "--scope", "bank", "--entity", "B001")
    text = run_here("metrics", *arguments, home=home)
    program = run_here("metrics", *arguments, "--format", "json", home=home)
    assert text.returncode == program.returncode == 0
    assert "不良率" in text.stdout and "2025-01_B001.xlsx" in text.stdout
    assert json.loads(program.stdout)["terms"][0]["rows"][0]["loan_no"] == "L2"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("values", "--period", "2019-01"), "2019-01"),
        (("values",), "--period"),
        (("values", "--period", "2025-01", "--indicator", "X99"), "X99"),
        (("values", "--period", "2025-01", "--scope", "town"), "town"),
        (("values", "--period", "2025-01", "--entity", "B009"), "B009"),
        (("values", "--period", "2025-01", "--format", "xml"), "csv、json、parquet"),
        (("explain", "G09", "--period", "2025-01", "--scope", "bank", "--entity", "B002x"), "B002x"),
        (("nothing",), "nothing"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_clear_line(home, arguments, told):
    done = run_here("metrics", *arguments, home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and told in done.stderr


def test_without_a_snapshot_the_way_out_is_named(tmp_path):
    done = run_here("metrics", "values", "--period", "2025-01", home=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "还没有数据版本" in done.stderr
