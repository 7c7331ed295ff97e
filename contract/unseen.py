"""Characters that nobody sees: control codes, and those that turn the direction of writing or have no width."""

from __future__ import annotations

import re
import unicodedata

# C0 but tab and line ends, DEL, C1, soft hyphen; zero-width and direction marks; line and paragraph separators;
# lone surrogates (undecodable bytes of a file's name); what Unicode has declared no character.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
MOST_SHOWN = 80
# Letters and marks by their class that are drawn as nothing: joiners, fillers, selectors of a character's variant.
DRAWN_AS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
UNSEEN_CLASSES = ("Cc", "Cf")
# Drawn as nothing, as an empty box or as whatever a font likes: private, unassigned and broken characters, and others.
DRAWN_AS_ANYTHING = ("Co", "Cn", "Cs")
PLANES_OF_HAN = range(0x20000, 0x40000)  # rare characters of names, assigned year by year
NO_LETTER = "\ufffc\ufffd\U0001d159\U00016fe4"


def without_unseen(text: str) -> str:
    """A text without what nobody sees; a line end or tab is a space, so that it still parts two words."""
    seen = DRAWN_AS_NOTHING.sub("", UNSEEN.sub("", re.sub(r"[\t\r\n]+", " ", text)))
    return "".join(char for char in seen if unicodedata.category(char) not in UNSEEN_CLASSES)


def shown(text: str) -> str:
    """A name fit to be shown and kept: an unseen character as its number, `<U+202E>`, and cut where it is long."""
    seen = UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", re.sub(r"[\t\r\n]+", " ", text))
    return seen if len(seen) <= MOST_SHOWN else f"{seen[:MOST_SHOWN]}…（共{len(text)}字）"


def not_surely_seen(text: str) -> str:
    """The characters of a text of which a reader cannot be sure to see anything, each once, as `U+E000`."""
    odd = (
        char
        for char in text
        if char in NO_LETTER or (unicodedata.category(char) in DRAWN_AS_ANYTHING and ord(char) not in PLANES_OF_HAN)
    )
    return "、".join(dict.fromkeys(f"U+{ord(char):04X}" for char in odd))
