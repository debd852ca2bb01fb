"""Exercises that check themselves: `check`, `hint` and `solution`, by the number the notebook prints.

The machinery is here: checking.py (cases, verdicts), limit.py (a case ends), sparing.py (and spares the machine),
blame.py (whose fault, in which line), answers.py (of whatever library), numeric.py (comparisons of numbers), lookup.py
(from a number to an exercise), quizzes.py. An exercise lives in a file of its family's folder (ngram/, recurrent/,
tokenizers/, attention/, ssm/, moe/), named after its subject; the module's module.toml gives it its number
(``[[exercise]] id = "02.1"``, ``name = "attention.causal_mask"``), so that renumbering a module breaks no import.

Each has one solution and at least two named wrong solutions, the classic mistakes; the tests prove that the check
passes the solution, in float32 and pasted into a cell, too, and rejects the stub, each wrong one with a message of its
own, and what is left of the solution when one thing in it is changed.

`quiz` asks the questions of modules/<slug>/quiz.toml and says why each answer is right or wrong.
"""

from coursekit.exercises.checking import Case, Exercise, Verdict
from coursekit.exercises.lookup import check, find_exercise, hint, solution
from coursekit.exercises.quizzes import quiz

__all__ = ["Case", "Exercise", "Verdict", "check", "find_exercise", "hint", "quiz", "solution"]
