"""The gate: nothing reaches the framework but from our own address and page, for a session that lives."""

from __future__ import annotations

import socket
import sqlite3

import pytest

from ledger.access import sessions, store
from ledger.audit import looks
from pages.gate import entrance, framework
from tests.ledger.access.registered import register
from tests.pages.gate.conftest import GOOD
from tests.pages.gate.visitor import Visitor, alert

LOCAL = {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501", "server": "127.0.0.1", "address": "127.0.0.1"}
PATHS = ("/", "/bank", "/pilot.css", "/gate.css", "/sign-in", "/_stcore/health", "/media/0f.pdf", "/static/js/a.js")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "pilot.example:81", "pilot.example.evil.example", "", "10.0.0.1"])
def test_nothing_is_answered_at_another_host(door, path, host):
    visitor = door.signed_in()
    visitor.host = host
    got = visitor.get(path)
    assert got.status == 403 and "请从https://pilot.example访问" in got.text and door.inner.seen == []


@pytest.mark.parametrize(
    "origin", ["", "https://evil.example", "http://pilot.example", "https://pilot.example:444", "null"]
)
def test_a_websocket_or_form_of_another_page_is_refused_before_anything_sees_it(door, monkeypatch, origin):
    """Neither a name is looked up nor a connection made, whatever is sent."""
    visitor, reached = door.signed_in(), []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: reached.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: reached.append(args))
    assert visitor.websocket(b"run", origin=origin) == [{"type": "websocket.close", "code": 1008}]
    for method in ("POST", "PUT", "DELETE"):
        assert visitor.ask(method, "/_stcore/upload_file/a/b", origin=origin).status == 403
    assert visitor.ask("POST", "/sign-out", origin=origin).status == 403
    if origin:
        for path in PATHS:
            assert visitor.get(path, origin=origin).status == visitor.ask("OPTIONS", path, origin=origin).status == 403
    assert door.inner.seen == [] and reached == [] and len(sessions.living(door.home)) == 1


def test_who_has_not_signed_in_is_led_to_signing_in_and_back(door):
    visitor = door.visitor()
    got = visitor.get("/bank?period=2026-10&entity=B001")
    assert (got.status, got.header("location")) == (303, "/sign-in?next=/bank%3Fperiod%3D2026-10%26entity%3DB001")
    page = visitor.get(got.header("location")).text
    assert 'value="/bank?period=2026-10&amp;entity=B001"' in page and '<html lang="zh-CN">' in page
    for path in ("/_stcore/health", "/_stcore/host-config", "/static/js/main.js", "/media/0f.xlsx", "/pilot.js"):
        assert visitor.get(path, accept="*/*").status == 401
    assert visitor.websocket(b"run") == [{"type": "websocket.close", "code": 1008}]
    assert door.inner.seen == []


def test_a_link_from_another_site_is_followed_by_a_page_of_ours(door):
    """The browser holds the cookie back on a way from elsewhere: our page leads there once more, and it comes along."""
    got = door.visitor().get("/bank?period=2026-10", sec_fetch_site="cross-site")
    assert got.status == 200 and 'content="0;url=/bank?period=2026-10"' in got.text


def test_who_has_signed_in_is_held_by_the_session_whatever_the_headers_say(door):
    visitor = door.signed_in()
    got = visitor.get("/", x_pilot_holder="session-999", x_forwarded_for="1.2.3.4", x_forwarded_proto="http")
    assert (got.status, got.text) == (200, "inner")
    assert door.inner.holder == f"session-{sessions.living(door.home)[0].number}"
    named = {name for name, _ in door.inner.seen[-1]["headers"]}
    assert not named & {b"x-forwarded-for", b"x-forwarded-proto"}
    assert got.cookies == ["_xsrf=1; Path=/; Secure"] and got.header("strict-transport-security")


def test_a_configured_proxy_alone_may_say_from_where(door):
    for address, stated, kept in (
        ("10.0.0.7", "1.2.3.4", "10.0.0.7"),
        ("10.9.0.1", "1.2.3.4, 10.0.0.8", "10.0.0.8"),
        ("10.9.0.1", "6.6.6.6, 10.0.0.8, 10.9.0.2", "10.0.0.8"),
        ("10.9.0.1", "<script>", ""),
    ):
        fields = {"name": "张三", "password": "x"}
        door.visitor(address=address).post("/sign-in", fields, x_forwarded_for=stated)
        assert looks(door.home)[0].address == kept


def test_the_framework_is_told_from_where_and_by_the_gate_alone(door):
    """Behind a proxy that is configured it is whom that names; what a visitor says of itself is thrown away."""
    visitor = door.signed_in()
    for address, stated, told in (("10.0.0.7", "1.2.3.4", "10.0.0.7"), ("10.9.0.1", "10.0.0.8", "10.0.0.8")):
        visitor.address = address
        visitor.get("/", x_pilot_address="6.6.6.6", x_forwarded_for=stated)
        assert door.inner.address == told
        visitor.websocket(b"run")
        assert door.inner.address == address  # here nobody has named another


def test_two_cookies_of_one_name_are_none(door):
    visitor = door.signed_in()
    ((name, value),) = visitor.cookies.items()
    visitor.cookies = {}
    assert visitor.get("/", cookie=f"{name}=other; {name}={value}").status == 303


def test_a_copied_cookie_dies_with_its_session(door):
    visitor = door.signed_in()
    copy = Visitor(door.gate, cookies=dict(visitor.cookies), address="10.0.0.99")
    assert copy.get("/").text == "inner"
    assert visitor.post("/sign-out").header("location") == "/sign-out/done"
    assert visitor.cookies == {} and copy.get("/").status == 303
    assert copy.websocket(b"run") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("how", ["disabled", "ended", "idle", "absolute"])
def test_an_open_page_ends_with_its_session(door, how):
    def end():
        if how == "disabled":
            register(door.home, "张三", "analyst", disabled=True)
        elif how == "ended":
            sessions.end(door.home, sessions.living(door.home)[0].number, sessions.BY_ADMINISTRATOR, "赵六")
        else:
            door.clock.pass_by({"idle": 31 * 60, "absolute": 8 * 3600 + 1}[how])

    visitor = door.signed_in()
    sent = visitor.websocket(b"first", end, b"second", b"third")
    assert door.inner.messages == [b"first"]
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert visitor.get("/").status == 303


def test_files_and_uploads_are_their_sessions_alone(door, monkeypatch):
    visitor, other = door.signed_in(), door.signed_in("李四")
    first = f"session-{sessions.living(door.home)[1].number}"
    monkeypatch.setitem(framework._holders, "0f" * 16, {first})
    monkeypatch.setattr(framework, "holder_of", {"streamlit-of-zhang": first}.get)
    for path, method in ((f"/media/{'0f' * 16}.xlsx", "GET"), ("/_stcore/upload_file/streamlit-of-zhang/f", "PUT")):
        got = visitor.ask(method, path, origin=visitor.origin)
        assert got.text == "inner" and (got.header("cache-control") == "no-store") is path.startswith("/media")
        got = other.ask(method, path, origin=other.origin)
        assert got.status == 403 and "不属于您的会话" in got.text
        assert door.visitor().ask(method, path, origin=other.origin).status == 401
    assert visitor.ask("PUT", "/_stcore/upload_file/unknown/f", origin=visitor.origin).status == 403
    assert visitor.get(f"/media/{'1f' * 16}.xlsx").status == 403


def test_what_nobody_needs_is_closed_and_health_is_for_whom_configuration_names(door):
    visitor = door.signed_in()
    for path in (
        "/_stcore/metrics",
        "/auth/login",
        "/oauth2callback",
        "/_stcore/agent/run",
        "/_stcore/script-health-check",
    ):
        assert visitor.get(path).status == 404
    assert visitor.get("/_stcore/health").text == "inner"  # the page itself asks for it
    monitor = door.visitor(host="10.0.0.1:8501", address="10.8.0.1")
    assert monitor.get("/_stcore/metrics").text == monitor.get("/_stcore/health").text == "inner"
    assert monitor.get("/_stcore/metrics", x_forwarded_for="10.0.0.7").status == 403
    assert monitor.get("/").status == 403


def test_a_store_that_is_locked_or_broken_is_told_in_one_sentence(door, monkeypatch):
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.05)
    store._open.cache_clear()
    visitor = door.signed_in()
    door.clock.pass_by(60)
    with sqlite3.connect(door.home.access, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert visitor.get("/").text == "inner"  # who is in stays in
        got = door.visitor().post("/sign-in", {"name": "李四", "password": GOOD})
        other.execute("ROLLBACK")
    assert got.status == 503 and "正被另一个程序占用" in alert(got.text) and "日志编号" in alert(got.text)
    monkeypatch.setitem(entrance.ROUTES, ("GET", "/sign-in"), lambda asked, fields: 1 / 0)
    got = visitor.get("/sign-in")
    assert got.status == 500 and "已记入日志" in alert(got.text) and "Zero" not in got.text and "Trace" not in got.text


def test_the_demonstration_tells_browsers_apart_by_a_cookie(demonstration, monkeypatch):
    one, other = demonstration.visitor(**LOCAL), demonstration.visitor(**LOCAL)
    assert one.get("/_stcore/health", accept="*/*").status == 401
    assert one.websocket(b"run") == [{"type": "websocket.close", "code": 1008}]
    (made,) = [line for line in one.get("/").cookies if line.startswith("pilot-browser")]
    assert "HttpOnly" in made and "SameSite=Strict" in made
    first = demonstration.inner.holder
    assert one.websocket(b"run")[-1]["type"] == "websocket.send" and demonstration.inner.holder == first
    monkeypatch.setitem(framework._holders, "0f" * 16, {first})
    other.get("/")
    assert demonstration.inner.holder != first
    assert one.get(f"/media/{'0f' * 16}.csv").status == 200 and other.get(f"/media/{'0f' * 16}.csv").status == 403
    assert one.get("/sign-state").text == "demonstration" and one.get("/sign-in").header("location") == "/"


@pytest.mark.parametrize(
    "facts",
    [
        {"server": "192.168.1.7"},
        {"server": "fe80::1"},
        {"host": "evil.example:8501"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_the_demonstration_is_for_this_machine_alone(demonstration, facts):
    got = demonstration.visitor(**(LOCAL | facts)).get("/")
    assert got.status == 403 and "只对本机开放" in got.text


@pytest.mark.parametrize("origin", ["", "http://127.0.0.1:9999", "http://evil.example"])
def test_another_port_of_this_machine_is_another_page(demonstration, origin):
    visitor = demonstration.visitor(**LOCAL)
    visitor.get("/")
    assert visitor.websocket(b"run", origin=origin) == [{"type": "websocket.close", "code": 1008}]
