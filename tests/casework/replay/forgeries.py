"""Of each kind of event, some that no act could have left, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.casework.pilots import Pilot

TODAY = "2026-02-20"
PAPER = {"name": "依据.txt", "sha256": "a" * 64}
FILED = {"file_name": "依据.txt", "content_hash": "a" * 64}


@dataclass(frozen=True)
class World:
    """A ledger that acts have made; each number is that of something that another act could follow."""

    pilot: Pilot
    watch: int
    exit: int
    limit: int
    value: int
    user: int
    rule: int
    violation: int
    task: int
    reminder: int
    giving: int


DECIDED = {"kind": "watch", "effective_on": "2026-02-02", "document_no": "试1号", "reason": "事由", "triggers": [],
           "papers": [], "proposed_on": "2026-02-02", "decided_on": TODAY}  # fmt: skip
USER = {"role": "supervisor", "scope": "", "disabled": False, "reason": "首次登记"}
VALUE = {"name": "x03_score", "value": "55", "effective_from": "2026-07-01", "document_no": "试1号", "reason": ""}
RULE = {"check_id": "V-B1-115", "period_from": "2026-09", "level": "off", "document_no": "演示〔2026〕9号", "note": ""}
RECEIPT = {"submitter": "B001", "kind": "bank", "period": "2026-01", "content_hash": "a" * 64, "verdict": "accepted",
           "s_count": 0, "v_count": 0, "q_count": 0, "m_count": 0}  # fmt: skip
SAID = {"submitter": "B001", "period": "2026-01", "key": "0123456789ab", "level": "Q", "reason": "合同利率"}
ROUND_FACTS = {"period": "2025-12", "on": TODAY, "document_no": "", "note": ""}
GIVING = {"purpose": "核查", "what": "名单", "level": "sensitive", "rows": 1, "version": 1, "paper": PAPER,
          "proposed_on": TODAY}  # fmt: skip
NO_ISSUE = "没有第999号月报草稿"
Forged = Callable[[World], tuple[str, str, dict]]  # who, about what, saying what

# Of each kind, events that no act could have left, and what is said of them.
FORGERIES: dict[str, dict[str, Forged]] = {
    "demonstration": {"已有演示标记|已有报送": lambda w: ("演示", "", {"moment": "2026-11-16T09:00:00"})},
    "decision": {
        "没有提议和批准": lambda w: ("乙", "B001", DECIDED | {"proposer": "甲", "approver": "乙", "batch": ""}),
        "须由另一人批准": lambda w: ("甲", "B001", DECIDED | {"proposal": w.watch, "proposer": "甲", "approver": "甲"}),
        "须先提请会商": lambda w: (
            "乙", "110108", DECIDED | {"proposal": w.exit, "proposer": "甲", "approver": "乙"}),
        "reason与办理结果不符": lambda w: (
            "乙", "B001", DECIDED | {"reason": "别的", "proposal": w.watch, "proposer": "甲", "approver": "乙"}),
        "decided_on与办理结果不符": lambda w: (
            "乙", "B001",
            DECIDED | {"decided_on": "2026-02-03", "proposal": w.watch, "proposer": "甲", "approver": "乙"}),
        "不能作“限期整改”|没有第999号": lambda w: (
            "乙", "B001", DECIDED | {"proposal": 999, "proposer": "甲", "approver": "乙"}),
    },
    "proposal": {
        "状态为限期整改，不能": lambda w: ("甲", "B002", DECIDED | {"proposed_on": TODAY, "kind": "rectify"}),
        "proposed_on与办理结果不符": lambda w: ("甲", "B001", DECIDED | {"proposed_on": "2026-02-01"}),
    },
    "notice": {
        "无须事先告知": lambda w: ("甲", "B001", {"proposal": w.watch, "on": TODAY, "answer_due": "2026-03-06"}),
        "已于2026-02-02告知": lambda w: ("甲", "110108", {"proposal": w.exit, "on": TODAY, "answer_due": TODAY}),
    },
    "answer": {"尚未告知": lambda w: ("甲", "B001", {"proposal": w.watch, "on": TODAY, "paper": PAPER})},
    "consultation": {
        "无须提请会商": lambda w: ("甲", "B001", {"proposal": w.watch, "outcome": "agreed", "paper": PAPER})
    },
    "rejection": {"须由另一人驳回": lambda w: ("甲", "B001", {"proposal": w.watch, "on": TODAY, "reason": "不妥"})},
    "letter": {
        "没有这种文书": lambda w: ("甲", "B001", {"proposal": w.watch, "kind": "rectify", "on": TODAY, "paper": PAPER})
    },
    "plan": {"不是已批准的限期整改": lambda w: ("甲", "B001", {"proposal": w.watch, "on": TODAY, "paper": PAPER})},
    "acceptance": {
        "须由另一人验收": lambda w: (
            "甲", "B002", {"proposal": w.limit, "on": TODAY, "passed": True, "reason": "到位", "paper": PAPER})
    },
    "incident": {
        "不在试点名单上": lambda w: (
            "甲", "B009", {"kind": "case", "entered_on": TODAY, "happened_on": TODAY, "note": "", "paper": PAPER}),
        "在今天.*之后": lambda w: (
            "甲", "B001",
            {"kind": "case", "entered_on": TODAY, "happened_on": "2026-03-01", "note": "", "paper": PAPER}),
    },
    "incident_confirmation": {
        "须由另一人确认": lambda w: ("甲", "B001", {"incident": w.violation, "on": TODAY, "paper": PAPER})
    },
    "annulment": {"没有第999号事件": lambda w: ("甲", "B001", {"incident": 999, "paper": PAPER})},
    "submission": {
        "应为第1版": lambda w: ("甲", "B001", RECEIPT | {"version": 2}),
        "不在名单上": lambda w: ("甲", "B009", RECEIPT | {"submitter": "B009", "version": 1}),
        "结论与问题数不符": lambda w: ("甲", "B001", RECEIPT | {"version": 1, "s_count": 3}),
    },
    "refusal": {"没有原因": lambda w: ("甲", "报送.xlsx", {"content_hash": "", "reason": ""})},
    "rule_fault": {"没有原因": lambda w: ("甲", "B001", {"content_hash": "", "period": "2026-01", "rule_faults": []})},
    "explanation": {
        "须改正的问题": lambda w: ("甲", "B001", SAID | {"act": "explained", "level": "V", "entered_by": "甲"}),
        "没有带来说明的报送": lambda w: ("甲", "B001", SAID | {"act": "explained"}),
    },
    "confirmation": {"还没有说明": lambda w: ("乙", "B001", SAID | {"act": "rejected", "entered_by": "乙"})},
    "publication": {"应为数据版本第1版": lambda w: ("甲", "pilot-7.duckdb", {"number": 7, "sha256": "a" * 64})},
    "round": {
        "下一步是“开启”": lambda w: ("甲", "2025-12", ROUND_FACTS | {"step": "final"}),
        "冻结的数据版本": lambda w: (
            "甲", "2025-12", ROUND_FACTS | {"step": "first", "snapshot": [3, "a" * 64], "sheet_hash": "b" * 64}),
    },
    "self_assessment": {
        "尚未开启": lambda w: ("甲", "B001", {"period": "2025-12", "on": TODAY, "items": [{"item": "V01"}]} | FILED)
    },
    "objection": {
        "尚未开启": lambda w: (
            "甲", "B001", {"period": "2025-12", "on": TODAY, "item": "V01", "reason": "有误"} | FILED)
    },
    "objection_answer": {
        "没有第999号异议": lambda w: (
            "乙", "B001",
            {"period": "2025-12", "on": TODAY, "objection": 999, "outcome": "upheld", "reason": "属实", "value": "3",
             "whole": ""} | FILED)
    },
    "score_use": {"尚未开启": lambda w: ("甲", "B001", ROUND_FACTS | {"use": "award", "document_no": "试1号"})},
    "recognise": {
        "没有受理的报送": lambda w: (
            "甲", "B001", {"submitter": "B001", "period": "2026-01", "title": "举措", "reason": ""})
    },
    "assessment": {
        "应为0至100": lambda w: (
            "甲", "B001", {"period": "2026-01", "item": "V02", "score": "900", "reason": "好", "paper": PAPER})
    },
    "policy_proposal": {
        "取值|范围|应": lambda w: (
            "甲", "x03_score",
            {"parameters": [{"name": "x03_score", "value": "-5"}], "scorecards": [], "changes": [],
             "effective_from": "2026-07-01", "document_no": "试1号", "reason": "", "proposed_on": TODAY})
    },
    "policy_rejection": {
        "须由另一人驳回": lambda w: ("甲", "x03_score", {"proposal": w.value, "reason": "否", "decided_on": TODAY})
    },
    "parameter": {
        "不完整": lambda w: ("甲", "x03_score", VALUE),
        "须由另一人批准": lambda w: (
            "甲", "x03_score",
            VALUE | {"proposal": w.value, "proposer": "甲", "approver": "甲", "decided_on": TODAY}),
        "value与办理结果不符": lambda w: (
            "乙", "x03_score",
            VALUE | {"value": "5", "proposal": w.value, "proposer": "甲", "approver": "乙", "decided_on": TODAY}),
    },
    "scorecard": {
        "没有第999号政策提议": lambda w: (
            "乙", "bank",
            {"kind": "bank", "items": [], "effective_from": "2026-07-01", "document_no": "试1号", "reason": "",
             "proposal": 999, "proposer": "甲", "approver": "乙", "decided_on": TODAY})
    },
    "user_proposal": {
        "须先登记两名复核人": lambda w: ("甲", "郑", USER | {"role": "analyst", "change": "", "proposed_on": TODAY})
    },
    "user": {
        "不完整": lambda w: ("乙", "孙", USER),
        "须由另一人批准": lambda w: (
            "甲", "孙", USER | {"proposal": w.user, "proposer": "甲", "approver": "甲", "decided_on": TODAY}),
        "涉及孙本人": lambda w: (
            "孙", "孙", USER | {"proposal": w.user, "proposer": "甲", "approver": "孙", "decided_on": TODAY}),
        "role与办理结果不符": lambda w: (
            "乙", "孙",
            USER | {"role": "admin", "proposal": w.user, "proposer": "甲", "approver": "乙", "decided_on": TODAY}),
    },
    "user_rejection": {
        "须由另一人驳回": lambda w: ("甲", "孙", {"proposal": w.user, "reason": "否", "decided_on": TODAY})
    },
    "rule_proposal": {
        "没有变化": lambda w: ("甲", "V-B1-115", RULE | {"level": "V", "proposer": "甲", "approver": ""})
    },
    "rule": {
        "须由另一人批准": lambda w: (
            "甲", "V-B1-115", RULE | {"proposal": w.rule, "proposer": "甲", "approver": "甲"}),
        "不完整": lambda w: ("乙", "V-B1-115", RULE | {"proposer": "甲", "approver": "乙"}),
    },
    "rule_rejection": {
        "没有第999号规则变更提议": lambda w: ("乙", "V-B1-115", {"proposal": 999, "reason": "否"})
    },
    "reference": {
        "尚未开始": lambda w: (
            "甲", "lpr_1y",
            {"period": "2026-09", "value": "3", "source": "某处", "published_on": "", "entered_on": TODAY})
    },
    "batch": {
        "尚未结束": lambda w: (
            "甲", "2026-02",
            {"on": TODAY, "deadline": "2026-03-11T00:00:00", "expected": {"B001": ["B1"]}, "notice": PAPER}),
        "应报成员与名单不符": lambda w: (
            "甲", "2026-01",
            {"on": TODAY, "deadline": "2026-02-11T00:00:00", "expected": {"B001": ["B1"]}, "notice": PAPER}),
    },
    "reminder": {
        "催报方式": lambda w: (
            "甲", "B001", {"period": "2026-01", "means": "鸽子", "to": "某人", "on": TODAY, "papers": []}),
        "无须报送": lambda w: (
            "甲", "B009", {"period": "2026-01", "means": "telephone", "to": "某人", "on": TODAY, "papers": []}),
    },
    "reminder_answer": {
        "没有第999号催报": lambda w: ("甲", "B001", {"reminder": 999, "answer": "好", "on": TODAY, "papers": []})
    },
    "followup": {
        "没有登记这次会商": lambda w: (
            "甲", "B001",
            {"source": "meeting", "source_id": "2026-02-10", "what": "核实", "owner": "B001", "owner_kind": "member",
             "on": TODAY, "due_on": "2026-02-25", "papers": []}),
        "期限2026-02-01早于": lambda w: (
            "甲", "B001",
            {"source": "trigger", "source_id": "X01-B001-2026-01", "what": "核实", "owner": "B001",
             "owner_kind": "member", "on": TODAY, "due_on": "2026-02-01", "papers": []}),
    },
    "followup_answer": {
        "没有第999号督办事项": lambda w: ("甲", "B001", {"followup": 999, "on": TODAY, "text": "好", "papers": []}),
        "on与办理结果不符": lambda w: (
            "甲", "B001", {"followup": w.task, "on": "2026-02-19", "text": "好", "papers": []}),
    },
    "followup_close": {"须写明结论": lambda w: ("乙", "B001", {"followup": w.task, "on": TODAY, "text": ""})},
    "followup_reopen": {"无须退回重办": lambda w: ("甲", "B001", {"followup": w.task, "on": TODAY, "text": "再核"})},
    "followup_postpone": {
        "应不同于原期限": lambda w: (
            "甲", "B001", {"followup": w.task, "on": TODAY, "text": "忙", "due_on": "2026-02-25"})
    },
    "meeting": {
        "已经登记": lambda w: ("甲", "2026-02-09", {"held_on": "2026-02-09", "minutes": PAPER, "noted": ["无"]}),
        "日期2026-03-01应在": lambda w: ("甲", "2026-03-01", {"held_on": "2026-03-01", "minutes": PAPER, "noted": []}),
    },
    "firm_answer": {
        "不在名单上": lambda w: (
            "甲", "91110108142671598J",
            {"district": "110108", "bank": "B009", "answer": "agreed", "reason": "可", "on": TODAY, "papers": []})
    },
    "firm_note": {
        "地区不在名单上": lambda w: ("甲", "91110108142671598J", {"district": "B001", "text": "走访", "on": TODAY}),
        "没有对接情况": lambda w: ("甲", "91110108142671598J", {"district": "110108", "text": " ", "on": TODAY}),
    },
    "tie_out": {
        "不是季末": lambda w: (
            "甲", "2026-01", {"on": TODAY, "snapshot": 1, "compared": 1, "differences": [], "paper": PAPER}),
        "有差异没有原因": lambda w: (
            "甲", "2025-12",
            {"on": TODAY, "snapshot": 1, "compared": 1, "paper": PAPER, "differences": [
                {"bank": "B001", "column": "B", "s70": "1", "pilot": "2", "outcome": "不一致", "reason": " "}]}),
    },
    "annotation": {
        "晚于本月": lambda w: (
            "甲", "B001",
            {"indicator": "G01", "scope": "bank", "entity": "B001", "period": "2026-09", "text": "转让", "on": TODAY}),
        "没有对象": lambda w: (
            "甲", "B009",
            {"indicator": "G01", "scope": "bank", "entity": "B009", "period": "2026-01", "text": "转让", "on": TODAY}),
    },
    "annotation_withdrawal": {
        "没有台账第999号批注": lambda w: ("甲", "B001", {"annotation": 999, "reason": "有误", "on": TODAY})
    },
    "saved_view": {
        "不是本系统的页面": lambda w: ("甲", "常看", {"page": "http://x", "parameters": {}, "circle": ""})
    },
    "saved_view_removal": {"没有这一视图": lambda w: ("甲", "常看", {"view": 999})},
    "issue": {
        "没有所依据的数据版本": lambda w: (
            "甲", "2026-01", {"part": "city", "snapshot": 9, "built_at": "2026-02-20T09:00:00"})
    },
    "issue_edit": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "where": "x", "before": "", "after": "好"})},
    "issue_remark": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "before": "", "after": "好"})},
    "issue_charts": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "without": []})},
    "issue_version": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "snapshot": 1, "built_at": TODAY})},
    "issue_submit": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "agreed": "a" * 64})},
    "issue_return": {NO_ISSUE: lambda w: ("乙", "2026-01", {"issue": 999, "text": "重写"})},
    "issue_release": {
        NO_ISSUE: lambda w: (
            "乙", "2026-01", {"issue": 999, "number": 1, "snapshot": 1, "content": PAPER, "files": [PAPER]})
    },
    "issue_send": {
        NO_ISSUE: lambda w: (
            "甲", "2026-01", {"issue": 999, "text": "某局", "to": "某局", "means": "post", "on": TODAY})
    },
    "issue_withdraw": {NO_ISSUE: lambda w: ("甲", "2026-01", {"issue": 999, "text": "不发"})},
    "giving": {"须写明用途": lambda w: ("甲", "某局", GIVING | {"purpose": " "})},
    "giving_approval": {
        "没有第999号对外提供申请": lambda w: ("乙", "某局", {"giving": 999, "on": TODAY}),
        "须由另一人批准": lambda w: ("甲", "某局", {"giving": w.giving, "on": TODAY}),
    },
    "giving_rejection": {
        "须由另一人驳回": lambda w: ("甲", "某局", {"giving": w.giving, "on": TODAY, "reason": "否"})
    },
    "giving_out": {
        "待复核，不能提供": lambda w: ("甲", "某局", {"giving": w.giving, "on": TODAY, "sha256": "a" * 64})
    },
    "hash_function": {"没有这种校验算法": lambda w: ("甲", "md5", {"from": "sha256", "to": "md5", "heads": {}})},
}  # fmt: skip
