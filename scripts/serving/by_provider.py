"""A browser that comes in by an OpenID provider, goes out at both, and is kept between two starts of the machine.

    python -m scripts.serving.by_provider come ADDRESS SUBJECT NAME KEPT
    python -m scripts.serving.by_provider stranger ADDRESS SUBJECT
    python -m scripts.serving.by_provider leave ADDRESS KEPT
    python -m scripts.serving.by_provider holds|ended ADDRESS KEPT…

ADDRESS is the service's, KEPT a file of cookies. Each ends with an error where it is otherwise than it says. The
provider is one that asks for any name and any password, as the tests' own does. Authorities are those of
`REQUESTS_CA_BUNDLE`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from html import unescape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from benchmarks.viewer import Browser
from scripts.serving.four_users import seen

MOST_FORMS = 6  # a name, consent, and what the provider may ask besides
ONWARD = re.compile(r'content="0;url=([^"]+)"')  # how a page of ours leads on
ALERT = re.compile(r'role="alert">([^<]*)<')
SECONDS = 30


class Walker:
    """One browser: what it keeps of every site that it was on."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.line = requests.Session()

    def come(self, subject: str) -> requests.Response:
        """To our page that says whether the provider's word was taken."""
        return self._through(self._get("/sign-in/provider?next=/"), login=subject, password="of no account here")

    def leave(self) -> requests.Response:
        """Signs out of ours, and says yes at the provider; gives the page at which it ends."""
        answer = self.line.post(f"{self.address}/sign-out", headers={"Origin": self.address}, timeout=SECONDS)
        away = ONWARD.search(answer.text)
        assert away, f"no way leads on to the provider: {answer.status_code}"
        return self._through(self.line.get(unescape(away[1]), timeout=SECONDS), logout="yes")

    def is_asked_who(self) -> bool:
        """Whether the provider asks for a name anew: it has no session of this browser any more."""
        return 'name="login"' in self._get("/sign-in/provider?next=/").text

    def is_in(self) -> bool:
        """Whether our first page is this browser's; else it is led to where one signs in."""
        answer = self.line.get(
            f"{self.address}/", headers={"Accept": "text/html"}, timeout=SECONDS, allow_redirects=False
        )
        return answer.status_code == HTTPStatus.OK

    def says(self) -> str:
        """All that a page says over the websocket."""
        own = {cookie.name: cookie.value for cookie in self.line.cookies if cookie.domain == self._name}
        return asyncio.run(seen(Browser(self.address, cookies=own)))

    def keep(self, file: Path) -> None:
        file.write_text(json.dumps([[one.name, one.value, one.domain] for one in self.line.cookies]), encoding="utf-8")

    def remember(self, file: Path) -> Walker:
        for name, value, domain in json.loads(file.read_text(encoding="utf-8")):
            self.line.cookies.set(name, value, domain=domain)
        return self

    @property
    def _name(self) -> str:
        return urlsplit(self.address).hostname or ""

    def _get(self, path: str) -> requests.Response:
        return self.line.get(self.address + path, timeout=SECONDS)

    def _through(self, answer: requests.Response, **fields: str) -> requests.Response:
        """Fills in the provider's forms until it leads back to us."""
        for _ in range(MOST_FORMS):
            if urlsplit(answer.url).hostname == self._name:
                return answer
            action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            assert action, f"the provider shows no form: {answer.status_code}"
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
            wanted = {name: value for name, value in fields.items() if f'name="{name}"' in answer.text}
            where = urljoin(answer.url, unescape(action[1]))
            answer = self.line.post(where, {**dict(hidden), **wanted}, timeout=SECONDS)
        raise AssertionError("the provider does not lead back")


def come(address: str, subject: str, name: str, kept: str) -> str:
    walker = Walker(address)
    answer = walker.come(subject)
    assert answer.ok and ONWARD.search(answer.text), ALERT.findall(answer.text)
    assert walker.is_in() and name in walker.says()
    walker.keep(Path(kept))
    return f"{name} is let in by the provider's word, and sees a page as that user"


def stranger(address: str, subject: str) -> str:
    walker = Walker(address)
    answer = walker.come(subject)
    (said,) = ALERT.findall(answer.text)
    assert answer.status_code == HTTPStatus.FORBIDDEN and not walker.is_in()
    return f"nobody is linked yet: {unescape(said)}"


def leave(address: str, kept: str) -> str:
    walker = Walker(address).remember(Path(kept))
    assert walker.is_in()
    answer = walker.leave()
    assert urlsplit(answer.url).path == "/sign-out/done", answer.url
    assert not Walker(address).remember(Path(kept)).is_in(), "the cookie kept from before still leads in"
    assert walker.is_asked_who(), "the provider still knows who it is"
    return "signed out of both: neither knows the browser any more"


def holds(address: str, *kept: str) -> str:
    for file in kept:
        assert Walker(address).remember(Path(file)).is_in(), f"{file} does not lead in"
    return f"{len(kept)} sessions go on"


def ended(address: str, *kept: str) -> str:
    for file in kept:
        assert not Walker(address).remember(Path(file)).is_in(), f"{file} still leads in"
    return f"{len(kept)} cookies lead nowhere"


if __name__ == "__main__":
    act, *given = sys.argv[1:]
    print({"come": come, "stranger": stranger, "leave": leave, "holds": holds, "ended": ended}[act](*given))
