"""Pins every dependency with its hashes: each requirements*.in becomes a requirements*.txt.

No index is written into the files, so they serve on any network; the hashes are those of every platform's wheels.
"""

from __future__ import annotations

import os
import subprocess
import sys

from contract.settings import PROJECT

OPTIONS = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--emit-build-options",
    "--quiet",
)


def lock(name: str) -> None:
    """Write `<name>.txt` from `<name>.in`, keeping pins that still fit."""
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, f"{name}.in", "--output-file", f"{name}.txt"],
        cwd=PROJECT,
        env=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"},
        check=True,
    )


if __name__ == "__main__":
    lock("requirements")
    lock("requirements-dev")
    lock("requirements-spark")
