"""`python -m casework`: what people decide and record, each act by name, in the ledger."""

import sys

from contract.console.lean import keep_lean
from contract.console.program import Commands, run

# Name → the command's `module:function`, imported when it is called, and what the menu says of it.
TASKS = {
    "add": ("casework.commands.followups:add_command", "交办一件督办事项"),
    "answer": ("casework.commands.followups:answer_command", "登记责任人的答复和依据"),
    "close": ("casework.commands.followups:close_command", "办结；办结人不能是责任人或答复人"),
    "firm-answer": ("casework.commands.key_firms:firm_answer_command", "登记机构对某区重点企业的答复和原因"),
    "list": ("casework.commands.followups:list_command", "督办事项，按期限排列；有逾期的，退出码为1"),
    "postpone": ("casework.commands.followups:postpone_command", "调整期限，写明原因"),
    "remind": ("casework.commands.reminders:remind_command", "登记一次催报"),
    "remind-answer": ("casework.commands.reminders:remind_answer_command", "登记对一次催报的答复"),
    "reminders": ("casework.commands.reminders:reminders_command", "催报记录"),
    "reopen": ("casework.commands.followups:reopen_command", "退回重办：答复不能接受，或办结有误"),
    "show": ("casework.commands.followups:show_command", "一件督办事项的办理经过"),
}
ACCOUNTS = {
    "create": ("casework.commands.accounts:create_command", "为已登记的使用者开设账户，给出初始口令"),
    "disable": ("casework.commands.accounts:disable_command", "停用账户，结束其全部会话"),
    "enable": ("casework.commands.accounts:enable_command", "恢复停用的账户"),
    "end": ("casework.commands.accounts:end_command", "结束一个会话，或一名使用者的全部会话"),
    "first": ("casework.commands.accounts:first_command", "首次启用：开设第一个管理员账户"),
    "link": ("casework.commands.accounts:link_command", "把统一身份认证的用户标识对应到已登记的使用者"),
    "list": ("casework.commands.accounts:list_command", "账户，以及统一身份认证的对应关系"),
    "reset": ("casework.commands.accounts:reset_command", "重置口令，给出新的初始口令；可一并取消动态验证码"),
    "sessions": ("casework.commands.accounts:sessions_command", "现有会话：谁、自何时、从哪里登录"),
    "unlink": ("casework.commands.accounts:unlink_command", "取消一个用户标识的对应关系"),
}
GIVINGS = {
    "ask": ("casework.commands.givings:ask_command", "申请把一个文件提供给外单位，待另一人批准"),
    "list": ("casework.commands.givings:list_command", "对外提供的申请、批准和领出"),
    "take": ("casework.commands.givings:take_command", "领出已批准提供的文件；只给出一次"),
}
COMMANDS = {
    "acceptance": ("casework.commands.decisions:acceptance_command", "登记整改验收：到位或不到位"),
    "answer": ("casework.commands.decisions:answer_command", "登记陈述申辩"),
    "answer-objection": ("casework.commands.rounds:answer_objection_command", "答复一项异议：成立或不成立"),
    "approve": ("casework.commands.approvals:approve_command", "批准名单决定、政策提议、使用者提议或对外提供"),
    "assess": ("casework.commands.judgements:assess_command", "评定一个定性项"),
    "batch": ("casework.commands.month:batch_group", "布置：某报送期谁应报什么、何时截止"),
    "calendar": ("casework.commands.month:calendar_command", "月历：某报送期各步骤的日期和状态"),
    "demonstrate": (
        "casework.commands.demonstration:demonstrate_command",
        "在演示数据上办理评价轮次并发布，再办理几期月报",
    ),
    "event": ("casework.commands.decisions:event_command", "登记报表看不出的事件：处罚、案件、自愿退出等"),
    "evidence": ("casework.commands.evidence:evidence_command", "一项名单决定的全部依据和校验值"),
    "initiatives": ("casework.commands.judgements:initiatives_command", "填报的创新举措及其认可"),
    "issue": ("casework.commands.issues:issue_group", "监管月报：起草、改写、送审、退回、撤稿、发布、分送、更正"),
    "key-firms": ("casework.commands.key_firms:key_firms_command", "重点企业对接：有无贷款、等待天数、机构的答复"),
    "letter": ("casework.commands.letters:letter_command", "制作文书（Word）"),
    "list": ("casework.commands.roster:list_command", "某日的试点名单，或两日之间的变化"),
    "meeting": ("casework.commands.meetings:meeting_group", "会商：登记纪要和结论，会前材料"),
    "notice": ("casework.commands.decisions:notice_command", "登记限期整改、退出前的告知"),
    "objection": ("casework.commands.rounds:objection_command", "登记对一个评分项的异议"),
    "objections": ("casework.commands.rounds:objections_command", "各轮次的异议和答复"),
    "parameter": ("casework.commands.policy:parameter_command", "提议自某日起改变一项政策参数"),
    "parameters": ("casework.commands.policy:parameters_command", "政策参数：值、生效日、文号、提议和批准"),
    "plan": ("casework.commands.decisions:plan_command", "登记限期整改成员的整改方案"),
    "proposals": ("casework.commands.approvals:proposals_command", "名单决定、政策提议和使用者提议"),
    "propose": ("casework.commands.decisions:propose_command", "提出一项名单决定"),
    "recognise": ("casework.commands.judgements:recognise_command", "认可一项创新举措，或撤销认可"),
    "reference": ("casework.commands.references:reference_command", "登记一个参照序列的值"),
    "references": ("casework.commands.references:references_command", "参照序列各期的值、口径和来源"),
    "reject": ("casework.commands.approvals:reject_command", "驳回名单决定、政策提议、使用者提议或对外提供"),
    "round": ("casework.commands.rounds:round_command", "办理评价轮次的一步：开启、自评、初评至通报、归档"),
    "rounds": ("casework.commands.rounds:rounds_command", "各评价轮次的日期、经办人、异议和下一步"),
    "score-use": ("casework.commands.rounds:score_use_command", "登记一项结果运用"),
    "score-uses": ("casework.commands.rounds:score_uses_command", "各轮次的结果运用"),
    "self-assess": ("casework.commands.rounds:self_assess_command", "登记自评"),
    "timeline": ("casework.commands.roster:timeline_command", "一个成员在试点名单上的经历"),
    "user": ("casework.commands.users:user_command", "提议登记、变更或停用一名使用者"),
    "users": ("casework.commands.users:users_command", "使用者：角色、范围、由谁提议和批准"),
    "what-if": ("casework.commands.policy:adopt_command", "参数试算采用：把试算的改动作为一项政策提议"),
}
# These read through `metrics.queries`, as pages do, so in pandas' frames; every other command does without pandas.
WITH_FRAMES = {
    "assess", "batch", "calendar", "demonstrate", "evidence", "initiatives", "issue", "key-firms", "list", "meeting",
    "recognise", "task", "timeline",
}  # fmt: skip
SETTINGS = {"context_settings": {"help_option_names": ["--help"]}}

casework = Commands(COMMANDS, help="名单决定、评价轮次、评价参数、使用者和每月工作的办理与登记", **SETTINGS)
casework.add_command(Commands(ACCOUNTS, name="account", help="登录账户和会话：开设、重置、停用、对应、结束"))
casework.add_command(Commands(GIVINGS, name="give", help="对外提供：把数据文件提供给外单位，由另一人批准，领出一次"))
casework.add_command(
    Commands(TASKS, name="task", help="催报、重点企业对接的答复，以及督办事项：交办、答复、办结、退回重办、调整期限")
)

if __name__ == "__main__":
    if WITH_FRAMES.isdisjoint(sys.argv[1:2]):
        keep_lean()
    run(casework, "python -m casework")
