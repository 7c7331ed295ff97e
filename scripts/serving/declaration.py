"""The declaration of the service: read, held to what each value may be, and what follows from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from contract.errors import DeclarationError
from contract.places import region_folder
from contract.settings import PROJECT

EXAMPLE = Path(__file__).with_name("service.toml")
# Nothing that systemd, nginx or a shell would read as more than a name.
PATH = re.compile(r"/[\w.-]+(/[\w.-]+)*", re.ASCII)
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
CALENDAR = re.compile(r"[A-Za-z0-9 *:,./-]{4,80}")
REGION = re.compile(r"(\d{6})?", re.ASCII)
SHARED = re.compile(r"((file:///|s3://)[\w.:/?=&-]+)?", re.ASCII)
ARCHIVE = re.compile(f"{SHARED.pattern}|{PATH.pattern}", re.ASCII)
STAY_BY = ("cookie", "address")
SHARING, FOLDER = "PILOT_SHARED", "file://"
Rule = tuple[Callable[[object], bool], str]  # whether a value may be, and what it should be


def _text(pattern: re.Pattern, words: str) -> Rule:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value)), words


def _number(least: int, most: int) -> Rule:
    return lambda value: type(value) is int and least <= value <= most, f"应为{least}至{most}的整数"


A_PATH = "应为绝对路径，只含字母、数字、点、横线和下划线"
PLACE = _text(PATH, A_PATH)
PLACE_OR_NONE = _text(re.compile(rf"({PATH.pattern})?", re.ASCII), f"应为空，或{A_PATH.removeprefix('应为')}")
MOMENT = _text(CALENDAR, "应为systemd的日历写法，如*-*-* 02:30")
PORT = _number(1, 65535)


def _is(rule: Rule, variable: str = "") -> Any:
    """A field that holds to a rule; with a variable, what each unit and each command by hand is told by it."""
    return field(metadata={"rule": rule, "variable": variable})


@dataclass(frozen=True)
class Service:
    """What an operator sets; the file names each, and says what it is for."""

    host: str = _is(_text(HOST, "应为小写的主机名，如pilot.example"))
    https_port: int = _is(PORT)
    http_port: int = _is(PORT)
    certificate: str = _is(PLACE)
    certificate_key: str = _is(PLACE)
    nginx_log: str = _is(PLACE)
    first_port: int = _is(_number(1024, 65000))
    processes: int = _is(_number(1, 64))
    memory_mb: int = _is(_number(500, 1 << 20))
    user: str = _is(_text(USER, "应为操作系统的用户名"))
    project: str = _is(PLACE)
    home: str = _is(PLACE, "PILOT_HOME")
    log: str = _is(PLACE)
    keep_logs: int = _is(_number(1, 3650))
    stay_by: str = _is((lambda value: value in STAY_BY, f"应为{'、'.join(STAY_BY)}之一"))
    region: str = _is(_text(REGION, "应为空，或六位区域编码，如330000"), "PILOT_REGION")
    regions: str = _is(PLACE_OR_NONE, "PILOT_REGIONS")
    ledger: str = _is(PLACE_OR_NONE, "PILOT_LEDGER")
    shared: str = _is(_text(SHARED, "应为空，或如file:///mnt/pilot-shared、s3://桶/目录"), "PILOT_SHARED")
    fetch_seconds: int = _is(_number(0, 86400))
    archive: str = _is(
        _text(ARCHIVE, "应为空，或如file:///mnt/pilot-archive、s3://桶/目录，或载有地址的文件"), "PILOT_ARCHIVE"
    )
    backup: str = _is(PLACE)
    keep_copies: int = _is(_number(1, 3650))
    backup_at: str = _is(MOMENT)
    verify_at: str = _is(MOMENT)
    rehearse_at: str = _is(MOMENT)

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
    def environment(self) -> dict[str, str]:
        """Variable → value, of those that say something: the same for every unit and every command by hand.

        A host that only shows publishes nothing, and so has nothing to share.
        """
        told = {each.metadata["variable"]: getattr(self, each.name) for each in fields(self)}
        silent = {"", SHARING} if self.only_shows else {""}
        return {name: value for name, value in told.items() if value and name not in silent}

    @property
    def variables(self) -> list[str]:
        return list(self.environment)

    @property
    def folders(self) -> list[str]:
        """Where storage that is named by URI is a folder, which the units may write to."""
        return [value.removeprefix(FOLDER) for value in self.environment.values() if value.startswith(FOLDER)]

    @property
    def own_home(self) -> str:
        """Where the data lie: `home`, or below it the folder of the region."""
        return str(Path(self.home, region_folder(self.region)))

    @property
    def authority(self) -> str:
        """Host and port as a browser names them: the usual port is left out."""
        return self.host if self.https_port == 443 else f"{self.host}:{self.https_port}"


def read(path: Path = EXAMPLE) -> Service:
    """The declaration in a file. Raises DeclarationError, which names what is wrong, all of it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}不能读取：{error}") from None
    except OSError:
        raise DeclarationError(f"没有{path}，或没有权限读取") from None
    rules = {each.name: each.metadata["rule"] for each in fields(Service)}
    faults = [f"缺少{name}（样例和说明见{EXAMPLE.relative_to(PROJECT)}）" for name in rules if name not in given]
    faults += [f"不认识{name}" for name in given if name not in rules]
    faults += [
        f"{name}{words}" for name, (is_fine, words) in rules.items() if name in given and not is_fine(given[name])
    ]
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
