"""`python -m etl`: the commands by which submissions come in and findings are answered."""

from etl.answer_commands import confirm_command, explain_command, questions_command
from etl.commands import main
from etl.usage import run

for each in (explain_command, confirm_command, questions_command):
    main.add_command(each)

if __name__ == "__main__":
    run(main, "python -m etl")
