"""What words of an issue may hold, as they are typed or pasted: one clear sentence for each thing that they may not."""

from __future__ import annotations

import re

from briefing.issue.content import TOKEN
from briefing.paper.typefaces import HEADING, coverage
from contract.errors import CallError
from contract.unseen import DRAWN_AS_NOTHING, UNSEEN

MOST_WORDS, MOST_REMARK, MOST_REASON = 2000, 600, 500
MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>|&(?:[a-zA-Z]+|#\d+);|\*\*|__|`|!?\[[^\[\]]*\]\([^()]*\)|^#+ |<!--")
FORMULA = re.compile(r"^\s*[=+@＝＋＠]|^\s*[-－](?=[\w(（])")
AROUND = 6  # characters shown before a place


def checked(words: str, what: str, most: int) -> str:
    """The words without spaces around them, once there is nothing in them that a printed page can't hold.

    `what` names them in the message: 段落, 备注. Raises CallError, a sentence each: too long, several lines, markup, a
    formula, characters that nobody sees or that the printed faces have not, a brace that encloses no figure.
    """
    text = words.strip()
    if len(text) > most:
        raise CallError(f"{what}最多{most}字，现有{len(text)}字，没有保存：请删减或分到相邻段落")
    if seen := UNSEEN.search(text) or DRAWN_AS_NOTHING.search(text):
        code = f"U+{ord(seen[0]):04X}"
        raise CallError(f"{what}{_place(text, seen.start())}有看不见的字符（{code}），没有保存：请删去后再存")
    if line := re.search(r"[\r\n\t\v\f]", text):
        raise CallError(f"{what}{_place(text, line.start())}有换行或制表符，没有保存：{what}只能是一段，请去掉")
    if markup := MARKUP.search(text):
        raise CallError(f"{what}中有标记“{markup[0][:20]}”，没有保存：只能是文字，请去掉标记")
    if FORMULA.search(text):
        raise CallError(f"{what}以“{text[0]}”开头，像是公式，没有保存：只能是文字，请改写开头")
    if brace := re.search(r"[{}]", TOKEN.sub("", text)):
        raise CallError(f"{what}中有不成对的花括号“{brace[0]}”，没有保存：花括号只用于本期的数")
    if strange := sorted(set(text) - coverage(HEADING) - set(" 　")):
        raise CallError(f"{what}中的“{strange[0]}”没有可印的字形，没有保存：请换用别的字")
    return text


def _place(text: str, at: int) -> str:
    before = UNSEEN.sub("", text[max(0, at - AROUND) : at])
    return f"第{at + 1}字处（“{before}”之后）" if before.strip() else f"第{at + 1}字处"
