"""`python -m etl`: the commands by which submissions come in."""

from etl.commands import main

if __name__ == "__main__":
    main()
