"""Passwords: the worst are refused, the kept ones are argon2id, and a one-time code counts once."""

from __future__ import annotations

import pyotp
import pytest

from contract.errors import SignInRefused
from ledger.access import passwords

GOOD = "三只灰鸽子飞过永定河"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("短口令", "12至128"),
        ("x" * 129, "12至128"),
        ("password1234", "最常见"),  # a common one with digits after it
        ("1qaz2wsx3edc", "最常见"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "最常见"),  # the same in full width
        ("qwertyqwerty", "最常见"),  # twice
        ("aabbccaabbcc", "不同的字符"),
        ("zhangsan2026", "姓名"),
        ("pilot-beijing-26", "姓名"),
    ],
)
def test_what_is_guessed_first_is_refused(password, told):
    with pytest.raises(SignInRefused, match=told):
        passwords.check_new(password, "zhangsan")


@pytest.mark.parametrize("password", [GOOD + "，天晴", "correct horse battery", "zhangsan likes tea and rain"])
def test_a_sentence_passes(password):
    passwords.check_new(password, "zhangsan")


def test_more_than_three_thousand_are_listed():
    assert len(passwords.worst()) > 3000
    assert all(line == line.casefold().strip() for line in passwords.worst())


def test_a_password_is_kept_by_argon2id_and_never_twice_the_same():
    one, other = passwords.kept(GOOD), passwords.kept(GOOD)
    assert one.startswith("$argon2id$") and one != other and GOOD not in one
    assert passwords.fits(GOOD, one) and not passwords.fits(GOOD + "x", one)
    assert not passwords.fits(GOOD, "") and not passwords.fits("", "")


def test_first_passwords_pass_the_rule_and_differ():
    made = {passwords.first_password() for _ in range(50)}
    assert len(made) == 50
    for one in made:
        passwords.check_new(one, "张三")


def test_a_code_counts_once_and_only_about_now():
    secret = passwords.new_code_secret()
    now = 1_800_000_000.0
    code = pyotp.TOTP(secret).at(now)
    step = passwords.code_step(secret, code, now, after=0, around=0)
    assert step == now // 30
    assert passwords.code_step(secret, code, now, after=step, around=1) is None  # used
    assert passwords.code_step(secret, code, now + 29, after=0, around=1) == step  # a clock that is a little late
    assert passwords.code_step(secret, code, (step + 1) * 30, after=0, around=0) is None  # its own half minute alone
    assert passwords.code_step(secret, code, now + 120, after=0, around=1) is None
    full_width = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert passwords.code_step(secret, full_width, now, after=0, around=0) == step
