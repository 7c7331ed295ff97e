"""`python -m etl`: the commands by which submissions come in and findings are answered."""

from etl.commands import main
from etl.lean import keep_lean
from etl.usage import run

if __name__ == "__main__":
    keep_lean()
    run(main, "python -m etl")
