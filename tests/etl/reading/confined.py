"""What a test has done in a confined child: each function takes one argument and tells what it could do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from contract.errors import RefusedFile
from etl.receiving import confinement


def _tried(deed: Callable[[], object]) -> str:
    """The name of the error that a deed ends with; empty where it is done."""
    try:
        deed()
    except OSError as error:
        return type(error).__name__
    return ""


def _connects(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


def _writes(path: Path) -> None:
    path.write_text("x")


def attempts(given: dict) -> dict[str, str]:
    """What a child may try, by name, and how it ends. `given`: port of a server, folder that can be written."""
    folder = Path(given["folder"])
    deeds = {
        "connect": lambda: _connects(given["port"]),
        "socketpair": socket.socketpair,
        "program": lambda: subprocess.run(["true"], check=True),
        "fork": os.fork,
        "kill": lambda: os.kill(os.getppid(), 0),
        "new file": lambda: _writes(folder / "new"),
        "old file": lambda: _writes(folder / "old"),
        "new folder": (folder / "made").mkdir,
        "removal": (folder / "old").unlink,
        "renaming": lambda: (folder / "old").rename(folder / "moved"),
        "link": lambda: (folder / "link").symlink_to(folder / "old"),
        "temporary file": lambda: tempfile.TemporaryFile().close(),
    }
    return {name: _tried(deed) for name, deed in deeds.items()}


def without_python(port: int) -> dict[str, int]:
    """System calls made behind Python's back: what the kernel answers (-1 = refused)."""
    libc, address = confinement._libc, b"\x02\x00" + port.to_bytes(2, "big") + b"\x7f\x00\x00\x01" + bytes(8)
    handle = libc.socket(2, 1, 0)
    return {"socket": handle, "connect": libc.connect(handle, address, 16), "system": libc.system(b"true")}


def settings(_: None) -> list[str]:
    """The names of the environment's settings."""
    return sorted(os.environ)


def again(_: None) -> list[str]:
    """The layers that a second confinement adds inside of the first."""
    return list(confinement.confine())


def bare(_: None) -> list[str]:
    """The layers that hold on a kernel that refuses whatever it may refuse."""
    confinement._libc = type("Refusing", (), {name: lambda *_: -1 for name in ("prctl", "unshare", "syscall")})
    return list(confinement.confine())


def takes(megabytes: int) -> int:
    """Uses that much memory."""
    return len(b"x" * (megabytes * 1024**2))


def stalls(_: None) -> None:
    """Never ends."""
    while True:
        pass


def leaves(_: None) -> None:
    os._exit(3)


def aborts(_: None) -> None:
    os.abort()


def chatters(text: str) -> str:
    """Prints what is no answer."""
    print(text)
    sys.stdout.flush()
    return text


def refuses(reason: str) -> None:
    raise RefusedFile(reason)


def breaks(_: None) -> None:
    raise ZeroDivisionError


class Taken:
    """An answer that would run a command where it is unpickled."""

    def __reduce__(self):
        return os.system, ("true",)


def takes_over(_: None) -> Taken:
    return Taken()
