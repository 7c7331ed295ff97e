"""An issue of the ledger as a document: what its data version says, with its drafters' words, remark and charts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import count

from briefing.issue.compose import compose
from briefing.issue.content import TOKEN, Block, Chart, Column, Document, Note, Said, Section, Table
from briefing.issue.rewording import reworded, tokens_of
from briefing.issued.figures import editable
from briefing.issued.tied import tied
from briefing.issued.told import COMPARED, CORRECTION, content_of, differences
from briefing.paper.writers import in_formats
from briefing.parts.declared import parts
from briefing.parts.making import make_part
from contract.declarations import districts
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, numbered
from ledger.archive import fetch
from ledger.events import Ledger
from ledger.issues import CITY, EVENTS, Issue, issues
from metrics.targets.s70 import Comparison

CITY_NAME = "市级月报"
KEPT = 12  # contents of data versions, which never change
CAPTION = re.compile(r"^图\d+　")
# Who writes is on no page, so that the same content comes out whoever acts.
WRITER = ("briefing", "监管月报")
SHOWN_DIFFERENCES = 60  # in the table of a correction


def part_names() -> dict[str, str]:
    """Code → name of every part that issues are made of: the whole, each pilot district's own, the declared ones."""
    places = {code: f"{place.name}分送件" for code, place in districts().items() if place.group}
    return {CITY: CITY_NAME} | places | {code: part.name for code, part in parts().items()}


@lru_cache(maxsize=KEPT)
def from_version(snapshot: Snapshot, period: str, part: str, compared: tuple[Comparison, ...] = ()) -> Document:
    """What a data version says for a part, in the declared words and with its reader's rights.

    `compared`: the tie-out with S70, of the quarterly report.

    Raises CallError where there is no such part, or no figures of that period.
    """
    if part not in part_names():
        raise CallError(f"没有分送件“{part}”，可选{'、'.join(part_names())}")
    if part == CITY:
        return compose(Viewer(*WRITER, "analyst"), snapshot, period)
    if part in parts():
        return make_part(Viewer(*WRITER, "analyst"), snapshot, period, part, compared)
    return compose(Viewer(*WRITER, "district", part), snapshot, period)


def declared(home: Home, issue: Issue, version: Snapshot) -> Document:
    """What a data version says for an issue before anyone has worded it anew; raises as `from_version`."""
    return from_version(version, issue.period, issue.part, tied(home, issue, version))


def drafted(home: Home, issue: Issue, snapshot: Snapshot | None = None) -> Document:
    """The issue as a document; of its own data version unless `snapshot` is the same one kept elsewhere.

    Raises:
        SnapshotError: its data version is not kept any more.
        CallError: its words name a paragraph or a figure that the data version has not.
    """
    version = snapshot or numbered(home, issue.snapshot)
    document = reworded(declared(home, issue, version), issue.words)
    document = without_charts(document, issue.without)
    if issue.remark:
        remark = Note(f"备注：{issue.remark}", "remark")
        document = replace(document, sections=(*document.sections, remark))
    if issue.corrects is not None:
        document = corrected(home, document, issues(Ledger(home.ledger).events(*EVENTS))[issue.corrects])
    return replace(document, issue=issue.name) if issue.number is not None else document


def worded(issue: Issue, plain: Document) -> dict[str, Said]:
    """Id → paragraph as the draft words it now, those that are left out (no words) among them.

    `plain`: what its data version says, in the declared words.
    """
    known = tokens_of(plain)
    now = {}
    for identity, paragraph in editable(plain).items():
        template = issue.words.get(identity, paragraph.template)
        named = dict.fromkeys(TOKEN.findall(template))
        now[identity] = replace(
            paragraph, template=template, tokens=tuple(known[name] for name in named if name in known)
        )
    return now


def without_charts(document: Document, keys: Collection[str]) -> Document:
    """The document without some of its charts; those that stay are numbered anew. An unknown key leaves nothing out."""
    numbers = count(1)

    def kept(items: Iterable[Block]) -> tuple[Block, ...]:
        left: list[Block] = []
        for block in items:
            if isinstance(block, Section):
                left.append(replace(block, blocks=kept(block.blocks)))
            elif not isinstance(block, Chart):
                left.append(block)
            elif block.key not in keys:
                left.append(replace(block, caption=CAPTION.sub(f"图{next(numbers)}　", block.caption)))
        return tuple(left)

    return replace(document, sections=kept(document.sections)) if keys else document


def corrected(home: Home, document: Document, before: Issue) -> Document:
    """The document as a correction of an issue released before: named in its head, the differences in a last table.

    The issue before is read as it was released, from the archive.
    """
    told = differences(fetch(home.archive, before.content.sha256), content_of(document))
    columns = (
        Column("所在", 10, numeric=False),
        Column(f"{before.name}原文", 14, numeric=False),
        Column("更正后", 14, numeric=False),
    )
    rows = tuple((each.where, each.before, each.after) for each in told[:SHOWN_DIFFERENCES])
    rest = len(told) - len(rows)
    notes = (f"另有{rest}处未列出。",) if rest > 0 else ()
    caption = f"附表{len(document.annexes) + 1}　{COMPARED}" if document.annexes else f"附表　{COMPARED}"
    annex = Table(COMPARED, caption, columns, rows or (("全文", "无变化", "无变化"),), notes)
    said = f"更正：本期更正{before.name}（数据版本第{before.snapshot}版），共{len(told)}处，见《{COMPARED}》。"
    return replace(
        document,
        title=f"{document.title}（更正）",
        sections=(Note(said, CORRECTION), *document.sections),
        annexes=(*document.annexes, annex),
    )


def written(issue: Issue, document: Document) -> list[tuple[str, bytes]]:
    """The files of an issue: name and bytes, a format each."""
    stem = f"监管月报_{issue.period}_{part_names()[issue.part]}_{issue.name}"
    return [(f"{stem}.{kind}", content) for kind, content in in_formats(document).items()]
