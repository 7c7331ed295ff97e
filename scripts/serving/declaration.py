"""The declaration of the service: read, held to what each value may be, and what follows from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from contract.errors import DeclarationError
from contract.settings import PROJECT

EXAMPLE = Path(__file__).with_name("service.toml")
# Nothing that systemd, nginx or a shell would read as more than a name.
PATH = re.compile(r"/[\w.-]+(/[\w.-]+)*", re.ASCII)
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
CALENDAR = re.compile(r"[A-Za-z0-9 *:,./-]{4,80}")
SHARED = re.compile(r"((file:///|s3://)[\w.:/?=&-]+)?", re.ASCII)
STAY_BY = ("cookie", "address")


@dataclass(frozen=True)
class Service:
    """What an operator sets; the file names each, and says what it is for."""

    host: str
    https_port: int
    http_port: int
    certificate: str
    certificate_key: str
    nginx_log: str
    first_port: int
    processes: int
    memory_mb: int
    user: str
    project: str
    home: str
    log: str
    keep_logs: int
    stay_by: str
    shared: str
    fetch_seconds: int
    backup: str
    keep_copies: int
    backup_at: str
    verify_at: str
    rehearse_at: str

    @property
    def ports(self) -> list[int]:
        return list(range(self.first_port, self.first_port + self.processes))

    @property
    def only_shows(self) -> bool:
        """Whether it takes its data versions from the host that publishes."""
        return self.fetch_seconds > 0

    @property
    def timers(self) -> list[str]:
        """What runs by the clock: archive and ledger are looked after where they lie."""
        return ["health"] if self.only_shows else ["backup", "verify", "rehearse", "health"]

    @property
    def shared_folder(self) -> str:
        """Where shared storage is a folder, which the units may write to; empty where it is an object store."""
        return self.shared.removeprefix("file://") if self.shared.startswith("file:") else ""

    @property
    def authority(self) -> str:
        """Host and port as a browser names them: the usual port is left out."""
        return self.host if self.https_port == 443 else f"{self.host}:{self.https_port}"


def _text(pattern: re.Pattern, words: str) -> tuple[Callable[[object], bool], str]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)), words


def _number(least: int, most: int) -> tuple[Callable[[object], bool], str]:
    return lambda value: type(value) is int and least <= value <= most, f"应为{least}至{most}的整数"


PLACE = _text(PATH, "应为绝对路径，只含字母、数字、点、横线和下划线")
MOMENT = _text(CALENDAR, "应为systemd的日历写法，如*-*-* 02:30")
PORT = _number(1, 65535)
RULES = {
    "host": _text(HOST, "应为小写的主机名，如pilot.example"),
    **dict.fromkeys(("https_port", "http_port"), PORT),
    "first_port": _number(1024, 65000),
    "processes": _number(1, 64),
    "memory_mb": _number(500, 1 << 20),
    "user": _text(USER, "应为操作系统的用户名"),
    **dict.fromkeys(("certificate", "certificate_key", "nginx_log", "project", "home", "log", "backup"), PLACE),
    "shared": _text(SHARED, "应为空，或如file:///mnt/pilot-shared、s3://桶/目录"),
    "fetch_seconds": _number(0, 86400),
    "keep_logs": _number(1, 3650),
    "keep_copies": _number(1, 3650),
    "stay_by": (lambda value: value in STAY_BY, f"应为{'、'.join(STAY_BY)}之一"),
    **dict.fromkeys(("backup_at", "verify_at", "rehearse_at"), MOMENT),
}


def read(path: Path = EXAMPLE) -> Service:
    """The declaration in a file. Raises DeclarationError, which names what is wrong, all of it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}不能读取：{error}") from None
    except OSError:
        raise DeclarationError(f"没有{path}，或没有权限读取") from None
    known = [field.name for field in fields(Service)]
    faults = [f"缺少{name}" for name in known if name not in given]
    faults += [f"不认识{name}" for name in given if name not in known]
    faults += [f"{name}{RULES[name][1]}" for name in known if name in given and not RULES[name][0](given[name])]
    if not faults:
        faults = _together(given)
    if faults:
        raise DeclarationError(f"{path.name}：{'；'.join(faults)}")
    return Service(**given)


def _together(given: dict) -> list[str]:
    """What is wrong with values that are fine each by itself."""
    ports = range(given["first_port"], given["first_port"] + given["processes"])
    faults = [f"{name}与看板进程的端口重复" for name in ("https_port", "http_port") if given[name] in ports]
    if given["https_port"] == given["http_port"]:
        faults.append("https_port与http_port相同")
    if given["fetch_seconds"] and not given["shared"]:
        faults.append("写了fetch_seconds，没有写从哪里取用（shared）")
    if Path(given["home"]) in (Path(given["backup"]), *Path(given["backup"]).parents):
        faults.append("backup在数据目录之内，会与数据一同丢失")
    return faults


def upload_mb() -> int:
    """The most that one upload may have, in MB, as the dashboard itself is set."""
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    return settings["server"]["maxUploadSize"]
