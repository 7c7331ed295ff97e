"""评价参数: which numbers does policy set, since when, by which document; and what would others have given?"""

from contract.settings import home
from contract.viewer import may_see
from ledger.proposals import PROPOSED
from metrics.queries.evaluation.policy import known_policy
from metrics.queries.work.waiting import user_changes
from pages.results.policy.parameters import parameters
from pages.results.policy.proposals import proposals
from pages.results.policy.scorecards import scorecards
from pages.results.policy.trial import trial
from pages.results.policy.user_proposals import user_proposals
from pages.shared import acts
from pages.shared.in_url import segments
from pages.shell import frame
from pages.shell.selections import Policy

view = frame.open_page("评价参数", "评价、预警和报送所用的数值，以及改动它们会怎样")
acts.said(view.viewer)
of_policy = known_policy(view.viewer, view.snapshot, home())
of_users = user_changes(view.viewer, view.snapshot, home()) if may_see(view.viewer, "users") else ()
waiting = sum(proposal.status == PROPOSED for proposal in (*of_policy, *of_users))
labels = Policy.PARTS | ({"proposals": f"{Policy.PARTS['proposals']}（待复核{waiting}件）"} if waiting else {})
part = segments("查看", "part", labels)

if part == "values":
    parameters(view)
elif part == "cards":
    scorecards(view)
elif part == "trial":
    trial(view)
else:
    proposals(view, of_policy)
    user_proposals(view, of_users)
