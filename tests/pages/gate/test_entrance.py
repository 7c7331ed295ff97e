"""Signing in and out by an account, step by step, and each way in which it goes wrong: one sentence, one entry."""

from __future__ import annotations

import pyotp
import pytest

from casework.access.accounts import create_account, disable_account, first_account
from ledger.access import accounts, passwords, sessions
from ledger.access.sessions import living
from ledger.audit import looks
from pages.gate.asking import own_path
from tests.ledger.access.registered import register
from tests.pages.gate.conftest import ACCOUNTS, GOOD, configure
from tests.pages.gate.visitor import Visitor, alert, fields_of

MINE = "另一句自己想出来的话，很长"


def test_a_session_begins_with_a_cookie_that_no_script_and_no_other_host_gets(door):
    visitor = door.visitor()
    page = visitor.get("/sign-in?next=/bank").text
    got = visitor.post("/sign-in", fields_of(page) | {"name": "张三", "password": GOOD})
    assert (got.status, got.header("location")) == (303, "/bank")
    (cookie,) = [line for line in got.cookies if line.startswith("__Host-pilot-session=")]
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= set(cookie.split("; ")) and "Max-Age" not in cookie
    assert got.header("cache-control") == "no-store"
    entry = looks(door.home)[0]
    assert (entry.kind, entry.user, entry.role, entry.address) == ("signed_in", "张三", "analyst", "10.0.0.7")
    assert visitor.get("/sign-in?next=/bank").header("location") == "/bank"  # who is in needs no form


def test_what_is_wrong_is_one_sentence_and_one_entry_without_the_password(door):
    visitor = door.visitor()
    for name, user in (("张三", "张三"), ("我的口令写错了地方", "未知用户")):
        got = visitor.post("/sign-in", {"name": name, "password": "geheim-1234"})
        assert got.status == 401 and alert(got.text) == "用户名或口令不对" and not living(door.home)
        assert (looks(door.home)[0].kind, looks(door.home)[0].user) == ("sign_in_refused", user)
    record = door.home.audit.read_bytes() + door.home.audit.with_name("audit.db-wal").read_bytes()
    assert b"geheim" not in record and "写错了地方".encode() not in record
    for _ in range(4):
        got = visitor.post("/sign-in", {"name": "张三", "password": "x"})
    assert "分钟后再试" in alert(visitor.post("/sign-in", {"name": "张三", "password": GOOD}).text)


def test_a_disabled_account_or_user_does_not_come_in(door):
    register(door.home, "李四", "supervisor", disabled=True)
    assert "尚未登记" in alert(door.visitor().post("/sign-in", {"name": "李四", "password": GOOD}).text)
    disable_account(door.home, "张三", "赵六")
    assert alert(door.visitor().post("/sign-in", {"name": "张三", "password": GOOD}).text) == "用户名或口令不对"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out", "/media/0f",
     "bank", "/a\r\nset-cookie: x=1", "/" + "x" * 3000],
)  # fmt: skip
def test_only_our_own_pages_are_returned_to(wanted):
    assert own_path(wanted) == "/"


def test_a_first_password_is_given_once_and_changed_at_once(door):
    first = create_account(door.home, "孙七", "赵六")
    visitor = door.visitor()
    got = visitor.post("/sign-in", {"name": "孙七", "password": first, "next": "/bank"})
    assert got.status == 200 and "首次登录" in got.text and not living(door.home)
    kept, step = fields_of(got.text), dict(visitor.cookies)
    for new, again, told in (
        (MINE, "x", "两次输入"),
        ("password1234", "password1234", "最常见"),
        (first, first, "不同"),
    ):
        assert told in alert(visitor.post("/sign-in/password", kept | {"new": new, "again": again}).text)
    got = visitor.post("/sign-in/password", kept | {"new": MINE, "again": MINE})
    assert (got.status, got.header("location")) == (303, "/bank") and len(living(door.home)) == 1
    again = Visitor(door.gate, cookies=step).post("/sign-in/password", kept | {"new": GOOD, "again": GOOD})
    assert "已办过" in alert(again.text)  # the step's token, a second time
    assert alert(door.visitor().post("/sign-in", {"name": "孙七", "password": first}).text) == "用户名或口令不对"
    assert door.visitor().post("/sign-in", {"name": "孙七", "password": MINE}).status == 303


def test_one_time_codes_are_added_by_their_holder_and_asked_for_from_then_on(door):
    visitor = door.signed_in()
    page = visitor.get("/sign-in/own").text
    secret = page.partition("<code>")[2].partition("</code>")[0].replace(" ", "")
    assert "验证码不对" in alert(
        visitor.post("/sign-in/own", {"act": "codes", "password": GOOD, "code": "000000"}).text
    )
    code = pyotp.TOTP(secret).at(door.clock.at)
    assert "不对" in alert(visitor.post("/sign-in/own", {"act": "codes", "password": "x", "code": code}).text)
    assert (
        visitor.post("/sign-in/own", {"act": "codes", "password": GOOD, "code": code}).header("location") == "/sign-in"
    )
    assert living(door.home) == [] and "验证方式已更换" in visitor.get("/sign-in").text
    other = door.visitor()
    got = other.post("/sign-in", {"name": "张三", "password": GOOD})
    assert got.status == 200 and "验证码" in got.text and "__Host-pilot-session" not in other.cookies
    assert "已用过" in alert(other.post("/sign-in/code", {"code": code}).text)
    door.clock.pass_by(30)
    copied = dict(other.cookies)
    fresh = pyotp.TOTP(secret).at(door.clock.at)
    assert other.post("/sign-in/code", {"code": fresh}).status == 303
    assert "已办过" in alert(Visitor(door.gate, cookies=copied).post("/sign-in/code", {"code": fresh}).text)


def test_codes_can_be_required_of_everybody(door):
    configure(door.home, ACCOUNTS + '[accounts]\ncode = "required"\n')
    door.gate.configured = accounts_required = door.gate.configured.__class__(
        **(vars(door.gate.configured) | {"code": "required"})
    )
    assert accounts_required.code == "required"
    visitor = door.visitor()
    page = visitor.post("/sign-in", {"name": "张三", "password": GOOD}).text
    assert "密钥" in page and "新口令" not in page
    secret = page.partition("<code>")[2].partition("</code>")[0].replace(" ", "")
    got = visitor.post("/sign-in/password", {"code": pyotp.TOTP(secret).at(door.clock.at)})
    assert got.status == 303 and accounts.account_of(door.home, "张三").code_secret == secret


def test_a_changed_password_ends_every_session_of_before(door):
    visitor, elsewhere = door.signed_in(), door.signed_in()
    wrong = visitor.post("/sign-in/own", {"act": "password", "password": "x", "new": MINE, "again": MINE})
    assert alert(wrong.text) == "用户名或口令不对"
    got = visitor.post("/sign-in/own", {"act": "password", "password": GOOD, "new": MINE, "again": MINE})
    assert got.header("location") == "/sign-in" and living(door.home) == []
    assert "已更换" in elsewhere.get("/sign-in").text


def test_people_see_their_own_sessions_and_end_the_others(door):
    visitor, elsewhere = door.signed_in(), door.signed_in(address="10.0.0.99")
    door.signed_in("李四")
    page = visitor.get("/sign-in/own").text
    assert page.count("<li>") == 2 and "10.0.0.99" in page and page.count("（本次）") == 1
    assert "不对" in alert(visitor.post("/sign-in/own", {"act": "others", "password": "x"}).text)
    assert "已结束其他1个" in visitor.post("/sign-in/own", {"act": "others", "password": GOOD}).text
    assert elsewhere.get("/").status == 303 and visitor.get("/").status == 200 and len(living(door.home)) == 2


def test_signing_in_again_is_a_new_id_and_ends_the_session_of_before(door):
    visitor = door.signed_in()
    before = dict(visitor.cookies)
    visitor.post("/sign-in", {"name": "李四", "password": GOOD})
    assert [one.name for one in living(door.home)] == ["李四"] and visitor.cookies != before
    assert visitor.get("/sign-state").text == "in 2"  # by which a page that was drawn before knows that it is another's
    assert Visitor(door.gate, cookies=before).get("/").status == 303


def test_signing_out_is_a_page_a_form_and_an_entry(door):
    visitor = door.signed_in()
    assert "现以张三登录" in visitor.get("/sign-out").text
    got = visitor.post("/sign-out")
    assert got.header("clear-site-data") == '"cache", "storage"'
    assert "已退出" in visitor.get("/sign-out/done").text
    assert looks(door.home)[0].kind == "signed_out"
    assert visitor.get("/sign-out").header("location") == "/sign-in"


def test_the_first_administrator_begins_and_is_then_what_the_ledger_says(own_home, door):
    for name, role in (("赵六", "admin"),):
        register(door.home, name, role, disabled=True)
    password = first_account(door.home, "周八")
    visitor = door.visitor()
    kept = fields_of(visitor.post("/sign-in", {"name": "周八", "password": password}).text)
    assert visitor.post("/sign-in/password", kept | {"new": MINE, "again": MINE}).status == 303
    viewer = sessions.viewer_in(door.home, living(door.home)[0])
    assert (viewer.user, viewer.role) == ("周八", "admin")
    register(door.home, "赵六", "admin")
    assert sessions.viewer_in(door.home, living(door.home)[0]) is None


def test_a_form_that_is_none_of_ours_is_told_so(door):
    visitor = door.visitor()
    big = visitor.post("/sign-in", {"name": "x" * 20_000})
    many = visitor.post("/sign-in", {f"f{number}": "1" for number in range(40)})
    odd = visitor.ask("POST", "/sign-in", b"name=\xff\xfe", origin=visitor.origin)
    assert {big.status, many.status, odd.status} == {400}
    assert (
        visitor.get("/sign-in/nowhere").status == 404
        and visitor.ask("PUT", "/sign-in", origin=visitor.origin).status == 404
    )


def test_every_sheet_works_by_keyboard_and_says_its_fields(door):
    page = door.visitor().get("/sign-in").text
    assert (
        page.count("autofocus") == 1 and 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    )
    assert page.count("<label for=") == 2 and "<script" not in page and "style=" not in page
    assert passwords.ISSUER in page
