"""Sentences as declared in `sentences.toml`, said of a subject: which clauses can be said, with which figures."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from briefing.issue.content import TOKEN, Note, Paragraph, Said, Token
from briefing.issue.judgements import judgements
from briefing.issue.subject import Subject
from briefing.issue.tokens import figure_token, is_withheld, known
from contract.declarations import in_region_words
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.wording import month_end, month_name, year_to_date

FILE = DECLARATIONS / "briefing" / "sentences.toml"
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
PERIOD_NAMES = ("期末", "累计期", "月份", "上年同月", "范围")
Kind = TypeVar("Kind", bound=Said)
Resolve = Callable[[str], Token | None]


@dataclass(frozen=True)
class Wording:
    """One way to say a clause; `when` names the judgement that must hold, empty for none."""

    say: str
    when: str = ""


Clause = tuple[Wording, ...]  # the first that can be said is


@dataclass(frozen=True)
class DeclaredParagraph:
    """A paragraph: sentences of clauses; `phrases` come from its section. Where no clause can be said, `withheld` is,
    if that is because too few stand behind the figures for this reader, else `empty`."""

    id: str
    sentences: tuple[tuple[Clause, ...], ...]
    empty: str = ""
    withheld: str = ""
    phrases: frozenset[str] = frozenset()

    @property
    def texts(self) -> tuple[str, ...]:
        """All that can be said, in declared order."""
        return (*(way.say for way in wordings_of(self)), *self.stand_ins)

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What it says where nothing else can be said."""
        return tuple(filter(None, (self.empty, self.withheld)))

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures that its sentences tell of."""
        named = (name for way in wordings_of(self) for name in TOKEN.findall(way.say))
        return tuple(dict.fromkeys(name for name in named if name not in self.phrases and known(name)))

    def stand_in(self, subject: Subject) -> str:
        """What stands where nothing can be said of a subject; empty where nothing does."""
        hidden = any(is_withheld(subject, name) for name in ("质押贷款余额", *self.figures))
        return self.withheld if hidden and self.withheld else self.empty


def _wording(declared: object, where: str) -> Wording:
    if isinstance(declared, str):
        return Wording(declared)
    if not isinstance(declared, dict) or set(declared) != {"when", "say"}:
        raise DeclarationError(f"{where}的每句话应为文字，或写明when和say")
    if declared["when"] not in judgements():
        raise DeclarationError(f"{where}用到没有声明的判断“{declared['when']}”")
    return Wording(declared["say"], declared["when"])


def _clause(declared: object, where: str) -> Clause:
    several = declared if isinstance(declared, list) else [declared]
    return tuple(_wording(way, where) for way in several)


def _checked(paragraph: DeclaredParagraph, where: str) -> DeclaredParagraph:
    """Raises DeclarationError for a token that is no figure, no name of the period and no phrase: never to be said."""
    for name in dict.fromkeys(name for text in paragraph.texts for name in TOKEN.findall(text)):
        if not known(name) and name not in PERIOD_NAMES and name not in paragraph.phrases:
            raise DeclarationError(f"{where}用到未知的{{{name}}}：应为指标名、期名或本段phrases中的名称")
    return paragraph


@cache
def _read() -> tuple[dict[str, DeclaredParagraph], dict[str, Clause]]:
    """Paragraphs and headings by id. Raises DeclarationError for one given twice or of another form."""
    try:
        declared = tomllib.loads(in_region_words(FILE.read_text(encoding="utf-8")))
        paragraphs: dict[str, DeclaredParagraph] = {}
        headings: dict[str, Clause] = {}
        for entry in declared["paragraph"]:
            where = f"{FILE.name}的段落{entry['id']}"
            sentences = tuple(tuple(_clause(clause, where) for clause in said) for said in entry["sentences"])
            if entry["id"] in paragraphs:
                raise DeclarationError(f"{where}重复")
            phrases = frozenset(entry.get("phrases", ()))
            stand_ins = entry.get("empty", ""), entry.get("withheld", "")
            made = DeclaredParagraph(entry["id"], sentences, *stand_ins, phrases)
            paragraphs[made.id] = _checked(made, where)
        for entry in declared["heading"]:
            headings[entry["id"]] = _clause(entry["say"], f"{FILE.name}的标题{entry['id']}")
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise DeclarationError(f"{FILE.name}有误：{error}") from None
    return paragraphs, headings


def declared_paragraphs() -> dict[str, DeclaredParagraph]:
    return _read()[0]


def declared_headings() -> dict[str, Clause]:
    return _read()[1]


def wordings_of(paragraph: DeclaredParagraph) -> tuple[Wording, ...]:
    """Every way to say something that a paragraph declares."""
    return tuple(way for said in paragraph.sentences for clause in said for way in clause)


def say(identity: str, subject: Subject, phrases: Mapping[str, str | Token] | None = None) -> Paragraph | None:
    """A declared paragraph of a subject; None where nothing of it can be said.

    `phrases` are the section's own tokens by name, such as lists of members; an empty one counts as not there.
    """
    return _said(Paragraph, identity, subject, phrases)


def note(identity: str, subject: Subject, phrases: Mapping[str, str | Token] | None = None) -> Note | None:
    """The same, set smaller as a note about the figures."""
    return _said(Note, identity, subject, phrases)


def heading(identity: str, subject: Subject) -> str:
    """A declared heading: the first of its wordings whose judgement holds."""
    said = _first(declared_headings()[identity], subject, resolver(subject))
    if said is None:
        raise DeclarationError(f"{FILE.name}的标题{identity}没有不带判断的说法")
    return said[0]


def plain_heading(identity: str) -> str:
    """The wording of a declared heading that judges nothing."""
    return next(way.say for way in declared_headings()[identity] if not way.when)


def _said(kind: type[Kind], identity: str, subject: Subject, phrases: Mapping[str, str | Token] | None) -> Kind | None:
    declared = declared_paragraphs()[identity]
    strange = set(phrases or ()) - declared.phrases
    if strange:
        raise DeclarationError(f"{FILE.name}的段落{identity}没有声明{'、'.join(sorted(strange))}")
    resolve = resolver(subject, phrases)
    template, tokens = "", []
    for sentence in declared.sentences:
        said = [spoken for clause in sentence if (spoken := _first(clause, subject, resolve))]
        if said:
            template += "；".join(text for text, _ in said) + "。"
            tokens += [token for _, of_clause in said for token in of_clause]
    if not template and (stand_in := declared.stand_in(subject)):
        template, tokens = flat(stand_in, resolve) or ("", [])
    return kind(template, identity, tuple({token.name: token for token in tokens}.values())) if template else None


def resolver(subject: Subject, phrases: Mapping[str, str | Token] | None = None) -> Resolve:
    """What a token's name stands for here: the section's own phrases, the period's names, else a figure."""
    own = {**_names(subject), **(phrases or {})}

    def resolve(name: str) -> Token | None:
        if name in own:
            phrase = own[name]
            token = phrase if isinstance(phrase, Token) else Token(name, phrase)
            return token if token.text else None
        return figure_token(subject, name) if known(name) else None

    return resolve


def _names(subject: Subject) -> dict[str, str]:
    source = subject.source
    said = (
        month_end(source.period),
        year_to_date(source.period),
        month_name(source.period)[5:],
        month_name(source.last_year),
        subject.name,
    )
    return dict(zip(PERIOD_NAMES, said, strict=True))


def _first(clause: Clause, subject: Subject, resolve: Resolve) -> tuple[str, list[Token]] | None:
    for way in clause:
        if way.when and not judgements()[way.when].holds(subject):
            continue
        said = flat(way.say, resolve)
        if said:
            return said
    return None


def flat(text: str, resolve: Resolve) -> tuple[str, list[Token]] | None:
    """The text without its brackets, and its tokens; None where a token outside brackets has nothing to say."""
    template, tokens, end = "", [], 0
    for optional in (*OPTIONAL.finditer(text), None):
        plain = text[end : optional.start() if optional else len(text)]
        here = _tokens(plain, resolve)
        if here is None:
            return None
        template, tokens = template + plain, tokens + here
        if optional:
            end = optional.end()
            for choice in optional[1].split("|"):
                inner = _tokens(choice, resolve)
                if inner is not None:
                    template, tokens = template + choice, tokens + inner
                    break
    return template, tokens


def _tokens(text: str, resolve: Resolve) -> list[Token] | None:
    """The tokens of a text in order; None where one has nothing to say."""
    tokens: Sequence[Token | None] = [resolve(name) for name in TOKEN.findall(text)]
    return None if any(token is None for token in tokens) else list(tokens)
