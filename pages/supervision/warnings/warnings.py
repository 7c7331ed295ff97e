"""预警与退出: what is going wrong, since when, on which evidence?"""

from contract.viewer import may_see
from pages.shared.in_url import segments
from pages.shell import frame
from pages.supervision.warnings.history import history
from pages.supervision.warnings.replay import replay
from pages.supervision.warnings.rules import rules_table
from pages.supervision.warnings.triggers import open_triggers
from pages.supervision.warnings.ways import under_way

PARTS = {"open": "未关闭线索", "ways": "办理过程", "history": "历次线索", "rules": "预警规则"}
REPLAY = {"replay": "规则回溯"}  # for the Bureau

view = frame.open_page("预警与退出")
parts = PARTS | (REPLAY if may_see(view.viewer, "replay") else {})
part = segments("查看", "part", parts)

if part == "rules":
    rules_table(view)
elif part == "replay":
    replay(view)
elif part == "ways":
    under_way(view)
elif part == "history":
    history(view)
else:
    open_triggers(view)
