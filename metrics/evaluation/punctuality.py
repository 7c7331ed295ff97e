"""How punctually each member filed: one relation for deductions, triggers and the reason for no score."""

# Grain: a member and period in which it is expected.
#   late            its deadline has passed and the first version had not come by then (late or missing)
#   returned        versions returned; returned_late: those of them received after the deadline
FILING = """
    SELECT
        expected.submitter AS subject,
        expected.kind,
        expected.period,
        any_value(expected.member_group) AS member_group,
        any_value(expected.deadline) AS deadline,
        any_value(expected.deadline_passed) AS deadline_passed,
        count(submission.submission_id) AS versions,
        min(submission.received_at) AS first_received_at,
        any_value(expected.deadline_passed)
            AND NOT coalesce(arg_min(submission.on_time, submission.version), false) AS late,
        count(*) FILTER (submission.verdict = 'returned') AS returned,
        count(*) FILTER (submission.verdict = 'returned' AND NOT submission.on_time) AS returned_late,
        max(submission.submission_id) FILTER (submission.in_force) AS submission_id
    FROM expected
    LEFT JOIN submission ON submission.submitter = expected.submitter AND submission.period = expected.period
    GROUP BY expected.submitter, expected.kind, expected.period
"""
