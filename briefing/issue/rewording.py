"""Words of an issue changed by an analyst: the figures stay tokens of the data version, whatever stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from briefing.issue.content import TOKEN, Block, Document, Said, Section, Token, paragraphs
from contract.errors import CallError


def tokens_of(document: Document) -> dict[str, Token]:
    """Every token that an issue's sentences use, by name: what an edited sentence may use too."""
    return {token.name: token for paragraph in paragraphs(document.sections) for token in paragraph.tokens}


def unknown_tokens(template: str, known: Mapping[str, Token]) -> list[str]:
    """Names in braces that are no token of the issue, in order."""
    return [name for name in TOKEN.findall(template) if name not in known]


def reworded(document: Document, edits: Mapping[str, str]) -> Document:
    """The document with paragraphs given other words: id → template; an empty template leaves the paragraph out.

    Raises CallError for a paragraph that the issue has not, and for a token that its data version does not know.
    """
    known = tokens_of(document)
    ids = {paragraph.id for paragraph in paragraphs(document.sections)}
    for identity, template in edits.items():
        if identity not in ids:
            raise CallError(f"本期没有段落“{identity}”：数据版本已变或段落无数可说，请在相邻段落中修改")
        unknown = unknown_tokens(template, known)
        if unknown:
            raise CallError(f"段落“{identity}”中的{{{'}、{'.join(unknown)}}}不是本期的数：请改用本期有的数，或删去")
    return replace(document, sections=_edited(document.sections, edits, known))


def _edited(items: Iterable[Block], edits: Mapping[str, str], known: Mapping[str, Token]) -> tuple[Block, ...]:
    changed: list[Block] = []
    for block in items:
        if isinstance(block, Section):
            changed.append(replace(block, blocks=_edited(block.blocks, edits, known)))
        elif isinstance(block, Said) and block.id in edits:
            template = edits[block.id]
            if template:
                tokens = tuple(known[name] for name in dict.fromkeys(TOKEN.findall(template)))
                changed.append(replace(block, template=template, tokens=tokens))
        else:
            changed.append(block)
    return tuple(changed)
