"""The dashboard's entry, in two parts: the server that `streamlit run app.py` starts, and the script of every run."""

import streamlit as st

from contract.console.program import later
from contract.errors import PilotError
from contract.settings import home
from ledger.access.configured import running
from ledger.guard.private import close_to_others
from pages.gate import server, warming
from pages.gate.framework import files_apart
from pages.gate.gate import MIDDLEWARE

run, report_error = later("pages.shell.frame:run"), later("pages.shell.frame:report_error")
take_away, explain = later("pages.shared.export.paper:button"), later("pages.shared.explain:open_asked")

if __name__ == "__main__":
    warming.load_first()
    run(take_away, explain)
    warming.first_page_stands()
else:
    try:
        server.check_places(home())
        server.prepare(running(home()))
    except PilotError as error:
        raise SystemExit(f"不能启动：{error}") from None
    close_to_others(home())
    server.know_pages_by_navigation_only()
    warming.begin()
    app = st.App(__file__, middleware=MIDDLEWARE, lifespan=files_apart, on_script_error=report_error)
