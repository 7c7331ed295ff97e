"""By which code and declarations a data version is built: what one lacks that another program asks for is its age."""

from __future__ import annotations

import hashlib
from functools import cache

from contract.code import code_hash
from contract.declarations import read_rows
from contract.settings import DECLARATIONS
from etl.snapshot.timing import STEPS_TABLE
from etl.warehouse.staging import FACTS_REST_ON


@cache
def built_by_now() -> str:
    """The hash of today's declarations and of the code that lays facts and takes the declared steps."""
    modules = (row["callable"].partition(":")[0] for row in read_rows(DECLARATIONS / "snapshot.csv", *STEPS_TABLE))
    rooms = {module.rpartition(".")[0].replace(".", "/") for module in modules} | set(FACTS_REST_ON)
    digest = hashlib.sha256(code_hash(tuple(sorted(rooms))).encode())
    for path in sorted([*DECLARATIONS.glob("*.toml"), *DECLARATIONS.glob("*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
