"""`python -m etl`: the commands by which submissions come in and findings are answered."""

from contract.console.lean import keep_lean
from contract.console.program import run
from etl.commands.submissions import main

if __name__ == "__main__":
    keep_lean()
    run(main, "python -m etl")
