"""预警与退出: what is going wrong, since when, on which evidence?"""

from contract.viewer import may_see
from pages.shared.in_url import segments
from pages.shell import frame
from pages.shell.selections import Warnings
from pages.supervision.warnings.history import history
from pages.supervision.warnings.incidents import incidents
from pages.supervision.warnings.replay import replay
from pages.supervision.warnings.rules import rules_table
from pages.supervision.warnings.triggers import open_triggers
from pages.supervision.warnings.ways import under_way

REPLAY, INCIDENTS = "replay", "incidents"
NEEDS = {REPLAY: "replay", INCIDENTS: "incidents"}  # part → the area that it takes

view = frame.open_page("预警与退出")
parts = {part: name for part, name in Warnings.PARTS.items() if may_see(view.viewer, NEEDS.get(part, "triggers"))}
part = segments("查看", "part", parts)

if part == "rules":
    rules_table(view)
elif part == REPLAY:
    replay(view)
elif part == INCIDENTS:
    incidents(view)
elif part == "ways":
    under_way(view)
elif part == "history":
    history(view)
else:
    open_triggers(view)
