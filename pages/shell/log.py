"""What the server's log keeps of pages: how long each took, and errors found again by an id, without their values."""

from __future__ import annotations

import logging
import secrets
import time

from contract.logbook import error_facts, note
from contract.viewer import Viewer

LOG = logging.getLogger("pilot.pages")
PAGE_DRAWN = "page"


def note_error(error: Exception) -> str:
    """Writes an error to the log without the values its message may hold; gives the id to quote."""
    log_id = secrets.token_hex(4)
    facts = error_facts(error)
    LOG.error(
        "%s %s\n%s",
        log_id,
        facts["error"],
        "\n".join(facts["at"]),
        extra={"facts": {"id": log_id, "what": "error", **facts}},
    )
    return log_id


def note_page(viewer: Viewer, page: str, begun: float) -> None:
    """Writes who was shown which page and how long drawing it took, from `begun` on (`time.perf_counter`)."""
    seconds = round(time.perf_counter() - begun, 3)
    note(PAGE_DRAWN, user=viewer.user, role=viewer.role, page=page, seconds=seconds)
