"""布置与催报: a period opened with its notice and templates, and who owes a report, was asked for it, and said what."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from casework.month.batches import batch_templates, open_batch
from casework.month.followups import MOST_MEGABYTES
from casework.month.reminders import record_answer, remind
from contract.declarations import filed_level
from contract.month_work import work_codes
from contract.settings import home
from contract.wording import month_name
from ledger.month.batches import Batch, Reminder
from metrics.queries.work.batches import Owing, batch_standings, owing, period_to_open
from pages.shared import acts, downloads, forms, tables, wording
from pages.shared.format import number
from pages.shell import states
from pages.shell.data import read_now
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

TEMPLATES = "batch_templates"  # period → the zip made in this session
LONGEST = 500
OWING = {
    "name": tables.text("成员", width=150, pinned=True),
    "state": tables.text("报送状态", width=90),
    "times": tables.figure("催报次数", width=80),
    "last": tables.text("最近一次", width=300),
    "said": tables.text("答复", width=300),
}


def month_work(view: View) -> None:
    """The period's batch, then who owes."""
    acts.said(view.viewer)
    st.subheader("布置")
    if coming := period_to_open(view.viewer, home()):
        _to_open(view, coming)
    opened = {standing.batch.period: standing for standing in read_now(view, batch_standings)}
    if standing := opened.get(view.period):
        counts = (("应报", standing.expected), ("已受理", standing.received), ("退回", standing.returned))
        said = "，".join(f"{name}{count}家" for name, count in (*counts, ("未报", standing.missing)))
        _batch(view, standing.batch, f"{standing.state}；{said}")
    elif coming != view.period:
        _to_open(view, view.period)
    st.subheader("催报")
    _owing(view, read_now(view, owing, period=view.period))


def _to_open(view: View, period: str) -> None:
    """A period that nobody has opened: the button, which tells what opening does."""
    st.html(f'<p class="case">{month_name(period)}尚未布置。</p>')
    forms.behind_button(
        f"布置{month_name(period)}报送",
        ":material/campaign:",
        f"open-{period}",
        (),
        lambda: open_batch(home(), period, view.viewer),
        lambda batch: f"已布置{month_name(batch.period)}报送，应报{len(batch.expected)}家，通知可以下载",
        send="确认布置",
        primary=True,
        lead=(
            "<p><b>布置后：</b></p><ul><li>名单上应报的成员、各自的表式和截止日按今天的名单和参数登记，不再改变</li>"
            "<li>生成并保存布置通知</li><li>一个报送期只能布置一次</li></ul>"
        ),
    )


def _batch(view: View, batch: Batch, said: str) -> None:
    """What was opened: by whom, until when, with the notice and the templates to take away."""
    last_day = day(batch.deadline - timedelta(days=1))
    who = f"{day(batch.opened_on)}由{person(batch.opened_by)}布置，截止{last_day} 24时"
    st.html(f'<p class="case">{month_name(batch.period)}：{escape(who)}。{escape(said)}。</p>')
    downloads.papers(view, batch.id)
    made = st.session_state.setdefault(TEMPLATES, {})
    key = (view.viewer, view.snapshot.number, batch.period)
    if key in made:
        name = f"{batch.period}_模板.zip"
        about = {"key": "batch-templates", "mime": downloads.ANY, "level": filed_level()}
        downloads.button("下载全部模板（zip）", lambda: made[key], name, **about)
    elif st.button(f"制作{number(len(batch.expected))}家的预填模板", icon=":material/description:"):
        with acts.doing("正在制作预填模板") as tell:
            made.clear()
            made[key] = batch_templates(
                view.viewer, home(), batch.period, lambda done, total: tell(f"已制作{done}/{total}份", done / total)
            )
        st.rerun()


def _owing(view: View, owed: tuple[Owing, ...]) -> None:
    """Who owes, a row each; of the one chosen, its reminders, and the form for one more."""
    if not owed:
        states.empty(
            f"{month_name(view.period)}应报的成员均已受理，无须催报。",
            "待说明的问题见“说明与异议”",
            title="没有欠报的成员",
        )
        return
    rows = [
        {
            "submitter": member.submitter,
            "name": member.name,
            "state": wording.VERDICTS[member.verdict],
            "times": len(member.reminders),
            "last": _last(member.reminders),
            "said": member.reminders[-1].answer if member.reminders else "",
        }
        for member in owed
    ]
    picked = tables.pick(pd.DataFrame(rows), OWING, key=f"owing-{view.period}", about="未受理的成员")
    if picked is None:
        st.caption("点选一行，登记催报或答复；以催报函方式登记的，文书自动生成并存档。")
        return
    member = next(member for member in owed if member.submitter == picked["submitter"])
    st.html(f'<h3 class="case">{escape(member.name)}（{member.submitter}） · {month_name(view.period)}</h3>')
    for reminder in member.reminders:
        _reminder(view, reminder)
    _remind(view, member)


def _last(reminders: tuple[Reminder, ...]) -> str:
    if not reminders:
        return "尚未催报"
    last = reminders[-1]
    return f"{day(last.on)} {work_codes('reminder_means')[last.means]} {last.to}"


def _reminder(view: View, reminder: Reminder) -> None:
    """One reminder: how, whom, when, what was said; its papers; and the answer to be recorded."""
    with st.container(border=True, key=f"reminder-{reminder.id}"):
        means = work_codes("reminder_means")[reminder.means]
        said = f"{day(reminder.answered_on)}答复：{reminder.answer}" if reminder.answer else "尚无答复"
        st.html(
            f'<p class="case">{day(reminder.on)}以{escape(means)}联系{escape(reminder.to)}'
            f'（{escape(person(reminder.by))}登记）</p><p class="quiet">{escape(said)}</p>'
        )
        if reminder.papers:
            downloads.papers(view, reminder.id)
        forms.behind_button(
            "更新答复" if reminder.answer else "登记答复",
            ":material/reply:",
            f"remind-answer-{reminder.id}-{reminder.answered_on}",
            (
                forms.text("答复", most=LONGEST),
                forms.day("答复日", view.snapshot.now.date()),
                forms.files("依据文件", MOST_MEGABYTES),
            ),
            lambda text, on, files: record_answer(home(), reminder.id, text, view.viewer, on, files),
            lambda answered: f"答复已登记：{answered.answer}",
        )


def _remind(view: View, member: Owing) -> None:
    forms.behind_button(
        "登记催报",
        ":material/notifications_active:",
        f"remind-{view.period}-{member.submitter}-{len(member.reminders)}",
        (
            forms.choice("方式", work_codes("reminder_means")),
            forms.line("联系的人"),
            forms.day("催报日", view.snapshot.now.date()),
            forms.files("附件", MOST_MEGABYTES),
        ),
        lambda means, to, on, files: remind(
            home(), member.submitter, view.period, means, to, view.viewer, on, files=files
        ),
        lambda reminder: f"已登记对{member.name}的催报" + ("，催报函已生成，见下方材料" if reminder.papers else ""),
        primary=True,
    )
