"""Accounts: name and password held against what is kept, with patience, and one-time codes that count once."""

from __future__ import annotations

import pyotp
import pytest

from contract.errors import SignInRefused
from contract.settings import Home
from ledger.access import accounts, failures, passwords
from ledger.access.accounts import account_of, check_code, set_password, with_password
from tests.ledger.access.registered import Clock

GOOD = "三只灰鸽子飞过永定河，天晴"
HERE, THERE = "10.0.0.7", "10.0.0.8"


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def home(own_home, clock) -> Home:
    home = Home(own_home)
    accounts.keep(home, "张三", password=passwords.kept(GOOD))
    return home


def refusal(home: Home, name: str, password: str, address: str = HERE) -> str:
    with pytest.raises(SignInRefused) as refused:
        with_password(home, name, password, address)
    return str(refused.value)


def test_name_in_any_spelling_and_password_let_in(home):
    assert with_password(home, " 张 三", GOOD, HERE).name == "张三"


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(home):
    accounts.keep(home, "李四", password=passwords.kept(GOOD), disabled=True)
    told = {refusal(home, "张三", "x"), refusal(home, "无名", GOOD), refusal(home, "李四", GOOD), refusal(home, "", "")}
    assert told == {"用户名或口令不对"}


def test_after_five_failures_even_the_right_password_waits(home, clock):
    for _ in range(failures.MOST_OF_ACCOUNT):
        refusal(home, "张三", "x")
    assert "15分钟后" in refusal(home, "张三", GOOD, THERE)
    clock.pass_by(failures.WITHIN_SECONDS + 1)
    assert with_password(home, "张三", GOOD, HERE)


def test_who_gets_in_has_failed_no_more(home):
    for _ in range(3):
        for _ in range(failures.MOST_OF_ACCOUNT - 1):
            refusal(home, "张三", "x")
        with_password(home, "张三", GOOD, HERE)


def test_an_address_that_fails_under_many_names_waits_too(home, monkeypatch):
    monkeypatch.setattr(failures, "MOST_OF_ADDRESS", 8)
    for number in range(8):
        refusal(home, f"无名{number}", "x")
    assert "分钟后" in refusal(home, "张三", GOOD)
    assert with_password(home, "张三", GOOD, THERE)


def test_a_clock_set_back_holds_nobody_up_for_longer(home, clock):
    clock.pass_by(86400)
    for _ in range(failures.MOST_OF_ACCOUNT):
        refusal(home, "张三", "x")
    clock.pass_by(-86400)
    assert with_password(home, "张三", GOOD, HERE)


def test_a_first_password_is_over_after_a_week(home, clock):
    accounts.keep(home, "张三", first_until=clock.at + accounts.FIRST_SECONDS)
    assert with_password(home, "张三", GOOD, HERE).must_change
    clock.pass_by(accounts.FIRST_SECONDS + 1)
    assert "初始口令已过期" in refusal(home, "张三", GOOD)


def test_a_password_of_ones_own_is_another_than_before(home):
    account = account_of(home, "张三")
    with pytest.raises(SignInRefused, match="与原来的不同"):
        set_password(home, account, GOOD)
    set_password(home, account, GOOD + "了")
    assert "不对" in refusal(home, "张三", GOOD) and with_password(home, "张三", GOOD + "了", HERE)


def test_a_code_lets_in_once(home, clock):
    secret = passwords.new_code_secret()
    accounts.keep(home, "张三", code_secret=secret)
    account, code = account_of(home, "张三"), pyotp.TOTP(secret).at(clock.at)
    check_code(home, account, code, HERE)
    with pytest.raises(SignInRefused, match="已用过"):
        check_code(home, account, code, HERE)
    for _ in range(failures.MOST_OF_ACCOUNT - 1):
        with pytest.raises(SignInRefused, match="验证码不对"):
            check_code(home, account, "000000", HERE)
    clock.pass_by(30)
    with pytest.raises(SignInRefused, match="分钟后"):
        check_code(home, account, pyotp.TOTP(secret).at(clock.at), HERE)


def test_a_subject_is_linked_to_one_name(home):
    accounts.link(home, "https://id.example", "42", "张三")
    assert accounts.linked(home, "https://id.example", "42") == "张三"
    assert (
        accounts.linked(home, "https://other.example", "42") == accounts.linked(home, "https://id.example", "4") == ""
    )
    accounts.link(home, "https://id.example", "42", "")
    assert accounts.links(home) == []
