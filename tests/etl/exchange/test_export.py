"""What an export holds, what the next one writes anew, and who may have one made."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contract.errors import AccessDenied, CallError
from etl.exchange.export import export
from etl.exchange.manifest import opened
from etl.exchange.proof import prove
from etl.snapshot.opened import connect
from ledger.audit import EXPORTED, audit_of
from ledger.events import Entry
from ledger.people import USER
from scripts import exchange as written
from tests.etl.conftest import NOW, Pilot
from tests.etl.exchange.conftest import OCTOBER, of_october
from tests.etl.submissions import BANK, PERIOD, change
from tests.processes import run_here, run_module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exchange"


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """File of the current exchange → which file it is on the disk, and when it was written."""
    place, manifest = opened(folder)
    found = {part.path: (place / part.path).stat() for part in manifest.parts}
    return {path: (facts.st_ino, facts.st_mtime_ns) for path, facts in found.items()}


def test_what_is_exported_is_what_was_validated(exported: Pilot, sound: Path):
    place, manifest = opened(sound)
    assert place.name == "exchange-00001" == (sound / "CURRENT").read_text().strip()
    sums = {(part.table, part.period): (part.rows, part.sums.get("balance")) for part in manifest.parts}
    # two loans of 800.5 each a month
    assert sums["B1", OCTOBER] == sums["B1", PERIOD] == (2, "1601")
    assert ("B3", OCTOBER) not in sums and sums["B3", PERIOD] == (1, None)
    assert sums["member", ""] == (3, None) and sums["heir", ""] == (0, None)
    # as any reader takes it: by folders, in DuckDB's own types
    b1 = f"read_parquet('{place}/B1/*/*.parquet', hive_partitioning = true)"
    with duckdb.connect() as connection:
        types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {b1})").fetchall())
        rows = connection.execute(f"SELECT period, loan_no, balance, rate, ip_types FROM {b1} ORDER BY ALL").fetchall()
    assert (types["balance"], types["rate"], types["disbursed_on"]) == ("DECIMAL(18,6)", "DECIMAL(12,6)", "DATE")
    assert types["period"] == "VARCHAR"
    with connect(exported.home.current_snapshot()) as connection:
        validated = connection.execute("SELECT period, loan_no, balance, rate, ip_types FROM B1 ORDER BY ALL")
        assert rows == validated.fetchall()


def test_no_column_is_a_float_and_none_names_a_person(sound: Path):
    place, manifest = opened(sound)
    schemas = {part.table: pq.read_schema(place / part.path) for part in manifest.parts}
    assert [name for name, schema in schemas.items() if any(map(pa.types.is_floating, schema.types))] == []
    assert schemas.keys() == manifest.tables.keys()
    columns = {column for schema in schemas.values() for column in schema.names}
    assert columns & {"preparer", "reviewer", "officer", "phone", "file_name", "proposer", "approver"} == set()


def test_the_hash_of_contents_is_as_the_manual_says(sound: Path):
    """Worked out from a file row by row, by hand, the last row first."""
    place, manifest = opened(sound)
    (part,) = [part for part in manifest.of("B1") if part.period == OCTOBER]
    columns = [(column["code"], column["type"]) for column in manifest.tables["B1"]["columns"]]
    lower = upper = 0
    for row in reversed(pq.read_table(place / part.path).to_pylist()):
        hashed = hashlib.md5("|".join(_told(row[code], kind) for code, kind in columns).encode()).digest()
        upper += int.from_bytes(hashed[:8], "little")
        lower += int.from_bytes(hashed[8:], "little")
    whole = " ".join(f"{code} {kind}" for code, kind in columns) + f"\n{part.rows} {lower} {upper}"
    assert hashlib.sha256(whole.encode()).hexdigest() == part.content


def _told(value: object, kind: str) -> str:
    if value is None:
        return "-"
    if kind == "VARCHAR":
        return f"{len(value)}:{value}"
    return str(value).lower() if kind == "BOOLEAN" else str(value)


def test_a_corrected_report_rewrites_its_partitions_alone(exported: Pilot, folder: Path):
    export(exported.home, folder, "甲")
    before = files(folder)
    exported.send(f"{OCTOBER}_{BANK}_2.xlsx", change(of_october(), "B1", {"rate": "3.5"}))
    exported.publish()
    done = export(exported.home, folder, "甲")
    after = files(folder)
    assert before.keys() == after.keys()
    changed = {path for path, file in after.items() if before[path] != file}
    # the loans, and who stands behind them: a new version has a number of its own in every form that it holds
    october = {path for path in after if f"period={OCTOBER}" in path}
    assert changed == october - {f"expected/period={OCTOBER}/rows.parquet"} == {part.path for part in done.written}
    assert done.name == "exchange-00002" and prove(exported.home, folder).faults == []
    # the one before stays for who reads it, and goes with the next
    assert sorted(path.name for path in folder.glob("exchange-*")) == ["exchange-00001", "exchange-00002"]
    assert not export(exported.home, folder, "甲").is_new
    assert files(folder) == after
    again = export(exported.home, folder, "甲", whole=True)
    assert [part.content for part in again.manifest.parts] == [part.content for part in done.manifest.parts]
    assert len(again.written) == len(after) and not set(files(folder).values()) & set(after.values())
    assert sorted(path.name for path in folder.glob("exchange-*")) == ["exchange-00002", "exchange-00003"]


def test_where_files_have_one_name_they_are_copied(exported: Pilot, folder: Path, monkeypatch: pytest.MonkeyPatch):
    export(exported.home, folder, "甲")
    exported.publish()

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert export(exported.home, folder, "甲").written == ()
    assert prove(exported.home, folder).faults == []


def test_killed_at_any_step_it_shows_the_old_or_the_new(exported: Pilot, folder: Path):
    """In a process of its own, since a fork takes no database along."""
    exported.send(f"{OCTOBER}_{BANK}_2.xlsx", change(of_october(), "B1", {"rate": "3.5"}))
    exported.publish()
    done = run_module("tests.etl.exchange.killed", exported.home.root, folder, home=exported.home.root)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5


def test_a_folder_of_something_else_is_left_alone(exported: Pilot, folder: Path):
    folder.mkdir()
    (folder / "report.docx").write_bytes(b"")
    with pytest.raises(CallError, match="不是数据交换的目录"):
        export(exported.home, folder, "甲")
    assert [path.name for path in folder.iterdir()] == ["report.docx"]


def test_two_persons_answer_for_it_once_users_are_registered(exported: Pilot, folder: Path):
    roles = {"甲": "analyst", "乙": "supervisor", "丙": "admin"}
    exported.ledger.append(NOW, [Entry(USER, "管理员", name, {"role": role}) for name, role in roles.items()])
    for by, approved_by, words in (
        ("甲", None, "由另一人批准"),
        ("甲", "甲", "不能批准"),
        ("乙", "乙", "须由另一人批准"),
        ("丙", "乙", "不能导出"),
        ("丁", "乙", "没有使用者"),
    ):
        with pytest.raises((AccessDenied, CallError), match=words):
            export(exported.home, folder, by, approved_by)
    assert not folder.exists()
    export(exported.home, folder, "甲", "乙")
    (look,) = audit_of(exported.home).events(EXPORTED)
    assert (look.actor, look.subject, look.payload["number"]) == ("甲", "数据交换", 1)
    assert look.payload["selection"]["approved_by"] == "乙"
    assert look.payload["sha256"] == hashlib.sha256((opened(folder)[0] / "manifest.json").read_bytes()).hexdigest()


def test_what_cannot_be_recorded_is_not_given_out(exported: Pilot, folder: Path):
    exported.home.audit.mkdir()
    done = run_here("etl", "export", "--parquet", folder, "--by", "甲", home=exported.home.root)
    assert done.returncode == 2
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_the_command_says_what_it_did(exported: Pilot, folder: Path):
    call = ("etl", "export", "--parquet", folder)
    first, again = (run_here(*call, home=exported.home.root, PILOT_NOW=NOW.isoformat()) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0)
    stated = json.loads((folder / "exchange-00001" / "manifest.json").read_text("utf-8"))
    count = len(stated["parts"])
    assert first.stdout.startswith("已导出为exchange-00001：数据版本第1版") and f"其中重写{count}个" in first.stdout
    assert again.stdout.startswith("没有变动，仍为exchange-00001")
    assert datetime.fromisoformat(stated["made_at"]) == NOW
    with connect(exported.home.current_snapshot()) as connection:
        head = connection.execute("SELECT ledger_seq, ledger_hash FROM snapshot").fetchone()
    assert (stated["ledger_seq"], stated["ledger_hash"], stated["format"]) == (*head, 1)


def test_the_dictionary_of_the_page_is_that_of_the_declarations(sound: Path):
    """Where it is not: `python -m scripts.exchange`."""
    assert written.PAGE.read_text(encoding="utf-8") == written.page()
    own = (opened(sound)[0] / "dictionary.md").read_text(encoding="utf-8")
    assert written.page().endswith(own)


@pytest.fixture
def hurt(sound: Path, folder: Path) -> Path:
    """A copy of an exchange, for a test to damage."""
    shutil.copytree(sound, folder)
    return opened(folder)[0]


def test_what_is_damaged_missing_or_added_is_told(exported: Pilot, folder: Path, hurt: Path):
    sound = run_here("etl", "verify", "--exchange", folder, home=exported.home.root)
    assert sound.returncode == 0
    seq = opened(folder)[1].ledger_seq
    lines = sound.stdout.splitlines()
    assert lines[0].startswith("exchange-00001：") and "内容与清单相符" in lines[0]
    assert lines[1:] == [f"所载台账第{seq}号事件与台账相符", "与数据版本第1版逐期相符"]
    loans, rights = (hurt / form / f"period={OCTOBER}" / "rows.parquet" for form in ("B1", "B6"))
    loans.write_bytes(loans.read_bytes()[:-9])
    rights.unlink()
    (hurt / "B1" / "copy.parquet").write_bytes(b"")
    told = run_here("etl", "verify", "--exchange", folder, home=exported.home.root)
    assert told.returncode == 1
    assert told.stdout.splitlines()[:3] == [
        "错误：B1/copy.parquet不在清单中",
        f"错误：B1/period={OCTOBER}/rows.parquet已损坏，内容与其校验值不符",
        f"错误：缺少B6/period={OCTOBER}/rows.parquet",
    ]


def test_rows_that_were_exchanged_are_told_though_every_hash_was_written_anew(
    exported: Pilot, folder: Path, hurt: Path
):
    """Somebody swaps the balances of two loans, and states the new file's hash: no sum differs, the contents do."""
    path, manifest = hurt / "B1" / f"period={OCTOBER}" / "rows.parquet", hurt / "manifest.json"
    table = pq.read_table(path)
    at = table.schema.get_field_index("loan_no")
    swapped = table.set_column(at, table.schema.field(at), table["loan_no"].take([1, 0]))
    stated = json.loads(manifest.read_text("utf-8"))
    (part,) = [part for part in stated["parts"] if part["path"] == path.relative_to(hurt).as_posix()]
    path.unlink()
    pq.write_table(swapped, path, store_decimal_as_integer=True)
    part |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
    manifest.write_text(json.dumps(stated), encoding="utf-8")
    assert prove(exported.home, folder).faults == [f"B1 {OCTOBER}：行数、合计相同，内容与清单不符"]


def test_an_exchange_of_another_house_is_told(exported: Pilot, folder: Path, hurt: Path):
    manifest = hurt / "manifest.json"
    stated = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(stated | {"ledger_hash": "0" * 64}), encoding="utf-8")
    assert ["不是由本机导出" in fault for fault in prove(exported.home, folder).faults] == [True]
    exported.home.ledger.unlink()
    exported.home.snapshot(1).unlink()
    proof = prove(exported.home, folder)
    assert proof.faults == [] and len(proof.notes) == 2
