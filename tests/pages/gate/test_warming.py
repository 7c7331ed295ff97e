"""A server at its start loads what its first page needs; what writes files or asks a provider comes when needed."""

from __future__ import annotations

import subprocess
import sys

from contract.settings import PROJECT
from tests.processes import environment

# What draws pictures, writes Word, reads back workbooks and speaks to a provider: a second of processor time.
LATER = {"matplotlib", "docx", "openpyxl", "authlib", "joserfc"}
# The server as it starts; what it loads for the first page; all behind it, and what each page itself imports.
PROGRAM = """
import ast, sys
from pathlib import Path
from unittest.mock import patch
with patch("threading.Thread.start"):
    import app
from pages.gate import warming
print(*sys.modules)
warming.load_first()
print(*sys.modules)
warming.load_rest()
from pages.shell.navigation import SECTIONS
for file in {entry.file for listed in SECTIONS.values() for entry in listed}:
    body = ast.parse(Path(file).read_text(encoding="utf-8")).body
    needed = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(needed, []), file, "exec"), {})
print(*sys.modules)
"""


def test_what_no_page_needs_to_be_drawn_is_not_loaded(own_home):
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, env=environment(own_home), capture_output=True, check=True
    )
    at_start, first, with_all_pages = (set(line.split()) for line in told.stdout.decode().splitlines())
    assert "pages.gate.gate" in at_start
    assert at_start & {"pages.shell.frame", "pandas", "sqlglot"} == set()
    assert {"pages.shell.frame", "pages.overview.waterfall"} <= first
    assert "pages.results.monthly.issue" in with_all_pages - first
    assert with_all_pages & LATER == set()
