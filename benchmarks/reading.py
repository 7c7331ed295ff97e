"""What reading alone takes: the reader of submissions, without its child process, on one file or folder."""

from __future__ import annotations

import sys
from pathlib import Path

from etl.lean import keep_lean
from etl.receive import take
from etl.usage import later

if __name__ == "__main__":
    keep_lean()
    reading = later("etl.packagereading:read_package")(take(Path(sys.argv[1])))
    print(reading.tables["B1"].row_count)
