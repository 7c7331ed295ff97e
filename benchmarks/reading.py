"""What reading alone takes: the reader of submissions, without its child process, on one file or folder."""

from __future__ import annotations

import sys
from pathlib import Path

from etl import lean  # noqa: F401  as in the child
from etl.packagereading import read_package
from etl.receive import take

if __name__ == "__main__":
    reading = read_package(take(Path(sys.argv[1])))
    print(reading.tables["B1"].row_count)
