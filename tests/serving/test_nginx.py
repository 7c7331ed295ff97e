"""nginx in front of two processes, where it is installed: what it states, whom it keeps together, what it refuses."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.serving.alone import IS_INSTALLED, certify
from scripts.serving.alone import front as running
from scripts.serving.declaration import Service, read
from tests.browser.server import LOCAL, free_port

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="nginx or openssl is not installed")


class Desk(BaseHTTPRequestHandler):
    """A process behind nginx: says which it is and what it was told."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade"):
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "upgrade")
            self.end_headers()
            self.close_connection = True
            return
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"port": self.server.server_port, "headers": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def desk(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer((LOCAL, port), Desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Front:
    """A running nginx and how to ask it."""

    service: Service
    folder: Path

    def ask(self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str):
        """Status, headers and content of an answer."""
        request = urllib.request.Request(
            f"https://{LOCAL}:{self.service.https_port}{path}", data=body, method=method,
            headers={"Host": self.service.authority} | {name.replace("_", "-"): it for name, it in headers.items()},
        )  # fmt: skip
        with self._connection() as opener:
            try:
                answer = opener.open(request, timeout=10)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                return answer.status, answer.headers, answer.read()

    @contextmanager
    def _connection(self):
        yield urllib.request.build_opener(NamedHandler(self.service.host))

    def port_of(self, **headers: str) -> int:
        return json.loads(self.ask(**headers)[2])["port"]


class NamedHandler(urllib.request.HTTPSHandler):
    """Speaks TLS to this machine under the service's name, whose certificate is a test's own."""

    def __init__(self, host: str) -> None:
        context = ssl._create_unverified_context()
        wrap = context.wrap_socket
        context.wrap_socket = lambda sock, server_hostname=None, **named: wrap(sock, server_hostname=host, **named)
        super().__init__(context=context)


@contextmanager
def fronted(folder: Path) -> Iterator[Front]:
    first = free_port()
    service = replace(
        read(), https_port=free_port(), http_port=free_port(), first_port=first, host="pilot.example",
        certificate=str(folder / "tls.crt"), certificate_key=str(folder / "tls.key"), nginx_log=str(folder / "log"),
    )  # fmt: skip
    certify(service)
    with running(service, folder):
        yield Front(service, folder)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """Before nothing as yet: once it has asked a process in vain, it leaves that alone for seconds."""
    with fronted(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Before two processes that answer, as long as it runs."""
    with fronted(tmp_path_factory.mktemp("nginx")) as found:
        one, other = found.service.ports
        with desk(one), desk(other):
            yield found


def marked(headers) -> str:
    return headers["Set-Cookie"].partition(";")[0]


def test_it_states_who_called_and_lets_nobody_state_it(served):
    _, headers, body = served.ask(
        X_Forwarded_For="10.9.9.9", Forwarded="for=10.9.9.9", X_Real_IP="10.9.9.9", X_Forwarded_Host="x", Proxy="x"
    )
    told = json.loads(body)["headers"]
    assert told["x-forwarded-for"] == LOCAL
    assert told["x-forwarded-proto"] == "https"
    assert told["host"] == served.service.authority
    assert {"forwarded", "x-real-ip", "x-forwarded-host", "proxy"}.isdisjoint(told)
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert not any(char.isdigit() for char in headers["Server"])


def test_a_browser_stays_with_its_process_and_moves_when_that_is_gone(front):
    one, other = front.service.ports
    with desk(other):
        with desk(one):
            kept = {front.port_of(Cookie=f"pilot_desk={one}") for _ in range(8)}
            assert kept == {one}
        status, headers, body = front.ask(Cookie=f"pilot_desk={one}")
        assert (status, json.loads(body)["port"], marked(headers)) == (200, other, f"pilot_desk={other}")
        with desk(one):
            assert front.port_of(Cookie=marked(headers)) == other


def test_the_mark_is_not_for_scripts_nor_for_plain_lines(served):
    said = served.ask()[1]["Set-Cookie"]
    assert all(word in said for word in ("; Secure", "; HttpOnly", "; SameSite=Lax"))


def test_newcomers_are_spread_and_a_mark_of_anything_else_is_none(served):
    assert {served.port_of() for _ in range(20)} == set(served.service.ports)
    assert served.port_of(Cookie="pilot_desk=22") in served.service.ports


def test_a_websocket_is_handed_on_with_its_mark(served):
    context = ssl._create_unverified_context()
    with (
        socket.create_connection((LOCAL, served.service.https_port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=served.service.host) as line,
    ):
        line.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {served.service.authority}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\n\r\n".encode()
        )
        said = line.recv(4096).decode()
    assert said.startswith("HTTP/1.1 101")
    assert "pilot_desk=" in said


@pytest.mark.parametrize("path", ["/health", "/ready", "/_stcore/metrics", "/_stcore/metrics/"])
def test_what_is_for_the_machine_alone_is_not_handed_on(served, path):
    assert served.ask(path)[0] == 404


def test_uploads_up_to_the_dashboards_own_limit(served):
    assert served.ask("/upload", "PUT", bytes(2 << 20))[0] == 204
    request = f"PUT /upload HTTP/1.1\r\nHost: {served.service.authority}\r\nContent-Length: {102 << 20}\r\n\r\n"
    context = ssl._create_unverified_context()
    with (
        socket.create_connection((LOCAL, served.service.https_port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=served.service.host) as line,
    ):
        line.sendall(request.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 413")


def test_while_no_process_answers_one_sentence_is_said(front):
    status, headers, body = front.ask()
    assert status == 503
    assert "系统正在启动或维护" in body.decode()
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Type"].startswith("text/html; charset=utf-8")


def test_another_name_is_told_nothing(served):
    context = ssl._create_unverified_context()
    with (
        socket.create_connection((LOCAL, served.service.https_port), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="other.example")


def test_plain_lines_are_sent_on(served):
    with socket.create_connection((LOCAL, served.service.http_port), timeout=10) as line:
        line.sendall(f"GET /a?b=c HTTP/1.1\r\nHost: {served.service.host}\r\nConnection: close\r\n\r\n".encode())
        said = line.recv(4096).decode()
    assert f"Location: https://{served.service.authority}/a?b=c\r\n" in said


def test_the_log_is_lines_of_json_without_what_was_asked_for(served):
    served.ask("/rows?firm=secret")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        lines = [json.loads(line) for line in (served.folder / "log").read_text(encoding="utf-8").splitlines()]
        if any(line["path"] == "/rows" for line in lines):
            break
        time.sleep(0.05)
    line = next(line for line in lines if line["path"] == "/rows")
    assert (line["client"], line["status"]) == (LOCAL, 200)
    assert "secret" not in (served.folder / "log").read_text(encoding="utf-8")
