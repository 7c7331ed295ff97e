"""Keeps numpy and pandas out of a process that needs neither, however much pyarrow and DuckDB look for them."""

from __future__ import annotations

import sys


def keep_lean() -> None:
    """To be called first in a process, before pyarrow is imported; never in one that shows pages.

    Pyarrow imports both where they are installed, pandas with the first Python value that it converts: half a second
    of processor time and some 60 MB in every command and every reading child. A name that is None in `sys.modules`
    counts as not installed.
    """
    for name in ("numpy", "pandas"):
        sys.modules.setdefault(name, None)
