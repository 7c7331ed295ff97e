"""The exchange: what was validated, members, policy and calendar as files for any engine, and the proof of it."""
