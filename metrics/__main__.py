"""`python -m metrics`: figures, scores, triggers and the list, from the current data version."""

import sys

from etl.lean import keep_lean
from etl.usage import Commands, run

# Name → the command's `module:function`, imported when it is called, and what the menu says of it.
TASKS = {
    "add": ("metrics.task_commands:add_command", "交办一件督办事项"),
    "answer": ("metrics.task_commands:answer_command", "登记责任人的答复和依据"),
    "close": ("metrics.task_commands:close_command", "办结；办结人不能是责任人或答复人"),
    "firm-answer": ("metrics.reminder_commands:firm_answer_command", "登记机构对某区重点企业的答复和原因"),
    "list": ("metrics.task_commands:list_command", "督办事项，按期限排列；有逾期的，退出码为1"),
    "postpone": ("metrics.task_commands:postpone_command", "调整期限，写明原因"),
    "remind": ("metrics.reminder_commands:remind_command", "登记一次催报"),
    "remind-answer": ("metrics.reminder_commands:remind_answer_command", "登记对一次催报的答复"),
    "reminders": ("metrics.reminder_commands:reminders_command", "催报记录"),
    "reopen": ("metrics.task_commands:reopen_command", "退回重办：答复不能接受，或办结有误"),
    "show": ("metrics.task_commands:show_command", "一件督办事项的办理经过"),
}
COMMANDS = {
    "acceptance": ("metrics.rectification_commands:acceptance_command", "登记整改验收：到位或不到位"),
    "answer": ("metrics.decision_commands:answer_command", "登记陈述申辩"),
    "answer-objection": ("metrics.round_commands:answer_objection_command", "答复一项异议：成立或不成立"),
    "approve": ("metrics.approval_commands:approve_command", "批准名单决定、政策提议或使用者提议"),
    "assess": ("metrics.judgement_commands:assess_command", "评定一个定性项"),
    "batch": ("metrics.month_commands:batch_group", "布置：某报送期谁应报什么、何时截止"),
    "calendar": ("metrics.month_commands:calendar_command", "月历：某报送期各步骤的日期和状态"),
    "cases": ("metrics.case_command:cases_command", "各预警线索的办理过程和到期、逾期"),
    "demonstrate": ("metrics.demonstration_command:demonstrate_command", "在演示数据上办理评价轮次并发布"),
    "event": ("metrics.decision_commands:event_command", "登记报表看不出的事件：处罚、案件、自愿退出等"),
    "evidence": ("metrics.evidence_command:evidence_command", "一项名单决定的全部依据和校验值"),
    "explain": ("metrics.explain_command:explain_command", "一个指标值的来历"),
    "initiatives": ("metrics.judgement_commands:initiatives_command", "填报的创新举措及其认可"),
    "key-firms": ("metrics.month_commands:key_firms_command", "重点企业对接：有无贷款、等待天数、机构的答复"),
    "letter": ("metrics.letter_commands:letter_command", "制作文书（Word）"),
    "list": ("metrics.roster_commands:list_command", "某日的试点名单，或两日之间的变化"),
    "meeting": ("metrics.meeting_commands:meeting_group", "会商：登记纪要和结论，会前材料"),
    "movement": ("metrics.movement_command:movement_command", "余额、不良余额变动的各项原因"),
    "notice": ("metrics.decision_commands:notice_command", "登记限期整改、退出前的告知"),
    "objection": ("metrics.round_commands:objection_command", "登记对一个评分项的异议"),
    "objections": ("metrics.round_commands:objections_command", "各轮次的异议和答复"),
    "outlook": ("metrics.outlook_command:outlook_command", "按目前进度，各项目标将到多少，附算式"),
    "parameter": ("metrics.policy_commands:parameter_command", "提议自某日起改变一项政策参数"),
    "parameters": ("metrics.policy_commands:parameters_command", "政策参数：值、生效日、文号、提议和批准"),
    "plan": ("metrics.rectification_commands:plan_command", "登记限期整改成员的整改方案"),
    "proposals": ("metrics.approval_commands:proposals_command", "名单决定、政策提议和使用者提议"),
    "propose": ("metrics.decision_commands:propose_command", "提出一项名单决定"),
    "recognise": ("metrics.judgement_commands:recognise_command", "认可一项创新举措，或撤销认可"),
    "reference": ("metrics.reference_commands:reference_command", "登记一个参照序列的值"),
    "references": ("metrics.reference_commands:references_command", "参照序列各期的值、口径和来源"),
    "reject": ("metrics.approval_commands:reject_command", "驳回名单决定、政策提议或使用者提议"),
    "replay": ("metrics.replay_command:replay_command", "规则回溯：一项预警规则在以往各期会提示谁"),
    "restated": ("metrics.commands:restated_command", "某期因更正而变动的指标值"),
    "round": ("metrics.round_commands:round_command", "办理评价轮次的一步：开启、自评、初评至通报、归档"),
    "rounds": ("metrics.round_commands:rounds_command", "各评价轮次的日期、经办人、异议和下一步"),
    "s70": ("metrics.s70_command:s70_command", "按1104报表S70的列列示，或与填报数对数"),
    "score-use": ("metrics.round_commands:score_use_command", "登记一项结果运用"),
    "score-uses": ("metrics.round_commands:score_uses_command", "各轮次的结果运用"),
    "scorecard": ("metrics.scorecard_command:scorecard_command", "一个成员的评分表"),
    "scores": ("metrics.evaluation_commands:scores_command", "评价得分、等级、位次和分项得分"),
    "self-assess": ("metrics.round_commands:self_assess_command", "登记自评"),
    "targets": ("metrics.target_command:targets_command", "各项目标的水平、实际值、差距和完成度"),
    "timeline": ("metrics.roster_commands:timeline_command", "一个成员在试点名单上的经历"),
    "triggers": ("metrics.evaluation_commands:triggers_command", "某期末仍未关闭的预警线索"),
    "user": ("metrics.user_commands:user_command", "提议登记、变更或停用一名使用者"),
    "users": ("metrics.user_commands:users_command", "使用者：角色、范围、由谁提议和批准"),
    "values": ("metrics.commands:values_command", "某期的指标值"),
    "what-if": ("metrics.whatif_command:whatif_command", "参数试算：用另外的参数和评分表重算以往各轮次"),
}
# These read through `metrics.queries`, as pages do, so in pandas' frames; every other command does without pandas.
WITH_FRAMES = {
    "assess", "batch", "calendar", "cases", "evidence", "initiatives", "key-firms", "list", "meeting", "recognise",
    "scorecard", "task", "timeline",
}  # fmt: skip
SETTINGS = {"context_settings": {"help_option_names": ["--help"]}}

metrics = Commands(COMMANDS, help="指标、评价、预警线索与名单", **SETTINGS)
metrics.add_command(
    Commands(TASKS, name="task", help="催报、重点企业对接的答复，以及督办事项：交办、答复、办结、退回重办、调整期限")
)

if __name__ == "__main__":
    if WITH_FRAMES.isdisjoint(sys.argv[1:2]):
        keep_lean()
    run(metrics, "python -m metrics")
