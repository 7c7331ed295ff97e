"""`python -m tests.metrics.nation.look [NAME=VALUE …]`: what the first page of a region or the country says.

A process of its own, since the menu is that of the process: titles of the menu, texts and tables, as JSON.
"""

from __future__ import annotations

import json
import re
import sys

from streamlit.testing.v1 import AppTest

from contract.settings import PROJECT
from pages.shell.navigation import MENU


def main() -> None:
    page = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    page.query_params.update(dict(given.split("=") for given in sys.argv[1:]))
    page.run()
    said = [re.sub(r"<[^>]*>", " ", block.proto.body) for block in page.main.get("html")]
    said += [str(each.value) for kind in ("header", "caption", "info", "warning", "error") for each in page.get(kind)]
    told = {
        "menu": sorted(entry.title for entry in MENU),
        "wrong": [error.value for error in page.exception],
        "said": said,
        "tables": [table.value.astype(str).to_dict("records") for table in page.dataframe],
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
