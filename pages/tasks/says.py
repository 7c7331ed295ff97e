"""What a section's title says, in words that follow from its figures; named in `data/tasks/pages.toml`."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from contract.wording import listing
from pages.shared.format import Measure, is_absent, number, with_unit
from pages.tasks.record import Record


def level_word(how: Measure) -> str:
    """How the greatest of several is called: sums and counts are 最多, rates and days 最高."""
    return "最高" if how.rate or how.unit in ("天", "BP") else "最多"


def greatest(name: str, rows: pd.DataFrame, how: Measure) -> str:
    """`海淀运行中服务点最多，为12个`: who has most; of a frame with columns name and value that has a value."""
    top = rows.loc[rows["value"].astype(float).idxmax()]
    return f"{top['name']}{name}{level_word(how)}，为{with_unit(top['value'], how)}"


def known(record: Record, code: str) -> pd.DataFrame:
    """The rows in which a column has a value that the viewer is given."""
    return record.frame.assign(label=record.draws("label")).dropna(subset=[code])


def medians(record: Record) -> str:
    """`绿色通道中位数7天，非绿色通道12天`."""
    parts = record.frame.drop_duplicates("part").dropna(subset=["median"])
    if parts.empty:
        return f"{record.section.title}涉及不足3家机构或企业，不披露"
    unit = record.section.column("median").unit
    told = [
        f"{row.part}{number(row.median, 0 if row.median == int(row.median) else 1)}{unit}" for row in parts.itertuples()
    ]
    return f"{record.section.title}中位数：{'，'.join(told)}"


def mix(record: Record) -> str:
    """`500万元—千万元限额：内部评估占41.5%，协商确定25.6%，外部评估32.9%`, of the bin with most loans."""
    bins = record.frame.groupby("name", sort=False)["loans"].sum(min_count=1)
    if bins.isna().all():
        return f"{record.section.title}涉及不足3家机构或企业，不披露"
    name = bins.idxmax()
    parts = record.frame[(record.frame["name"] == name) & record.frame["share"].notna()]
    told = [f"{row.part}{record.said('share', row.share)}" for row in parts.itertuples()]
    return f"{name}的最多，其中{'，'.join(told)}"


def most(record: Record) -> str:
    """`质押贷款最多，23个`; `质押贷款和融资租赁最多，各23个` where they share the place."""
    code = record.section.draws["value"]
    rows = known(record, code)
    if rows.empty:
        return f"{record.section.title}涉及不足3家机构或企业，不披露"
    top = rows[code].max()
    if not top:
        return f"{record.section.title}均为零"
    names = rows.loc[rows[code] == top, "label"].tolist()
    return f"{listing(names)}最多，{'各' if len(names) > 1 else ''}{record.said(code, top)}"


def least(record: Record) -> str:
    """`5项全部建立；建立多部门申诉机制的最少，14/28家`; `…等3项的最少` where several share the place."""
    shares = record.frame["share"]
    if (shares == 100).all():
        return f"{len(shares)}项机制均已建立"
    fewest, full = record.frame[shares == shares.min()], int((shares == 100).sum())
    first, others = fewest.iloc[0], f"等{len(fewest)}项" if len(fewest) > 1 else ""
    told = f"{first['name']}{others}的最少，{first['banks']}/{first['reported']}家"
    return f"{full}项全部建立；{told}" if full else told


def middle(record: Record) -> str:
    """`专项考核权重(%)中位数3.4`, of the first quantity."""
    row = record.frame.iloc[0]
    return (
        f"{row['name']}中位数{number(row['median'], 1)}，在{number(row['lowest'], 1)}至{number(row['highest'], 1)}之间"
    )


def liability(record: Record) -> str:
    """`启动认定62件，免责44件，申诉6件，改判0件`."""
    counts = dict(zip(record.frame["name"], record.frame["count"], strict=True))
    if not counts["启动尽职认定"]:
        return "本年没有启动尽职认定"
    told = [("启动认定", "启动尽职认定"), ("免责", "认定免责"), ("申诉", "提出申诉"), ("改判", "申诉改判")]
    return "本年" + "，".join(f"{word}{counts[name]}件" for word, name in told)


def rewards(record: Record) -> str:
    """`23家设个人奖励计划，受奖112人，培训5,210人次`; of one bank without the first."""
    rows = record.frame.set_index("name")["count"]
    plans, rewarded, trained = rows["设个人奖励计划的机构"], rows["本年受奖人数"], rows["本年培训人次"]
    said = f"受奖{number(rewarded)}人，培训{number(trained)}人次"
    return f"本年{said}" if record.subject.scope == "bank" else f"{number(plans)}家设个人奖励计划，{said}"


def paced(record: Record) -> str:
    """`28家有单列信贷计划，9家低于序时进度78.0%`."""
    behind, pace = int(record.frame["behind"].sum()), record.frame["pace"].iat[0]
    if is_absent(pace):
        return f"{len(record.frame)}家有单列信贷计划"
    level = f"序时进度{record.said('pace', pace)}"
    return f"{len(record.frame)}家有单列信贷计划，" + (f"{behind}家低于{level}" if behind else f"均不低于{level}")


def stages(record: Record) -> str:
    """`在办2件，本年办结10件`."""
    rows = record.frame
    if rows["withheld"].any():
        return most(record)
    pending = int(rows.loc[rows["stage"].str.contains("_"), "cases"].sum())
    closed = int(rows.loc[rows["stage"] == "closed", "cases"].sum())
    return f"在办{pending}件，本年办结{closed}件"


def recovery(record: Record) -> str:
    """`平台挂牌回收率最高，为22.3%`."""
    rows = known(record, "recovery_rate")
    if rows.empty:
        return f"{record.section.title}涉及不足3家机构或企业，不披露"
    top = rows.loc[rows["recovery_rate"].idxmax()]
    return f"{top['label']}回收率最高，为{record.said('recovery_rate', top['recovery_rate'])}"


def shared(record: Record) -> str:
    """`有分担的占31.6%，以融资担保最多`."""
    rows = known(record, "share")
    some = rows[rows["code"] != "none"]
    if some.empty:
        return f"{record.section.title}：没有分担的贷款，或涉及不足3家机构或企业不披露"
    top = some.loc[some["share"].idxmax()]
    if record.frame["withheld"].any():
        return f"{top['label']}最多，占{record.said('share', top['share'])}"
    return f"有分担的占{record.said('share', some['share'].sum())}，{top['label']}最多"


def with_loan(record: Record) -> str:
    """`328户中106户已有贷款，222户尚无`."""
    counts = record.frame.groupby("part")["firms"].sum()
    return f"{int(counts.sum())}户中{int(counts['已有贷款'])}户已有贷款，{int(counts['尚无贷款'])}户尚无"


def met(record: Record) -> str:
    """`需求26.30亿元，已满足6.74亿元`."""
    demand = f"融资需求{record.said('demand', record.frame['demand'].sum())}"
    if record.frame["withheld"].any():
        return demand
    return f"{demand}，贷款满足{record.said('met', record.frame['met'].sum())}"


def pools(record: Record) -> str:
    """`资金池规模34200.00万元，使用率15.2%`, of the last row: the sum, or the one district."""
    last = record.frame.iloc[-1]
    size, used = record.said("pool_size", last["pool_size"]), record.said("used", last["used"])
    return f"{last['name']}资金池规模{size}，使用率{used}"


def leader(record: Record) -> str:
    """Who has most of what is drawn; the form puts the choice in."""
    return record.section.title


def rows(record: Record) -> str:
    """`服务点名录，45条`."""
    return f"{record.section.title}，{len(record.frame)}条"


SAYS: dict[str, Callable[[Record], str]] = {
    says.__name__: says
    for says in (
        medians, mix, most, least, middle, liability, rewards, paced, stages, recovery, shared, with_loan, met, pools,
        leader, rows,
    )
}  # fmt: skip
