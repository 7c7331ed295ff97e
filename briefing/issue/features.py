"""Section 二、主要特点: lending, structure, convenience, quality; a heading judges only what its figures bear out."""

from __future__ import annotations

from briefing.issue.content import Paragraph, Section
from briefing.issue.source import Source
from briefing.issue.subject import Subject, sentence, share_text
from contract.declarations import code_lists
from contract.wording import direction, growth_rate, month_name, plain, year_to_date

MIXED = {"mixed": "组合质押"}


def features(source: Source) -> Section:
    city = Subject(source)
    return Section("二、主要特点", 1, (lending(city), structure(city), convenience(city), quality(city)))


def lending(subject: Subject) -> Section:
    period = subject.source.period
    rates = [growth_rate(subject.value(code), subject.year_before(code)) for code in ("G04", "G05")]
    heading = direction(rates, "贷款投放和服务户数同比增长", "贷款投放和服务户数同比下降", "贷款投放")
    month = f"其中{month_name(period)[5:]}当月" if subject.value("G06") is not None else ""
    text = sentence(
        subject.clause("G04", f"{year_to_date(period)}累计发放贷款"),
        subject.clause("G06", f"{month}发放"),
        subject.clause("G05", "累计发放户数"),
    ) + sentence(
        subject.clause("G07", "累放加权平均利率"),
        subject.clause("G11", "首贷户占比"),
        subject.clause("G14", "户均余额"),
        subject.clause("S10", "年度单列信贷计划完成率", compared=False),
    )
    return Section(f"（一）{heading}", 2, _paragraphs(text))


def structure(subject: Subject) -> Section:
    heading = direction(
        [subject.change("S01"), subject.change("S03")],
        "中长期和战略性新兴产业贷款占比上升",
        "中长期和战略性新兴产业贷款占比下降",
        "贷款结构",
    )
    text = sentence(
        subject.clause("S01", "中长期贷款占比"),
        subject.clause("S03", "战略性新兴产业贷款占比"),
        subject.clause("G15", "小微企业贷款占比"),
        subject.clause("G16", "科技型企业贷款占比"),
        subject.clause("C05", "有风险分担的贷款占比"),
    )
    return Section(f"（二）{heading}", 2, _paragraphs(text + by_right(subject.source)))


def by_right(source: Source) -> str:
    """The balance by type of right, the largest first."""
    whole = source.value("G01")
    kinds = [(Subject(source, "ip", code), name) for code, name in {**code_lists()["ip"], **MIXED}.items()]
    held = [(kind, name) for kind, name in kinds if kind.value("G01")]
    held.sort(key=lambda pair: -pair[0].value("G01"))
    clauses = [f"{name}{kind.said('G01')}、{share_text(kind.value('G01'), whole)}" for kind, name in held]
    return f"按质押知识产权类型看，{'，'.join(clauses)}。" if clauses else ""


def convenience(subject: Subject) -> Section:
    shorter = [None if change is None else -change for change in (subject.change("D04"), subject.change("S06"))]
    heading = direction(shorter, "登记和审批用时缩短", "登记和审批用时延长", "登记、评估与审批")
    points = subject.clause("D01", "运行中的知识产权金融综合服务点", compared=False)
    one_stop = subject.clause("D02", "其中一站式服务点", compared=False)
    text = sentence(
        "，".join(filter(None, (points, one_stop))),
        subject.clause("D03", "经一站式服务点办理的贷款笔数占比"),
        subject.clause("D04", "平均登记用时"),
        subject.clause("D08", "专利权质押登记线上办理网点覆盖率"),
    ) + sentence(
        subject.clause("S06", "平均审批用时"),
        subject.clause("V01", "千万元以下贷款中内部评估、协商确定价值的笔数占比"),
        subject.clause("V04", "平均质押率", compared=False),
    )
    return Section(f"（三）{heading}", 2, _paragraphs(text))


def quality(subject: Subject) -> Section:
    heading = direction([subject.change("G09")], "不良率同比上升", "不良率同比下降", "贷款质量")
    text = sentence(
        subject.clause("G08", "不良贷款余额"),
        subject.clause("G09", "不良率"),
        subject.clause("G18", "计入本年核销、转让的还原不良率", compared=False),
        subject.clause("G10", "逾期率"),
    )
    return Section(f"（四）{heading}", 2, _paragraphs(text + _deviation(subject.source) + _outside(subject)))


def _deviation(source: Source) -> str:
    """How many banks stand above their own ratio on all loans, and the furthest of them."""
    gaps = [
        (gap, bank.short_name)
        for bank in source.of_kind("bank")
        if (gap := source.value("S18", "bank", bank.code)) is not None
    ]
    above = [pair for pair in gaps if pair[0] > 0]
    if not gaps:
        return ""
    if not above:
        return "试点机构质押贷款不良率均未高于本机构各项贷款不良率。"
    widest, name = max(above)
    return (
        f"质押贷款不良率高于本机构各项贷款不良率的试点机构{len(above)}家，"
        f"偏离最大的为{name}，高{plain(widest, 2)}个百分点。"
    )


def _outside(subject: Subject) -> str:
    """Loans valued inside the bank above its permitted ceiling."""
    cases = subject.value("V03")
    if cases is None:
        return ""
    return (
        f"超出允许范围的内部评估、协商估值贷款{subject.said('V03')}。"
        if cases
        else "未发现超出允许范围的内部评估、协商估值贷款。"
    )


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return (Paragraph(text or "本期无可用数据。"),)
