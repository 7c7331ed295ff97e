"""存储与备份: whether copies and rehearsals are in time, what each store takes, and how the records grow."""

from __future__ import annotations

import shutil

import pandas as pd
import streamlit as st

from casework.access.upkept import Storage, storage_for
from contract.settings import Home, home, wall_time
from etl.upkeep.duties import NOT_OLDER, Duty
from etl.upkeep.machine import GB
from etl.upkeep.records import KINDS, Record
from etl.upkeep.storage import MB
from pages.shared import tables
from pages.shell import states
from pages.shell.moments import day, minute
from pages.shell.view import View

DUTIES = {
    "kind": tables.text("事项", width=84),
    "state": tables.text("状态", width=96),
    "last": tables.text("最近一次", width=132),
    "due": tables.text("下次最迟", width=132),
    "next_step": tables.text("下一步", width="large"),
}
STORES = {
    "name": tables.text("存储", width="medium"),
    "files": tables.figure("文件数"),
    "size": tables.figure("占用(MB)", 1),
    "lost": tables.text("丢失后", width="medium"),
}
GROWTH = {
    "month": tables.text("月份"),
    "files": tables.figure("新增原件(个)"),
    "size": tables.figure("新增原件(MB)", 1),
    "kept": tables.figure("原件累计(MB)", 1),
    "events": tables.figure("台账新增事件(件)"),
}
RECORDS = {
    "at": tables.text("时间"),
    "kind": tables.text("事项"),
    "result": tables.text("结果", width="medium"),
    "copy": tables.text("备份"),
    "where": tables.text("存于"),
    "files": tables.figure("原件数"),
    "size": tables.figure("原件(MB)", 1),
    "seconds": tables.figure("用时(秒)", 1),
}
TERMS = {
    "what": tables.text("记录"),
    "level": tables.text("数据级别"),
    "records": tables.figure("件数"),
    "since": tables.text("最早一件"),
    "years": tables.figure("至少保存(年)"),
    "until": tables.text("最早一件至少保存至"),
}
SHOWN = 12


def storage(view: View) -> None:
    """Five tables: how long records are kept, duties, stores, growth by month, what was done."""
    place = home()
    found = storage_for(view.viewer, place, wall_time())
    export = view.snapshot is not None
    st.subheader("备份与恢复演练")
    limits = "，".join(f"{KINDS[kind]}间隔不超过{span.days}天" for kind, span in NOT_OLDER.items())
    st.caption(f"{limits}；逾期的标有“！”。没有恢复过的备份不能算备份。")
    tables.sheet(pd.DataFrame(map(_duty, found.duties)), DUTIES, key="duties", about="备份与恢复演练", export=export)

    st.subheader("各项存储")
    if found.away:
        step = "恢复存储或网络后刷新本页；须附文件的办理和报送，也在恢复之后"
        states.card("!", "读不到原件库", f"{found.away}。占用和增长此时不明。", step, tone="alert")
    else:
        _stores(found, place, export)

    if found.terms:
        st.subheader("保存期限")
        st.caption("按事项种类和所看数据的级别；登记所附的原件随登记保存。系统不自行删除任何记录。")
        frame = pd.DataFrame(
            vars(one)
            | {"level": one.level.name, "years": one.level.years}
            | {"since": day(one.since), "until": day(one.until)}
            for one in found.terms
        )
        tables.sheet(frame, TERMS, key="terms", about="保存期限", height="content", export=export)

    if not found.away:
        st.subheader("逐月增长")
        _growth(found, export)

    st.subheader("历次备份与演练")
    if found.records:
        frame = pd.DataFrame(map(_record, found.records))
        height = tables.tall(len(frame), SHOWN)
        tables.sheet(frame, RECORDS, key="upkeep", about="历次备份与演练", height=height, export=export)
    else:
        states.empty(
            "备份、演练每做一次，这里记一行。",
            "把另一磁盘或另一台机器的目录作为备份目录，设每日备份、每季演练（运行维护手册“备份与恢复”）",
            title="还没有备份过",
        )


def _stores(found: Storage, place: Home, export: bool) -> None:
    total, free = sum(one.bytes for one in found.stores), shutil.disk_usage(place.root).free
    st.caption(f"合计{total / MB:,.1f} MB，所在磁盘剩余{free / GB:,.1f} GB。")
    frame = pd.DataFrame([vars(one) | {"size": one.bytes / MB} for one in found.stores])
    tables.sheet(frame, STORES, key="stores", about="各项存储", height="content", export=export)


def _growth(found: Storage, export: bool) -> None:
    if found.growth:
        st.caption("按台账登记的时间计入各月；成套原件中没有单独登记的组成文件不计入。")
        frame = pd.DataFrame(
            [vars(one) | {"size": one.bytes / MB, "kept": one.kept / MB} for one in found.growth],
        )
        height = tables.tall(len(frame), SHOWN)
        tables.sheet(frame, GROWTH, key="growth", about="逐月增长", height=height, export=export)
    else:
        states.empty("台账还没有登记，原件库还没有文件。", "登记名单、收到报送后逐月列出", title="还没有增长")


def _duty(one: Duty) -> dict[str, str]:
    state = "！逾期" if one.is_overdue and one.last else "！还没有过" if one.is_overdue else "按期"
    return {
        "kind": KINDS[one.kind],
        "state": state if one.last or one.is_overdue else "尚不需要",
        "last": minute(one.last.at if one.last else None),
        "due": minute(one.due),
        "next_step": one.next_step,
    }


def _record(one: Record) -> dict:
    return vars(one) | {
        "at": minute(one.at),
        "kind": KINDS[one.kind],
        "result": "核对无误" if one.sound else f"！{len(one.faults)}处问题：{one.faults[0]}",
        "size": one.bytes / MB,
    }
