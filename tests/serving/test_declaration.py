"""The declaration of the service: the example holds, and whatever is wrong is told, all of it at once."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from contract.errors import CallError, DeclarationError
from contract.settings import PROJECT, Home
from pages.gate import server
from scripts.serving.declaration import EXAMPLE, read
from scripts.serving.write import COMMAND, FIELD, TASKS, UNITS, upload_mb, write, written
from tests.processes import run_module

TEXT = EXAMPLE.read_text(encoding="utf-8")


def declared(tmp_path, old: str, new: str):
    path = tmp_path / "service.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    return read(path)


@pytest.mark.parametrize(("old", "new", "told"), [
    ('host = "pilot.example"', "", "缺少host"),
    ("processes = 2", "processes = 2\nprocesess = 3", "不认识procesess"),
    ("processes = 2", "processes = 0", "processes应为1至64的整数"),
    ("processes = 2", "processes = true", "processes应为1至64的整数"),
    ('"pilot.example"', '"pilot.example; include /etc/shadow"', "host应为小写的主机名"),
    ('"/var/lib/pilot"', '"/var/lib/pilot\\nUser=root"', "home应为绝对路径"),
    ('"/var/lib/pilot"', '"/var/%h"', "home应为绝对路径"),
    ('user = "pilot"', 'user = "pilot user"', "user应为操作系统的用户名"),
    ('stay_by = "cookie"', 'stay_by = "luck"', "stay_by应为cookie、address之一"),
    ('"*-*-* 02:30"', '"02:30\\nOnBootSec=1"', "backup_at应为systemd的日历写法"),
    ("https_port = 443", "https_port = 8502", "https_port与看板进程的端口重复"),
    ("http_port = 80 ", "http_port = 443 ", "https_port与http_port相同"),
    ('"/mnt/pilot-backup"', '"/var/lib/pilot/backup"', "backup在数据目录之内"),
    ("processes = 2", "processes = two", "service.toml不能读取"),
    ('shared = ""', 'shared = "ftp://host"', "shared应为空，或如file:///mnt/pilot-shared"),
    ('region = ""', 'region = "北京"', "region应为空，或六位区域编码"),
    ('regions = ""', 'regions = "declared"', "regions应为空，或绝对路径"),
    ('ledger = ""', 'ledger = "postgresql://pilot:secret@host/pilot"', "ledger应为空，或绝对路径"),
    ("fetch_seconds = 0", "fetch_seconds = 30", "写了fetch_seconds，没有写从哪里取用"),
])  # fmt: skip
def test_what_is_wrong_is_told(tmp_path, old, new, told):
    with pytest.raises(DeclarationError, match=re.escape(told)):
        declared(tmp_path, old, new)


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    path = tmp_path / "service.toml"
    path.write_text(TEXT.replace('host = "pilot.example"', "").replace("processes = 2", "processes = 0"), "utf-8")
    with pytest.raises(DeclarationError, match="缺少host（样例和说明见scripts/serving/service.toml）；processes应为"):
        read(path)


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("stay_by", ["cookie", "address"])
def test_every_field_of_every_file_is_filled(processes, stay_by):
    files = written(replace(read(), processes=processes, stay_by=stay_by))
    assert {name: found for name, text in files.items() if (found := FIELD.findall(text))} == {}
    assert files["etc/nginx/conf.d/pilot.conf"].count(" max_fails=1 fail_timeout=1s;") == processes * (
        1 + (stay_by == "cookie")
    )
    units = {f"{UNITS}/pilot-{name}.{kind}" for name in TASKS for kind in ("service", "timer")}
    assert COMMAND in files
    assert units | {f"{UNITS}/pilot@.service", f"{UNITS}/pilot.target"} == {n for n in files if n.startswith(UNITS)}


def test_a_host_that_only_shows_takes_data_versions_and_looks_after_no_ledger():
    publishes = replace(read(), shared="file:///mnt/pilot-shared")
    shows = replace(publishes, fetch_seconds=30)
    units = {name.rpartition("/")[2] for name in written(shows) if name.startswith(UNITS)}
    health = {"pilot-health.service", "pilot-health.timer"}
    assert units == {"pilot@.service", "pilot.target", "pilot-fetch.service"} | health
    fetches = written(shows)[f"{UNITS}/pilot-fetch.service"]
    assert "etl fetch --from file:///mnt/pilot-shared --watch 30\n" in fetches
    dashboards = [written(each)[f"{UNITS}/pilot@.service"] for each in (publishes, shows, read())]
    assert ["PILOT_SHARED=file:///mnt/pilot-shared\n" in text for text in dashboards] == [True, False, False]
    assert "/var/log/pilot -/mnt/pilot-shared\n" in dashboards[0]


def test_the_folder_of_originals_that_hosts_share_may_be_written_to():
    for archive, writable in (("file:///mnt/pilot-archive", True), ("s3://bucket/pilot", False), ("", False)):
        dashboards = written(replace(read(), archive=archive))[f"{UNITS}/pilot@.service"]
        assert (" -/mnt/pilot-archive\n" in dashboards) == writable


def test_every_unit_and_every_command_by_hand_is_told_the_same():
    stated = {"region": "330000", "regions": "/etc/pilot/regions"}
    stated |= {"ledger": "/etc/pilot/ledger.url", "archive": "/etc/pilot/archive.uri"}
    service = replace(read(), shared="s3://pilot/versions?region=cn&scheme=https", **stated)
    told = {
        "PILOT_HOME": "/var/lib/pilot", "PILOT_REGION": "330000", "PILOT_REGIONS": "/etc/pilot/regions",
        "PILOT_LEDGER": "/etc/pilot/ledger.url", "PILOT_SHARED": "s3://pilot/versions?region=cn&scheme=https",
        "PILOT_ARCHIVE": "/etc/pilot/archive.uri",
    }  # fmt: skip
    assert (service.environment, service.own_home) == (told, "/var/lib/pilot/region=330000")
    shows = replace(service, fetch_seconds=30)
    assert shows.environment == {name: value for name, value in told.items() if name != "PILOT_SHARED"}
    for each in (service, shows):
        files = written(each)
        for name, text in files.items():
            stated = re.findall(r"PILOT_(?!LOG)\w+=[^\s']+", text)
            wanted = [f"{name}={value}" for name, value in each.environment.items()]
            assert stated == (wanted if name.endswith(".service") or name == COMMAND else [])
    assert read().environment == {"PILOT_HOME": "/var/lib/pilot"}  # what is empty is left to the program


def test_the_command_by_hand_reaches_the_program_word_for_word(tmp_path, monkeypatch):
    """What stands in for systemd and for root says how it was called."""
    for name, script in (("systemd-run", 'printf "%s\\n" "$@"'), ("id", "echo 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    service = replace(read(), shared="s3://pilot/versions?region=cn&scheme=https", fetch_seconds=0)
    write(service, tmp_path / "root")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    call = [tmp_path / "root" / COMMAND, "etl", "register", "a list; of $members.csv"]
    said = subprocess.run(
        call, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True
    ).stdout.splitlines()
    assert "--setenv=PILOT_SHARED=s3://pilot/versions?region=cn&scheme=https" in said
    assert said[-5:] == ["-P", "-m", "etl", "register", "a list; of $members.csv"]


def test_what_the_environment_names_is_looked_at_before_anything_starts(own_home, tmp_path):
    def looked(**settings):
        done = run_module("scripts.serving.checking", home=own_home, **settings)
        return done.returncode, done.stderr

    address = tmp_path / "ledger.url"
    address.write_text("postgresql://pilot@127.0.0.1:1/pilot", encoding="utf-8")
    address.chmod(0o644)
    assert looked() == (0, "")
    code, said = looked(PILOT_REGION="330000", PILOT_LEDGER=str(address), PILOT_SHARED="file:///nobodys/../x:y")
    assert code == 1
    assert "没有声明区域“330000”" in said and "其他用户可以读取" in said
    address.chmod(0o600)
    assert "连接不上" in looked(PILOT_LEDGER=str(address))[1]
    said = looked(PILOT_REGIONS=str(tmp_path), PILOT_ARCHIVE=(tmp_path / "not mounted").as_uri())[1]
    assert "没有regions.csv" in said and "没有原件库的标记" in said


def test_a_dashboard_does_not_start_where_its_place_is_none(own_home, monkeypatch):
    server.check_places(Home(own_home))
    monkeypatch.setenv("PILOT_REGION", "330000")
    with pytest.raises(CallError, match="没有声明区域“330000”"):
        server.check_places(Home(own_home))
    done = run_module("streamlit", "run", "app.py", "--server.headless", "true", home=own_home, PILOT_LEDGER="/x")
    assert done.returncode and "不能启动：x不是台账的地址" in done.stdout + done.stderr


def test_an_upload_may_be_as_large_as_the_dashboard_lets_it():
    assert f"client_max_body_size {upload_mb() + 1}m;" in written(read())["etc/nginx/conf.d/pilot.conf"]


def test_files_are_written_below_a_folder(tmp_path):
    paths = write(read(), tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in paths) == sorted(written(read()))


def test_the_command_tells_a_value_writes_all_and_refuses_in_one_line(tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "scripts.serving", *map(str, arguments)],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert run(EXAMPLE, "--tell", "ports").stdout == "8501 8502\n"
    wrong = tmp_path / "service.toml"
    wrong.write_text("", encoding="utf-8")
    done = run(wrong, "--into", tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "out").exists()
