"""`python -m etl`: the commands by which submissions come in and findings are answered."""

from etl import lean  # noqa: F401  first of all
from etl.commands import main
from etl.usage import run

if __name__ == "__main__":
    run(main, "python -m etl")
