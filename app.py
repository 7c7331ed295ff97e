"""The dashboard's entry, in two parts: the server that `streamlit run app.py` starts, and the script of every run."""

import streamlit as st

from contract.settings import home
from ledger.guard.private import close_to_others
from pages.shared.export import paper
from pages.shell import frame, publishing, server

if __name__ == "__main__":
    frame.run(paper.button)
else:
    server.refuse_other_addresses()
    close_to_others(home())
    server.know_pages_by_navigation_only()
    publishing.resumed(home().root)
    app = st.App(__file__, middleware=server.MIDDLEWARE, on_script_error=frame.report_error)
