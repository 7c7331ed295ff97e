"""Found by Python before anything else starts: writes down each name that a process looks up and each address that it
connects or sends to, other than this machine's own.

Not a package: its folder stands on the path of a process that is watched, and so on that of its children.
"""

from __future__ import annotations

import ipaddress
import os
import sys

WRITTEN_TO = os.environ["PILOT_REACHED"]
LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
WAYS_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg")


def is_here(host: object) -> bool:
    """This machine itself, as an address: a name would have to be looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reached(event: str, given: tuple) -> str:
    """Where an event of Python's own audit leads; empty where it stays on this machine."""
    if event in LOOK_UPS:
        host = given[0][0] if event == "socket.getnameinfo" else given[0]
        return "" if host is None or is_here(host) else f"{event} {host}"
    address = given[1]
    inside = not isinstance(address, tuple) or is_here(address[0])  # a socket of the file system has a path
    return "" if inside else f"{event} {address[0]}"


def watch(event: str, given: tuple) -> None:
    if (event in LOOK_UPS or event in WAYS_OUT) and (place := reached(event, given)):
        with open(WRITTEN_TO, "a", encoding="utf-8") as book:
            book.write(f"{place}\n")


sys.addaudithook(watch)
