"""The dashboard's entry, in two parts: the server that `streamlit run app.py` starts, and the script of every run."""

import streamlit as st

from contract.errors import CallError
from contract.settings import home
from ledger.access.configured import running
from ledger.guard.private import close_to_others
from pages.gate import server
from pages.gate.framework import files_apart
from pages.gate.gate import MIDDLEWARE
from pages.shared.export import paper
from pages.shell import frame, publishing

if __name__ == "__main__":
    frame.run(paper.button)
else:
    try:
        server.prepare(running(home()))
    except CallError as error:
        raise SystemExit(f"登录配置有误：{error}") from None
    close_to_others(home())
    server.know_pages_by_navigation_only()
    server.warm_up()
    publishing.resumed(home().root)
    app = st.App(__file__, middleware=MIDDLEWARE, lifespan=files_apart, on_script_error=frame.report_error)
