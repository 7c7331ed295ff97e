"""Keeps numpy and pandas out of a process that needs neither; to be imported before pyarrow.

Pyarrow and DuckDB import both where they are installed, pandas with the first Python value that is converted: half a
second of processor time and some 60 MB in every command and every reading child. A name that is None in
`sys.modules` counts as not installed, and both libraries do without.
"""

import sys

for name in ("numpy", "pandas"):
    sys.modules.setdefault(name, None)
