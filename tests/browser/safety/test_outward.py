"""Nothing leaves the machine: no name is looked up and no connection made by a dashboard, whatever it is sent."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from benchmarks.viewer import STREAM
from tests.browser.server import apart, reached, watching

pytestmark = pytest.mark.browser

ORIGINS = ("https://evil.example", "http://127.0.0.1:9", "http://localhost.evil.example", "null", "", "file://", "*")
HOSTS = ("evil.example", "127.0.0.1.evil.example", "[::1].evil.example", "")
PATHS = ("/", "/overview", STREAM, "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/media/0", "/ready")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("socket.getaddrinfo('pilot.invalid', 80)", "socket.getaddrinfo pilot.invalid"),
        ("socket.gethostbyname('pilot.invalid')", "socket.gethostbyname pilot.invalid"),
        ("socket.socket().connect(('192.0.2.1', 9))", "socket.connect 192.0.2.1"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))", "socket.sendto 192.0.2.1"),
    ],
)
def test_the_watch_sees_what_a_process_looks_up_and_reaches(tmp_path, line, told):
    """In a child of the process that is watched too: what is read from outside is read in one."""
    program = f"import socket\nsocket.setdefaulttimeout(0.01)\n{line}"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {program!r}], stderr=subprocess.DEVNULL)"
    subprocess.run([sys.executable, "-c", child], env=os.environ | watching(tmp_path / "log"), check=True)
    assert reached(tmp_path / "log") == [told]


def test_the_watch_is_silent_about_this_machine(tmp_path):
    program = "import socket\nsocket.create_server(('127.0.0.1', 0))\nsocket.getaddrinfo('127.0.0.1', 80)"
    subprocess.run([sys.executable, "-c", program], env=os.environ | watching(tmp_path / "log"), check=True)
    assert reached(tmp_path / "log") == []


async def refused(address: str, origin: str) -> bool:
    """Whether a websocket that states a page's origin is not let in."""
    stated = {"Origin": origin} if origin else {}
    try:
        async with connect(address, additional_headers=stated, origin=None, subprotocols=["streamlit"]):
            return False
    except InvalidStatus:
        return True


def test_forged_origins_and_hosts_make_a_dashboard_reach_for_nothing(nothing):
    place = urlsplit(nothing.address).netloc
    for origin in ORIGINS:
        assert apart(refused(f"ws://{place}{STREAM}", origin)), origin
    for host in HOSTS:
        for path in PATHS:
            line = http.client.HTTPConnection(place, timeout=10)
            line.putrequest("GET", path, skip_host=True)
            line.putheader("Host", host)
            line.endheaders()
            assert line.getresponse().status >= 400, (host, path)
            line.close()
    assert reached(nothing.log) == []
