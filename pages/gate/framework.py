"""What the framework keeps of each viewer, by whom it is held: its own sessions, and the files that it serves.

Streamlit serves a file to whoever knows its address, and takes one up for any session. Each of its sessions tells by
whom it is held (`server.trustedUserHeaders` in `.streamlit/config.toml`, filled by the gate alone), and by that its
files are given to nobody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

HOLDER = "holder"  # under which the framework keeps what the gate tells it
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file/"
_holders: dict[str, set[str]] = defaultdict(set)  # file → who may fetch it


def holder_of(session: str) -> str:
    """By whom one of the framework's sessions is held; empty where there is no such session."""
    info = runtime.get_instance()._session_mgr.get_session_info(session) if runtime.exists() else None
    return str(info.session._user_info.get(HOLDER) or "") if info else ""


def may_fetch(path: str, holder: str) -> bool:
    """Whether a file of the framework was made for this holder."""
    return holder in _holders.get(PurePosixPath(path).stem, ())


def may_upload(path: str, holder: str) -> bool:
    """Whether an address to upload to is of a session of this holder."""
    session = path.removeprefix(UPLOAD).partition("/")[0]
    return bool(holder) and holder_of(session) == holder


@asynccontextmanager
async def files_apart(_app: st.App) -> AsyncIterator[None]:
    """Notes for whom each file is made, as long as the server runs."""
    manager = runtime.get_instance().media_file_mgr
    storage = manager._storage
    add, execute, delete = manager.add, manager.execute_deferred, storage.delete_file

    def added(*args, **kwargs) -> str:
        address = add(*args, **kwargs)
        context = get_script_run_ctx()
        _note(address, context.session_id if context else "")
        return address

    def executed(file_id: str) -> str:
        session = manager._deferred_callables.get(file_id, {}).get("session_id", "")
        address = execute(file_id)
        _note(address, session)
        return address

    def deleted(file_id: str) -> None:
        _holders.pop(file_id, None)
        delete(file_id)

    manager.add, manager.execute_deferred, storage.delete_file = added, executed, deleted
    yield


def _note(address: str, session: str) -> None:
    _holders[PurePosixPath(address).stem].add(holder_of(session))
