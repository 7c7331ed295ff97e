"""Says what this machine is and has, and what of it would stand in the way: `make doctor`.

Ends with 0 where everything is there, 1 where something needs a hand.
"""

from __future__ import annotations

import sys

from etl.upkeep.machine import facts


def main() -> int:
    told = facts()
    for fact in told:
        print(f"{'　' if fact.fine else '！'}{fact.subject}：{fact.state}")
    wanting = [fact.subject for fact in told if not fact.fine]
    print(f"需要处理：{'、'.join(wanting)}" if wanting else "一切就绪")
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
