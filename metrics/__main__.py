"""`python -m metrics`: figures, scores and triggers, from the current data version."""

import sys

from contract.console.lean import keep_lean
from contract.console.program import Commands, run

# Name → the command's `module:function`, imported when it is called, and what the menu says of it.
COMMANDS = {
    "cases": ("metrics.commands.cases:cases_command", "各预警线索的办理过程和到期、逾期"),
    "explain": ("metrics.commands.explain:explain_command", "一个指标值的来历"),
    "inputs": ("metrics.commands.inputs:inputs_command", "评价和预警除指标值外所依据的行，由数据交换算出"),
    "list": ("casework.commands.roster:list_command", "某日的试点名单；同python -m casework list，供外部程序调用"),
    "movement": ("metrics.commands.movement:movement_command", "余额、不良余额变动的各项原因"),
    "nation": ("metrics.commands.nation:nation_command", "各区域和全国的指标值；只用于声明了几个区域的"),
    "outlook": ("metrics.commands.outlook:outlook_command", "按目前进度，各项目标将到多少，附算式"),
    "replay": ("metrics.commands.replay:replay_command", "规则回溯：一项预警规则在以往各期会提示谁"),
    "restated": ("metrics.commands.values:restated_command", "某期因更正而变动的指标值"),
    "s70": ("metrics.commands.s70:s70_command", "按1104报表S70的列列示，或与填报数对数"),
    "scorecard": ("metrics.commands.scorecard:scorecard_command", "一个成员的评分表"),
    "scores": ("metrics.commands.evaluation:scores_command", "评价得分、等级、位次和分项得分"),
    "targets": ("metrics.commands.targets:targets_command", "各项目标的水平、实际值、差距和完成度"),
    "triggers": ("metrics.commands.evaluation:triggers_command", "某期末仍未关闭的预警线索"),
    "values": ("metrics.commands.values:values_command", "某期的指标值"),
    "what-if": ("metrics.commands.what_if:what_if_command", "参数试算：用另外的参数和评分表重算以往各轮次"),
}
# These read through `metrics.queries`, as pages do, so in pandas' frames; every other command does without pandas.
WITH_FRAMES = {"cases", "list", "nation", "scorecard"}

metrics = Commands(COMMANDS, help="指标、评价与预警线索", context_settings={"help_option_names": ["--help"]})

if __name__ == "__main__":
    if WITH_FRAMES.isdisjoint(sys.argv[1:2]):
        keep_lean()
    run(metrics, "python -m metrics")
