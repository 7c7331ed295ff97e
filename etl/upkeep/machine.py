"""What this machine is and has, and what of it would stand in the way: facts for a command and for a page."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contract.errors import PilotError
from contract.settings import PROJECT, clock, home
from contract.storage import system_words
from etl.reading.sandbox import layers

LEAST_FREE_GB = 2
GB = 1 << 30


@dataclass(frozen=True)
class Fact:
    """One line of a report: what was looked at, what it is, and whether that will do."""

    subject: str
    state: str
    fine: bool = True


def machine() -> list[Fact]:
    """System, processor and memory; closed networks run on ARM too, often with 64K pages."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GB
    return [
        Fact("系统", f"{platform.system()} {platform.release()}，{_distribution()}"),
        Fact("处理器", f"{platform.machine()}，{os.cpu_count()}核"),
        Fact("内存", f"{memory:.1f} GB", memory >= LEAST_FREE_GB),
        Fact("内存页", f"{os.sysconf('SC_PAGE_SIZE')} 字节"),
        Fact("Python", f"{platform.python_version()}，{sys.executable}", sys.version_info >= (3, 11)),
    ]


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return "发行版未知"


def packages() -> list[Fact]:
    """The packages that the project names, as installed."""
    facts = []
    for line in (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name = re.match(r"[\w.-]+", line)[0]  # without extras and version
            try:
                facts.append(Fact(name, version(name)))
            except PackageNotFoundError:
                facts.append(Fact(name, "未安装，请运行 make run", fine=False))
    return facts


def fonts() -> list[Fact]:
    """Chinese fonts for a browser on this machine; the briefing brings its own."""
    lister = shutil.which("fc-list")
    if lister is None:
        return [Fact("屏幕中文字体", "没有fontconfig，无从查看", fine=False)]
    listing = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout
    families = sorted({line.partition(",")[0].strip() for line in listing.splitlines() if line.strip()})
    return [Fact("屏幕中文字体", "、".join(families[:6]) or "没有", fine=bool(families))]


def storage() -> list[Fact]:
    """Where a run writes: whether it can, and how much room there is."""
    root = home().root
    standing = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(standing).free / GB
    facts = [Fact("数据目录", str(root)), Fact("剩余空间", f"{free:.1f} GB", free >= LEAST_FREE_GB)]
    try:
        with tempfile.NamedTemporaryFile(dir=standing):
            facts.append(Fact("数据目录可写", "是"))
    except OSError as error:
        facts.append(Fact("数据目录可写", f"否：{system_words(error)}", fine=False))
    pointer = home().warehouse / "CURRENT"
    facts.append(Fact("当前数据版本", pointer.read_text(encoding="utf-8").strip() if pointer.exists() else "尚未发布"))
    return facts


def time_in_force() -> list[Fact]:
    """Whether the clock is replaced."""
    try:
        moment = clock()
    except PilotError as error:
        return [Fact("时钟", str(error), fine=False)]
    return [Fact("时钟", "系统时间" if moment is None else f"由PILOT_NOW定为{moment.isoformat()}")]


def isolation() -> list[Fact]:
    """What a process gives up here before it reads a file from outside (see `etl.receiving.confinement`)."""
    held = layers()
    return [Fact("读取隔离", "、".join(held), fine={"limits", "privileges", "audit"} <= set(held))]


def browser() -> list[Fact]:
    """Chromium, which only tests and pictures of pages need."""
    path = Path("/usr/bin/chromium")
    return [Fact("Chromium（仅测试用）", str(path) if path.exists() else "没有，make test会安装")]


def facts() -> list[Fact]:
    """All of them, in the order in which they are told; takes about a tenth of a second."""
    return [*machine(), *packages(), *fonts(), *storage(), *time_in_force(), *isolation(), *browser()]
