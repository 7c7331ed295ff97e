"""Gathers what an installation without network needs, on a machine that has one: `python -m scripts.bundle FOLDER`.

The project as committed, wheels of every pinned package for both processors, a font for the screen, `install.sh`, and
the SHA-256 of each file. Then it is tried: installed with no index into a new environment where this machine is of
that processor, else resolved alone.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contract.settings import PROJECT

PROCESSORS = ("x86_64", "aarch64")
PYTHON = "3.11"
# Debian 12 has glibc 2.36, older systems of closed networks 2.28: nothing newer is asked for.
GLIBC = [f"manylinux_2_{minor}" for minor in range(28, 16, -1)] + ["manylinux2014", "manylinux2010", "manylinux1"]
FONT = "fonts-noto-cjk"
INSTALLER = PROJECT / "scripts" / "offline_install.sh"
SOURCE, SUMS = "pilot-source.tar.gz", "SHA256SUMS"
IMPORTED = (
    "import docx, duckdb, lxml, matplotlib, openpyxl, pandas, plotly, psycopg, pyarrow, sqlalchemy, streamlit, typst"
)


def target(processor: str) -> list[str]:
    """The options by which pip chooses wheels for another machine."""
    tags = [option for glibc in GLIBC for option in ("--platform", f"{glibc}_{processor}")]
    abis = [option for abi in ("cp311", "abi3", "none") for option in ("--abi", abi)]
    return ["--only-binary", ":all:", "--implementation", "cp", "--python-version", PYTHON, *tags, *abis]


def pip(*arguments: str | Path, python: str | Path = sys.executable) -> None:
    """Runs pip; what it says goes to the screen. Raises CalledProcessError where it fails."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    subprocess.run([python, "-m", "pip", *map(str, arguments), *quiet], check=True, stdin=subprocess.DEVNULL)


def download(requirements: Path, wheels: Path) -> None:
    """Every pinned package with its hash, for each processor; the pins name all that is needed."""
    for processor in PROCESSORS:
        print(f"下载{processor}的依赖")
        pip("download", "--no-deps", "--require-hashes", *target(processor), "-r", requirements, "-d", wheels)


def archive(into: Path) -> None:
    """The project as it was committed last."""
    command = ["git", "archive", "--format=tar.gz", "-o", str(into), "HEAD"]
    subprocess.run(command, cwd=PROJECT, check=True)
    changed = subprocess.run(["git", "status", "--short"], cwd=PROJECT, check=True, capture_output=True, text=True)
    if changed.stdout:
        print("注意：有尚未提交的改动，安装包中没有它们", file=sys.stderr)


def fonts(folder: Path) -> None:
    """Debian's package of the font for screens of the machine itself; where there is no apt it is left out."""
    folder.mkdir()
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", FONT]
    if shutil.which("apt-get") and subprocess.run(command, cwd=folder, check=False).returncode == 0:
        return
    print(f"注意：未能下载字体{FONT}；服务器不需要它，只有在服务器上用浏览器时才需要", file=sys.stderr)


def sums(folder: Path) -> Iterator[str]:
    """A line a file, as `sha256sum -c` reads them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield f"{digest}  {path.relative_to(folder).as_posix()}\n"


def check(requirements: Path, wheels: Path, processor: str) -> None:
    """Installs with no index into a new environment, or resolves for another processor. Raises CalledProcessError."""
    offline = ("--no-index", "--find-links", wheels, "--require-hashes", "-r", requirements)
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        if processor != platform.machine():
            pip("install", "--dry-run", "--target", folder, *target(processor), *offline)
            print(f"{processor}：依赖齐全（在本机只能核对，不能运行）")
            return
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        pip("install", "--only-binary", ":all:", *offline, python=python)
        if requirements == PROJECT / "requirements.txt":
            subprocess.run([python, "-c", IMPORTED], check=True)
        print(f"{processor}：已离线安装到新的环境，各包可以导入")


def bundle(folder: Path) -> None:
    """Makes the whole in a folder that is not there yet."""
    wheels, requirements = folder / "wheels", PROJECT / "requirements.txt"
    wheels.mkdir(parents=True)
    archive(folder / SOURCE)
    download(requirements, wheels)
    fonts(folder / "fonts")
    shutil.copy(INSTALLER, folder / "install.sh")
    for processor in PROCESSORS:
        check(requirements, wheels, processor)
    (folder / SUMS).write_text("".join(sums(folder)), encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20)
    print(f"安装包：{folder}，{size:.0f} MB；复制到目标机器后执行 {folder.name}/install.sh /opt/pilot")


def main() -> int:
    parser = argparse.ArgumentParser(description="在联网的机器上准备离线安装包")
    parser.add_argument("folder", type=Path, help="写到哪个目录，须尚不存在")
    folder = parser.parse_args().folder.resolve()
    if folder.exists():
        print(f"错误：{folder}已存在", file=sys.stderr)
        return 2
    try:
        bundle(folder)
    except subprocess.CalledProcessError as error:
        print(f"错误：{error.cmd[0]}未能完成（{error.returncode}），{folder}不完整，请删除后重试", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
