"""系统管理: who may come in, who is in, who did what, and who may see what?"""

from pages.shared import acts
from pages.shared.in_url import segments
from pages.shell import frame, session
from pages.shell.selections import System
from pages.system.panels import DRAWS

view = session.view()
frame.heading("系统管理")
acts.said(view.viewer)
part = segments("查看", "part", System.PARTS)
DRAWS[part](view)
