"""What reading alone takes: the reader of submissions, without its child process, on one file or folder."""

from __future__ import annotations

import sys
from pathlib import Path

from contract.console.lean import keep_lean
from contract.console.program import later
from etl.receiving.receive import take

if __name__ == "__main__":
    keep_lean()
    reading = later("etl.reading.packages:read_package")(take(Path(sys.argv[1])))
    print(reading.tables["B1"].row_count)
