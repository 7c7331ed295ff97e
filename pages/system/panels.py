"""The panels of 系统管理, one function each; a new one is a line here and a name in `System.PARTS`."""

from __future__ import annotations

from collections.abc import Callable

from pages.shell.view import View
from pages.system.accounts import accounts
from pages.system.audit import audit
from pages.system.machine import machine
from pages.system.rights import rights
from pages.system.sessions import sessions
from pages.system.storage import storage
from pages.system.users import users
from pages.system.versions import versions

DRAWS: dict[str, Callable[[View], None]] = {
    "sessions": sessions,
    "accounts": accounts,
    "users": users,
    "audit": audit,
    "rights": rights,
    "versions": versions,
    "storage": storage,
    "machine": machine,
}
