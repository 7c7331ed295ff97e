"""数据版本: when each was published, by whom and after which acts, and how long each part of it took."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from casework.access.upkept import versions_for
from casework.replay.replay import kinds
from contract.settings import home
from etl.snapshot.built_by import built_by_now
from etl.snapshot.history import Version
from etl.snapshot.timing import Build, part_names
from etl.upkeep.storage import MB
from pages.shared import tables
from pages.shell import states
from pages.shell.moments import minute
from pages.shell.session import person
from pages.shell.view import View

COLUMNS = {
    "version": tables.text("数据版本", width="small"),
    "at": tables.text("发布时间"),
    "by": tables.text("发布人"),
    "acts": tables.text("自上一版以来的事项", width="medium"),
    "upto": tables.text("台账截至"),
    "way": tables.text("生成方式"),
    "program": tables.text("程序"),
    "seconds": tables.figure("用时(秒)", 1),
    "size": tables.figure("文件(MB)", 1),
    "state": tables.text("状态"),
}
STEPS = {
    "part": tables.text("步骤", width="medium"),
    "seconds": tables.figure("用时(秒)", 2),
    "share": tables.figure("占全部用时(%)", 1),
}
SHOWN = 8
NOT_MEASURED = "未记录"


def versions(view: View) -> None:
    """A row a data version, and the parts of the chosen one."""
    found = versions_for(view.viewer, home())
    if not found:
        states.empty(
            "每次发布后，这里列出何时、由谁、因何事发布，以及各步用时。",
            "登记试点名单、接收报送后，数据版本随即发布",
            title="还没有发布过数据版本",
        )
        return
    frame = pd.DataFrame([_row(one) for one in found])
    chosen = tables.pick_kept(
        frame, COLUMNS, "version", "number", key="versions", about="数据版本", height=tables.tall(len(frame), SHOWN),
        export=view.snapshot is not None,
    )  # fmt: skip
    _parts(view, next(one for one in found if str(one.number) == chosen))


def _row(one: Version) -> dict:
    return {
        "number": str(one.number),
        "version": f"第{one.number}版",
        "at": minute(one.at),
        "by": person(one.by),
        "acts": _acts(one),
        "upto": f"第{one.upto}号事件",
        "way": _way(one.build),
        "program": _program(one.build),
        "seconds": one.build.total if one.build else None,
        "size": one.bytes / MB if one.bytes is not None else None,
        "state": "当前" if one.is_current else "保存供比较" if one.bytes is not None else "已清理，可重建",
    }


def _acts(one: Version) -> str:
    return "、".join(kinds()[act].name for act in one.acts) or "没有须计入的新事项，重新生成"


def _way(build: Build | None) -> str:
    if build is None:
        return NOT_MEASURED
    return f"接续第{build.before}版" if build.before else "全部重新计算"


def _program(build: Build | None) -> str:
    if build is None:
        return NOT_MEASURED
    return "现用程序" if build.built_by == built_by_now() else "以前的程序"


def _parts(view: View, one: Version) -> None:
    st.subheader(f"第{one.number}版的各步用时")
    st.caption(f"自上一版以来的事项：{_acts(one)}。")
    if one.build is None:
        st.caption("这一版发布时没有记录各步用时：由以前的程序发布，或数据目录是从备份恢复的。下次发布起记录。")
        return
    names, total = part_names(), one.build.total
    st.caption(
        f"共{total:.1f}秒，{minute(one.build.at)}完成（本机时间）。"
        "“接续”指报送没有变化的期间沿用上一版的计算结果，只计算有变化的。"
    )
    frame = pd.DataFrame(
        [
            {"part": names.get(part, part), "seconds": seconds, "share": 100 * seconds / total if total else None}
            for part, seconds in one.build.seconds.items()
        ]
    )
    tables.sheet(
        frame, STEPS, key="version-parts", about=f"第{one.number}版的各步用时", height=tables.tall(len(frame), 20),
        export=view.snapshot is not None,
    )  # fmt: skip
