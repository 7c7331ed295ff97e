"""A firm and a right as their pages show them, list by list."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd
import streamlit as st

from contract.calendar import periods_between
from contract.wording import month_name
from metrics.queries.detail.across import MOST_FIRMS, Firm
from pages.detail.listing import columns, sheet
from pages.shared import charts, tables
from pages.shared.counts import Count, count, strip
from pages.shared.format import number
from pages.shared.in_url import kept_text
from pages.shared.row_views import drawn, in_words, settings
from pages.shell import states
from pages.shell.links import links
from pages.shell.selections import Firm as FirmPage
from pages.shell.selections import Right as RightPage
from pages.shell.view import View

LOANS = columns(
    bank="institution/other:机构", loan_no="B1.loan_no", status="B1.status:状态", amount="B1.amount",
    balance="B1.balance", rate="B1.rate", disbursed_on="B1.disbursed_on", matures_on="B1.matures_on",
    risk_class="B1.risk_class", overdue_days="B1.overdue_days", ip_types="B1.ip_types",
    reported_in="text/other:最近报送期",
)  # fmt: skip
RIGHTS = columns(
    right_no="B6.right_no", ip_type="B6.ip_type:类型", bank="institution/other:机构", loan_no="B6.loan_no",
    registered_on="B6.registered_on", expires_on="B6.expires_on", matures_on="B1.matures_on:贷款到期日",
    registration_no="B6.registration_no",
)  # fmt: skip
KEY_FIRM = columns(
    district="district/other:地区", name="R4.name:名录中的名称", category="R4.category", demand="R4.demand",
    matched_on="R4.matched_on", reported_in="text/other:列报期",
)  # fmt: skip
CASES = columns(
    bank="institution/other:机构", case_no="B4.case_no:案件编号", loan_no="B4.loan_no", mode="B4.mode",
    status="B4.status:状态", opened_on="B4.opened_on", closed_on="B4.closed_on", exposure="B4.exposure:债权余额",
    recovered="B4.recovered:累计回收",
)  # fmt: skip
NAMES = columns(
    borrower_name="B1.borrower_name:名称", bank="institution/other:机构", since="text/other:自", until="text/other:至",
    loans="int/other:贷款笔数",
)  # fmt: skip
MATCHING = columns(
    name="B1.borrower_name:企业名称", uscc="B1.uscc", banks="int/other:贷款机构数", balance="B1.balance:贷款余额",
    listed="flag/other:重点企业",
)  # fmt: skip
PLEDGES = columns(
    bank="institution/other:机构", borrower_name="B1.borrower_name:借款人", loan_no="B6.loan_no",
    status="B1.status:贷款状态", registered_on="B6.registered_on", expires_on="B6.expires_on",
    matures_on="B1.matures_on:贷款到期日", beyond="int/other:权利比贷款晚到期(天)", balance="B1.balance:贷款余额",
    registration_no="B6.registration_no", reported_in="text/other:列报期",
)  # fmt: skip
FIRM = LOANS | RIGHTS | KEY_FIRM | CASES | NAMES  # what the page of a firm tells of it
KIND = columns(ip_type="B6.ip_type:类型")


def asked_for(
    label: str, name: str, given: str, placeholder: str, how: str, nothing: str, step: str, title: str
) -> str:
    """What a page is asked about, typed or from the address; where that is nothing the page says so, and ends."""
    st.text_input(label, **kept_text(name), placeholder=placeholder, width=420, help=how)
    if not given.strip():
        states.empty(nothing, step, title=title)
        st.stop()
    return given.strip()


def choose_firm(view: View, matching: pd.DataFrame) -> None:
    """Firms that fit what was typed, each a link."""
    if matching.empty:
        states.empty("没有相符的企业。", "核对信用代码或名称", "在左侧换一个报告期", title="没有找到")
        return
    most = len(matching) == MOST_FIRMS
    st.caption(f"相符的企业较多，只列贷款余额最大的{MOST_FIRMS}家。" if most else f"{len(matching)}家企业相符。")
    picked = tables.pick(
        drawn(in_words(matching, MATCHING, {}), MATCHING), settings(MATCHING), key="firms-named", about="相符的企业"
    )
    if picked is not None:
        links(view, (FirmPage(uscc=picked["uscc"]), "查看这家企业"))


def identity(told: Firm, names: Mapping[str, str]) -> None:
    """What it is called, its code, and how much it owes to whom."""
    live = told.loans[told.loans["status"] == "active"]
    banks = "、".join(names.get(code, code) for code in dict.fromkeys(live["bank"]))
    st.html(
        f'<div class="identity"><b>{escape(told.name)}</b><span>{escape(told.uscc)}'
        f"{f'　现有贷款：{escape(banks)}' if banks else '　现无存续贷款'}</span></div>"
    )
    owed = sum(live["balance"], start=0)
    short = told.rights["expires_on"].notna() & (told.rights["expires_on"] < told.rights["matures_on"])
    shared = told.rights.groupby(["ip_type", "right_no"]).size() if len(told.rights) else pd.Series(dtype=int)
    strip(
        "现有贷款",
        "截至本期末",
        [
            Count("余额", number(owed, 2), "万元"),
            count("存续贷款", len(live), "笔"),
            count("贷款机构", live["bank"].nunique(), "家"),
            count("质押权利", len(shared), "件"),
            count("重复质押的权利", int((shared > 1).sum()), "件", "warn"),
            count("先于贷款到期的权利", int(short.sum()), "件", "warn"),
        ],
    )


def course(told: Firm, names: Mapping[str, str]) -> None:
    """Its balance by month and bank."""
    if told.course.empty:
        return
    by_bank = told.course.assign(balance=told.course["balance"].astype(float)).pivot_table(
        index="period", columns="bank", values="balance", aggfunc="sum"
    )
    by_bank = by_bank.reindex(periods_between(by_bank.index[0], by_bank.index[-1]))
    by_bank.index.name = "period"
    greatest = by_bank.iloc[-1].fillna(0).sort_values(ascending=False).index
    lines = {names.get(code, code): [None if pd.isna(v) else v for v in by_bank[code]] for code in greatest}
    periods = by_bank.index.tolist()
    frame = by_bank[list(greatest)].rename(columns=dict(names)).reset_index()
    charts.show(
        charts.line_chart(periods, lines, 2, "万元"),
        f"{month_name(periods[0])}至{month_name(periods[-1])}在{len(lines)}家机构有贷款余额",
        "各机构期末贷款余额，万元",
        frame,
        {"period": tables.text("报告期")}
        | {name: tables.held(tables.figure(f"{name}(万元)", 2), "B1.balance") for name in frame.columns[1:]},
        key="firm-course",
    )


def firm_loans(told: Firm, names: Mapping[str, str]) -> None:
    st.header("贷款")
    sheet(told.loans, LOANS, names, key="firm-loans", about="贷款，每笔以最近一次报送为准")


def firm_rights(view: View, told: Firm, names: Mapping[str, str]) -> None:
    """The rights behind its outstanding loans, each a way to the right's own page."""
    st.header("存续贷款的质物")
    if told.rights.empty:
        states.empty("存续贷款没有列报质物。", "在左侧换一个报告期，或查看上面各笔贷款")
        return
    said = drawn(in_words(told.rights, RIGHTS, names), RIGHTS)
    picked = tables.pick(said, settings(RIGHTS), key="firm-rights", about="质物", height=tables.tall(len(said), 12))
    if picked is not None:
        links(view, (RightPage(number=told.rights.at[picked.name, "right_no"]), "这件权利的质押情况"))


def firm_record(told: Firm, names: Mapping[str, str]) -> None:
    """Where else it stands: the districts' lists, disposal cases, the names that banks have used."""
    if len(told.key_firm):
        st.header("重点企业名录")
        sheet(told.key_firm, KEY_FIRM, names, key="firm-listed", about="重点企业名录")
    if len(told.cases):
        st.header("质物处置案件")
        sheet(told.cases, CASES, names, key="firm-cases", about="质物处置案件")
    st.header("各机构报送的名称")
    said = drawn(in_words(told.names, NAMES, names), NAMES)
    tables.sheet(said, settings(NAMES), key="firm-names", about="各机构报送的名称")


def pledged(view: View, told: pd.DataFrame, number_: str, names: Mapping[str, str]) -> None:
    """Who has taken a right in pledge, since when, its term beside the loan's."""
    live = told[told["status"] == "active"]
    short = live["beyond"].dropna().lt(0).sum()
    kinds = "、".join(dict.fromkeys(in_words(told, KIND, names)["ip_type"]))
    st.html(f'<div class="identity"><b>{escape(number_)}</b><span>{escape(kinds)}</span></div>')
    strip(
        "质押情况",
        "截至本期末",
        [
            count("列报过的贷款", len(told), "笔"),
            count("现在担保的存续贷款", len(live), "笔", "warn" if len(live) > 1 else ""),
            count("涉及机构", live["bank"].nunique(), "家", "warn" if live["bank"].nunique() > 1 else ""),
            count("权利先于贷款到期", int(short), "笔", "warn"),
        ],
    )
    st.header("谁接受过质押")
    sheet(told, PLEDGES, names, key="right-pledges", about="质押过的贷款，每笔以最近一次报送为准")
    firms = dict(zip(told["uscc"], told["borrower_name"], strict=True))
    ways = [(FirmPage(uscc=uscc), f"企业：{name}") for uscc, name in firms.items() if uscc]
    links(view, *ways)
