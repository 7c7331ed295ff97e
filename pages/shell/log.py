"""Errors as the server's log keeps them: found again by an id, without the values that a message may hold."""

from __future__ import annotations

import logging
import secrets
import traceback

LOG = logging.getLogger("pilot.pages")


def note_error(error: Exception) -> str:
    """Writes an error to the log without the values its message may hold; gives the id to quote."""
    log_id = secrets.token_hex(4)
    LOG.error("%s %s\n%s", log_id, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return log_id
