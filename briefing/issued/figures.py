"""Figures in the words of a draft: shown as 【the figure】 while words are edited, and held to a newer data version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from briefing.issue.content import TOKEN, Document, Said, Token, paragraphs
from briefing.issue.rewording import tokens_of
from contract.errors import CallError
from ledger.issues import Issue

SHOWN = re.compile(r"【([^【】]*)】")
# The data version and the ledger's head, by which an issue is held against them.
FIXED = ("quality.seal", "quality.witness")
BY_NAME = "｜"  # between a figure and its name, where two of a paragraph read alike
# A figure that someone wrote by hand: it stays as it is, whatever the data version says.
WRITTEN = re.compile(r"\d[\d,，.]*\s*(?:亿元|万元|元|个百分点|百分点|%|％|倍|户|笔|家|件|个|天|项|格)")


@dataclass(frozen=True)
class Stale:
    """A figure of a draft that the newer data version says otherwise; `now` is empty where it has none any more."""

    paragraph: str
    token: str
    then: str
    now: str


def paragraph_of(document: Document, identity: str) -> Said:
    """A paragraph or note by its id. Raises CallError where the issue has none such."""
    for paragraph in paragraphs(document.sections):
        if paragraph.id == identity:
            return paragraph
    raise CallError(f"本期没有段落“{identity}”：可改的段落为{'、'.join(editable(document))}")


def editable(document: Document) -> dict[str, Said]:
    """Id → paragraph, of those whose words can be changed: all but what says where the figures come from."""
    return {said.id: said for said in paragraphs(document.sections) if said.id and said.id not in FIXED}


def labels(paragraph: Said) -> dict[str, str]:
    """Token's name → how it stands in the words while they are edited, without the brackets."""
    texts = [token.text for token in paragraph.tokens]
    return {
        token.name: token.text if texts.count(token.text) == 1 else f"{token.text}{BY_NAME}{token.name}"
        for token in paragraph.tokens
    }


def shown_words(paragraph: Said) -> str:
    """The words with figures in brackets: `余额【1680.67亿元】`."""
    called = labels(paragraph)
    return TOKEN.sub(lambda named: f"【{called[named[1]]}】" if named[1] in called else named[0], paragraph.template)


def as_template(words: str, said: Sequence[Said], known: Mapping[str, Token]) -> str:
    """Words as edited, with their figures as tokens again: of the paragraph itself, else of the whole issue (`known`).

    `said`: the paragraph as the data version words it, and as it is worded now.

    Raises CallError for what stands in brackets and is no figure of the issue: words can't change a number.
    """
    own = {label: name for paragraph in said for name, label in labels(paragraph).items()}
    everywhere: dict[str, list[str]] = {}
    for token in known.values():
        everywhere.setdefault(token.text, []).append(token.name)

    def named(figure: re.Match[str]) -> str:
        label = figure[1].strip()
        name = own.get(label) or (label.rpartition(BY_NAME)[2] if BY_NAME in label else label)
        if name in known:
            return f"{{{name}}}"
        alike = everywhere.get(label, [])
        if len(alike) == 1:
            return f"{{{alike[0]}}}"
        if alike:
            raise CallError(f"【{label}】在本期有{len(alike)}处，请写明是哪个数：{{{'}或{'.join(alike)}}}")
        raise CallError(f"【{label}】不是本期的数：改文字不能改数，请用本期的数，或删去这处方括号")

    return SHOWN.sub(named, words)


def written_figures(template: str) -> list[str]:
    """Figures written by hand among the words, which follow no data version."""
    return [figure[0] for figure in WRITTEN.finditer(TOKEN.sub("", template))]


def overtaken(issue: Issue, plain: Document) -> dict[str, Said]:
    """Id → paragraph as the data version words it by itself, where that is not what the drafter first replaced.

    The figures follow the data version, words that judge do not: another version may judge otherwise.
    """
    first: dict[str, str] = {}
    for turn in issue.turns:
        if turn.kind == "issue_edit":
            first.setdefault(turn.where, turn.before)
    return {
        identity: paragraph
        for identity, paragraph in editable(plain).items()
        if identity in issue.words and first.get(identity, paragraph.template) != paragraph.template
    }


def stale(draft: Document, latest: Document) -> tuple[Stale, ...]:
    """Figures of a draft's words that the latest data version says otherwise, in reading order."""
    everywhere, theirs = tokens_of(latest), {each.id: each for each in paragraphs(latest.sections)}
    differing = []
    for paragraph in paragraphs(draft.sections):
        of_paragraph = theirs.get(paragraph.id)
        own = {token.name: token for token in of_paragraph.tokens} if of_paragraph else {}
        for token in paragraph.tokens:
            now = own.get(token.name) or everywhere.get(token.name)
            if now is None or now.text != token.text:
                differing.append(Stale(paragraph.id, token.name, token.text, now.text if now else ""))
    return tuple(differing)
