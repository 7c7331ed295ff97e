"""`python -m etl`: submissions come in, what was found in them is answered, data versions are published."""

import sys

from contract.console.lean import keep_lean
from contract.console.program import Commands, run

# Name → the command's `module:function`, imported when it is called, and what the menu says of it.
COMMANDS = {
    "approve-rule": ("etl.commands.rules:approve_rule_command", "批准规则变更提议，随即对其起始报送期及以后生效"),
    "archive": ("etl.commands.archive:archive_commands", "原件库的存放：在共享目录或对象存储中建立，在两处之间复制"),
    "audit": ("etl.commands.audit:audit_command", "谁在何时查看、导出过哪些明细"),
    "backup": ("etl.commands.upkeep:backup_command", "把档案和台账备份到一个目录，读回核对"),
    "check": ("etl.commands.check:check_command", "校验文件，不入库"),
    "compare": ("etl.commands.versions:compare_command", "同一次报送的两版逐格对比（退回的版本也可以）"),
    "confirm": ("etl.commands.answers:confirm_command", "监管人员确认说明、认可异议，或退回"),
    "demo": ("etl.commands.demonstration:demo_command", "写出演示用的报送文件；--load则登记、装载并发布"),
    "explain": ("etl.commands.answers:explain_command", "报送机构说明问题的原因，或提出异议"),
    "export": ("etl.commands.exchange:export_command", "把逐笔数据导出为Parquet，供其他系统读取"),
    "fetch": ("etl.commands.sharing:fetch_command", "从共享存储取用其他主机发布的数据版本"),
    "findings": ("etl.commands.standing:findings_command", "某次报送的校验结果"),
    "health": ("etl.commands.upkeep:health_command", "能否正常提供服务，哪些需要处理"),
    "ledger": ("etl.commands.ledger:ledger_commands", "台账的存放：在PostgreSQL上建表，在数据库之间复制"),
    "load": ("etl.commands.submissions:load_command", "接收、校验并装载报送文件，随后发布"),
    "publish": ("etl.commands.publishing:publish_command", "生成并切换到新的数据版本"),
    "questions": ("etl.commands.standing:questions_command", "各机构待说明、待确认的问题和异议"),
    "rebuild": ("etl.commands.publishing:rebuild_command", "只凭档案和台账重建数据仓库"),
    "register": ("etl.commands.submissions:register_command", "把名单文件登记为首批试点名单"),
    "rehash": ("etl.commands.verify:rehash_command", "自此以另一种校验算法登记台账"),
    "reject-rule": ("etl.commands.rules:reject_rule_command", "驳回或撤回规则变更提议"),
    "restore": ("etl.commands.upkeep:restore_command", "从备份恢复到空目录，或演练恢复"),
    "rule": ("etl.commands.rules:rule_command", "提议自某一报送期起改变一条校验规则的级别或停用它"),
    "rules": ("etl.commands.rules:rules_command", "校验规则总表：每条规则在某一报送期的级别、依据和写法"),
    "share": ("etl.commands.sharing:share_command", "把现行数据版本放到共享存储，供其他主机取用"),
    "status": ("etl.commands.standing:status_command", "谁报了什么、何时、结果如何"),
    "template": ("etl.commands.template:template_command", "写出报送模板：给出机构和报送期的，按上期报送预填"),
    "verify": ("etl.commands.verify:verify_command", "核对台账、档案和数据版本是否完整相符"),
}
# They do acts once more, which read through `metrics.queries` in pandas' frames; every other does without pandas.
WITH_FRAMES = {"restore", "verify"}

etl = Commands(COMMANDS, help="报送数据的登记、校验、装载与发布", context_settings={"help_option_names": ["--help"]})

if __name__ == "__main__":
    if WITH_FRAMES.isdisjoint(sys.argv[1:2]):
        keep_lean()
    run(etl, "python -m etl")
