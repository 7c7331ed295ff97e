"""How sign-in is configured: the demonstration without a file, and a file that says exactly what it can mean."""

from __future__ import annotations

import pytest

from contract.errors import CallError
from contract.settings import Home
from ledger.access.configured import VARIABLE, sign_in

BOTH = """
sign_in = ["accounts", "oidc"]
[server]
public = "https://pilot.example"
proxies = ["127.0.0.1", "10.1.0.0/16"]
[sessions]
hours = 4
[oidc]
issuer = "https://id.example"
client_id = "pilot"
claim = "employee"
"""


def written(home: Home, text: str, mode: int = 0o600) -> Home:
    home.root.mkdir(parents=True, exist_ok=True)
    path = home.root / "access.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return home


def test_without_a_file_it_is_the_demonstration(own_home):
    assert sign_in(Home(own_home)).demonstration


def test_a_file_says_ways_address_proxies_and_times(own_home):
    found = sign_in(written(Home(own_home), BOTH))
    assert (found.ways, found.host, found.secure) == (("accounts", "oidc"), "pilot.example", True)
    assert [str(one) for one in found.proxies] == ["127.0.0.1/32", "10.1.0.0/16"]
    assert (found.hours, found.idle_minutes, found.watch_seconds, found.code) == (4, 30, 10, "optional")
    assert (found.provider.issuer, found.provider.claim) == ("https://id.example", "employee")
    assert not found.demonstration and found.has_accounts


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"accounts", "oidc"', '"accounts", "demonstration"', "sign_in"),
        ('"accounts", "oidc"', '"ldap"', "sign_in"),
        ("https://pilot.example", "http://pilot.example", "须以https://开头"),
        ("https://pilot.example", "https://pilot.example/path", "不带路径"),
        ('"10.1.0.0/16"', '"proxy"', "应为地址或网段"),
        ("hours = 4", "hours = 9", "至多8"),
        ("hours = 4", "hours = true", "不是应有的类型"),
        ("hours = 4", "watch_seconds = 60", "sessions.watch_seconds应大于0，至多10"),
        ("hours = 4", "hour = 4", "sessions.hour不认识"),
        ('claim = "employee"', 'claims = "employee"', "oidc.claims不认识"),
        ("https://id.example", "http://id.example", "oidc.issuer须以https://开头"),
        ('client_id = "pilot"', "", "须有issuer和client_id"),
        ('claim = "employee"', "max_age_minutes = 481", "oidc.max_age_minutes应为0至480"),
        ('claim = "employee"', 'ca = "/nobodys/ca.crt"', "oidc.ca应为本系统能读取的PEM证书文件"),
        ('claim = "employee"', f'ca = "{__file__}"', "oidc.ca应为本系统能读取的PEM证书文件"),
        ("[oidc]", "[oidc", "TOML"),
    ],
)
def test_what_cannot_be_is_told_by_its_name(own_home, old, new, told):
    assert old in BOTH
    with pytest.raises(CallError, match=told):
        sign_in(written(Home(own_home), BOTH.replace(old, new, 1)))


def test_a_file_that_others_can_read_is_refused(own_home):
    with pytest.raises(CallError, match="chmod 600"):
        sign_in(written(Home(own_home), BOTH, mode=0o640))


def test_a_file_that_is_named_and_not_there_is_no_demonstration(own_home, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(own_home / "elsewhere.toml"))
    with pytest.raises(CallError, match="不存在"):
        sign_in(Home(own_home))
