"""Words from outside as the framework takes them for text: names, titles, notes, file names, sentences with such.

The framework reads most of what it is given as Markdown with signs of its own: links, colours, formulas, icons, arrows.
All of it that did not come from the code goes through `plain` first, or, in HTML of our own, through `html.escape`.
"""

from __future__ import annotations

import re
from html import escape

from contract.unseen import without_unseen
from contract.wording import for_screen

SIGNS = re.compile(r"[\\`*_{}\[\]<>#~$|^&]|^[-+=]|^\d+[.)]")
# What is looked for in the text itself, after its signs have been read: addresses, icons and emoji, arrows and dashes.
FOUND_LATER = re.compile(r"(?<=:)(?=[^\W\d]|[+/-])|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[<>~=-])(?=[<>=-])", re.IGNORECASE)
SHORT = 16  # characters that fit on a line of the narrowest cell
JOINER = "\u2060"  # seen by nobody, and no break


def plain(words: object) -> str:
    """Words as text on one line: nothing in them is taken for markup, and nothing in them is unseen."""
    seen = " ".join(without_unseen(str(words)).split())
    return SIGNS.sub(lambda sign: f"{sign[0][:-1]}\\{sign[0][-1]}", FOUND_LATER.sub(JOINER, seen))


def unbroken(words: str) -> str:
    """Words as HTML that stays on one line where it is short: a name, a number, a figure with its unit."""
    return f'<span class="nowrap">{escape(words)}</span>' if len(words) <= SHORT else escape(words)


def refused(refusal: Exception) -> str:
    """A refusal as a page says it: it may name what was entered."""
    return plain(for_screen(str(refusal)))
