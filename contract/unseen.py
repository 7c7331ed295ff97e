"""Characters that nobody sees: control codes, and those that turn the direction of writing or have no width."""

from __future__ import annotations

import re

# C0 but tab and line ends, DEL, C1, soft hyphen; zero-width and direction marks; line and paragraph separators;
# lone surrogates (undecodable bytes of a file's name); what Unicode has declared no character.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
MOST_SHOWN = 80


def shown(text: str) -> str:
    """A name fit to be shown and kept: an unseen character as its number, `<U+202E>`, and cut where it is long."""
    seen = UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", re.sub(r"[\t\r\n]+", " ", text))
    return seen if len(seen) <= MOST_SHOWN else f"{seen[:MOST_SHOWN]}…（共{len(text)}字）"
