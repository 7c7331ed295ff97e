"""Signing in through a certified OpenID provider that runs here, and everything that can be wrong with its word."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from casework.access.accounts import link_subject, unlink_subject
from contract.errors import SignInRefused
from contract.settings import Home
from ledger.access import store
from ledger.access.configured import Provider
from ledger.access.sessions import living
from ledger.audit import looks
from pages.gate import entrance
from pages.gate.gate import Gate
from pages.gate.provider import OpenId, recent_enough, strong_enough
from scripts.serving.alone import IS_INSTALLED, certify
from scripts.serving.declaration import read as declared
from tests.ledger.access.registered import register, register_all
from tests.pages.gate.conftest import configure
from tests.pages.gate.visitor import Got, Inner, Visitor, alert

US = "http://127.0.0.1:8501"
BACK = f"{US}/sign-in/callback"
SUBJECT = "employee-42"


@dataclass(frozen=True)
class Running:
    """The provider's process and its address."""

    process: subprocess.Popen[str]
    issuer: str


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    script = Path(__file__).with_name("provider.mjs")
    process = subprocess.Popen(
        ["node", script, BACK, f"{US}/sign-out/done"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    lines = iter(process.stdout.readline, "")
    issuer = next((line.strip() for line in lines if line.startswith("http")), "")
    assert issuer, "the provider did not start"
    yield Running(process, issuer)
    process.terminate()
    process.wait(timeout=10)


@dataclass
class Desk:
    """A gate that knows the provider, a browser before it, and the same browser at the provider."""

    home: Home
    gate: Gate
    browser: Visitor
    there: requests.Session

    def lead(self) -> str:
        """To where our gate sends the browser."""
        got = self.browser.get("/sign-in/provider?next=/bank")
        assert got.status == 303, got.text
        return got.header("location")

    def sign_in_there(self, address: str, subject: str = SUBJECT) -> str:
        """Name and password at the provider, and consent; gives the address to which it sends the browser back."""
        answer = self.there.get(address, allow_redirects=False)
        for _ in range(12):
            if answer.is_redirect:
                onward = requests.compat.urljoin(answer.url, answer.headers["location"])
                if onward.startswith(US):
                    return onward
                answer = self.there.get(onward, allow_redirects=False)
                continue
            action = unescape(re.search(r'<form[^>]* action="([^"]+)"', answer.text)[1])
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)[1]
            fields = {"prompt": prompt} | ({"login": subject, "password": "x"} if prompt == "login" else {})
            answer = self.there.post(action, data=fields, allow_redirects=False)
        raise AssertionError("the provider does not lead back")

    def back(self, address: str) -> Got:
        return self.browser.get(address.removeprefix(US), sec_fetch_site="cross-site")

    def sign_in(self, subject: str = SUBJECT) -> Got:
        return self.back(self.sign_in_there(self.lead(), subject))


def with_provider(home: Home, issuer: str, wait: float = 5, more: str = "") -> Gate:
    configure(
        home,
        f'sign_in = ["accounts", "oidc"]\n[server]\npublic = "{US}"\n[oidc]\nissuer = "{issuer}"\nclient_id = "pilot"\n'
        f'client_secret = "pilot-secret-of-the-tests"\nwait_seconds = {wait}\n{more}',
    )
    return Gate(Inner())


def browser_before(gate: Gate) -> Visitor:
    return Visitor(gate, host="127.0.0.1:8501", origin=US)


def desk_at(own_home: Path, issuer: str, more: str = "") -> Desk:
    """A new desk whose provider knows one person; `more` is configured of the provider."""
    home = register_all(Home(own_home))
    gate = with_provider(home, issuer, more=more)
    entrance.open_id.cache_clear()
    link_subject(home, issuer, SUBJECT, "张三", "赵六")
    return Desk(home, gate, browser_before(gate), requests.Session())


@pytest.fixture
def desk(own_home, provider) -> Desk:
    return desk_at(own_home, provider.issuer)


def refusal(got: Got) -> str:
    """What a page says that lets nobody in, having seen that it does not."""
    assert got.status in (401, 403, 502)
    return alert(got.text)


def test_a_linked_subject_comes_in_and_goes_out_at_both(desk, provider):
    leads = desk.lead()
    asked = parse_qs(urlsplit(leads).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["state"][0]) >= 43 and asked["nonce"]
    got = desk.back(desk.sign_in_there(leads))
    assert got.status == 200 and 'content="0;url=/bank"' in got.text  # from here on it is our page that leads
    (session,) = living(desk.home)
    assert (session.name, session.way) == ("张三", "统一身份认证")
    assert desk.browser.get("/bank").text == "inner" and "口令在那里更换" in desk.browser.get("/sign-in/own").text
    got = desk.browser.post("/sign-out")
    away = unescape(re.search(r'content="0;url=([^"]+)"', got.text)[1])
    assert living(desk.home) == [] and away.startswith(provider.issuer) and "id_token_hint=" in away
    assert desk.there.get(away).status_code == 200  # it knows the token and the way back, and asks whether to leave
    assert looks(desk.home)[0].kind == "signed_out"


def test_an_unknown_subject_gets_a_clear_page_and_no_data(desk):
    said = refusal(desk.sign_in("stranger"))
    assert "没有登记这一用户" in said and "stranger" in said
    assert living(desk.home) == [] and desk.browser.get("/").status == 303
    assert looks(desk.home)[0].what == "用户标识没有对应的使用者" and "stranger" not in looks(desk.home)[0].selection


def test_a_disabled_user_does_not_come_in_and_an_unlinked_one_goes_out(desk, provider):
    desk.sign_in()
    unlink_subject(desk.home, provider.issuer, SUBJECT, "赵六")
    assert living(desk.home) == []
    link_subject(desk.home, provider.issuer, SUBJECT, "张三", "赵六")
    register(desk.home, "张三", "analyst", disabled=True)
    assert "已停用" in refusal(desk.sign_in())


def test_changed_keys_are_asked_for(desk, provider, monkeypatch):
    desk.sign_in()
    monkeypatch.setattr("pages.gate.provider.AGAIN_SECONDS", 0)
    requests.post(f"{provider.issuer}/test/keys", timeout=5)
    desk.there = requests.Session()
    assert desk.sign_in().status == 200 and len(living(desk.home)) == 1


def test_a_code_is_good_once_for_the_browser_that_asked(desk):
    back = desk.sign_in_there(desk.lead())
    other = browser_before(desk.gate)
    assert "不是由本浏览器发起" in refusal(other.get(back.removeprefix(US)))
    copied = dict(desk.browser.cookies)
    assert desk.back(back).status == 200
    again = Visitor(desk.gate, host="127.0.0.1:8501", origin=US, cookies=copied)
    assert "已办过" in refusal(again.get(back.removeprefix(US)))
    state = parse_qs(urlsplit(desk.lead()).query)["state"][0]
    used = f"/sign-in/callback?{urlencode({'code': parse_qs(urlsplit(back).query)['code'][0], 'state': state})}"
    assert "没有接受这次登录" in refusal(desk.browser.get(used))
    state = parse_qs(urlsplit(desk.lead()).query)["state"][0]
    denied = f"/sign-in/callback?{urlencode({'error': 'access_denied', 'state': state})}"
    assert "没有同意" in refusal(desk.browser.get(denied))
    lead = desk.lead()
    wrong = desk.sign_in_there(lead).replace(parse_qs(urlsplit(lead).query)["state"][0], "x" * 43)
    assert "不是由本浏览器发起" in refusal(desk.back(wrong))


def test_a_token_for_another_step_is_none(desk):
    lead = desk.lead()
    nonce = parse_qs(urlsplit(lead).query)["nonce"][0]
    assert "凭据无效" in refusal(desk.back(desk.sign_in_there(lead.replace(nonce, "n" * 43))))


@pytest.mark.parametrize(("ahead", "comes_in"), [(-45, True), (340, True), (-200, False), (400, False)])
def test_clocks_may_differ_by_a_minute_and_an_old_token_is_over(desk, monkeypatch, ahead, comes_in):
    """A token lives five minutes at this provider; our clock is `ahead` seconds of its."""
    monkeypatch.setattr(store, "seconds", lambda: time.time() + ahead)
    got = desk.sign_in()
    assert got.status == 200 if comes_in else "核对两边的时钟" in refusal(got)


@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({"acr": "urn:two", "amr": ["pwd", "otp"]}, True),
        ({"acr": "urn:three", "amr": ["hwk"]}, True),
        ({"acr": "urn:one", "amr": ["otp"]}, False),
        ({"acr": "urn:two", "amr": ["pwd"]}, False),
        ({"acr": "urn:two", "amr": "otp"}, False),
        ({"acr": ["urn:two"], "amr": ["otp"]}, False),
        ({}, False),
    ],
)
def test_a_way_in_that_is_too_weak_is_told_by_the_token(claims, strong):
    asks = Provider("https://id.example", "pilot", acr=("urn:two", "urn:three"), amr=("otp", "hwk"))
    assert strong_enough(asks, claims) is strong
    assert strong_enough(Provider("https://id.example", "pilot"), claims)


def test_a_provider_that_does_not_say_how_strongly_lets_nobody_in(own_home, provider):
    desk = desk_at(own_home, provider.issuer, 'acr = "urn:two"\n')
    lead = desk.lead()
    assert parse_qs(urlsplit(lead).query)["acr_values"] == ["urn:two"]
    assert "登录方式不够强" in refusal(desk.back(desk.sign_in_there(lead))) and living(desk.home) == []


def test_who_signed_in_there_too_long_ago_or_does_not_say_when_signs_in_anew(own_home, provider):
    asks = Provider("https://id.example", "pilot", max_age_minutes=10, skew_seconds=60)
    told = {at: recent_enough(asks, {"auth_time": at}, 1_000_000) for at in (999_400, 999_340, 999_339, "999400", None)}
    assert told == {999_400: True, 999_340: True, 999_339: False, "999400": False, None: False}
    assert recent_enough(Provider("https://id.example", "pilot"), {}, 1_000_000)

    desk = desk_at(own_home, provider.issuer, "max_age_minutes = 10\n")
    lead = desk.lead()
    assert parse_qs(urlsplit(lead).query)["max_age"] == ["600"]
    assert "重新登录" in refusal(desk.back(desk.sign_in_there(lead.replace("max_age=600", ""))))
    assert living(desk.home) == []
    assert desk.sign_in().status == 200 and len(living(desk.home)) == 1


def test_an_answer_of_another_issuer_is_not_believed(desk):
    back = desk.sign_in_there(desk.lead())
    stated = parse_qs(urlsplit(back).query)["iss"][0]
    lies = back.replace(urlencode({"iss": stated}), urlencode({"iss": "https://evil.example"}))
    assert "来自另一处" in refusal(desk.back(lies))


@pytest.mark.parametrize("how", ["down", "slow"])
def test_a_provider_that_is_down_or_slow_is_told_in_one_sentence(own_home, how):
    home = register_all(Home(own_home))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if how == "slow":
            listening.listen()  # and nobody ever answers
        gate = with_provider(home, f"http://127.0.0.1:{listening.getsockname()[1]}", wait=0.3)
        began = time.monotonic()
        got = browser_before(gate).get("/sign-in/provider")
        assert time.monotonic() - began < 5
    assert got.status == 502 and "统一身份认证暂时不能使用" in alert(got.text) and "用户名" not in got.text


def test_a_provider_with_another_name_than_configured_is_refused(own_home, provider):
    gate = with_provider(register_all(Home(own_home)), provider.issuer.replace("127.0.0.1", "localhost"))
    assert "与配置不符" in refusal(browser_before(gate).get("/sign-in/provider"))


class Named(BaseHTTPRequestHandler):
    """A provider's metadata, by TLS."""

    def do_GET(self):
        issuer = f"https://localhost:{self.server.server_port}"
        body = json.dumps({"issuer": issuer, "authorization_endpoint": f"{issuer}/auth"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.skipif(not IS_INSTALLED, reason="openssl is not installed")
def test_a_certificate_of_the_offices_own_authority_is_taken_where_it_is_named(tmp_path):
    named, key = tmp_path / "ca.crt", tmp_path / "ca.key"
    certify(replace(declared(), host="localhost", certificate=str(named), certificate_key=str(key)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(named, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Named) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        issuer = f"https://localhost:{server.server_port}"
        step = (BACK, "state", "nonce", "v" * 43)
        assert OpenId(Provider(issuer, "pilot", ca=str(named))).way_in(*step).startswith(f"{issuer}/auth?")
        with pytest.raises(SignInRefused, match="暂时不能使用"):
            OpenId(Provider(issuer, "pilot")).way_in(*step)
        server.shutdown()
