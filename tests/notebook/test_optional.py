"""A notebook goes on without the cells that need what is missing, and says so."""

import io
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursekit.notebook.optional import pass_over

REASON = "SmolLM2 no está instalado."


def test_outside_of_a_notebook_there_is_a_line_and_nothing_else(capsys):
    pass_over("# SmolLM2", REASON)
    assert capsys.readouterr().out == f"{REASON} Las celdas que empiezan por «# SmolLM2» se pasan por alto.\n"


def test_in_a_notebook_marked_cells_are_passed_over_and_the_others_run():
    shell = InteractiveShell.instance()
    before = list(shell.input_transformers_cleanup)
    try:
        with redirect_stdout(io.StringIO()) as said:
            shell.run_cell(f"from coursekit.notebook.optional import pass_over\npass_over('# SmolLM2', {REASON!r})")
            shell.run_cell("\n# SmolLM2: la lente\nx = 1")
            shell.run_cell("y = 3\n# SmolLM2\nz = 4")
            shell.run_cell("")
        assert REASON in said.getvalue()
        assert said.getvalue().count("Esta celda se pasa por alto (# SmolLM2).") == 1
        assert (shell.user_ns["y"], shell.user_ns["z"]) == (3, 4)
        assert "x" not in shell.user_ns
    finally:
        shell.input_transformers_cleanup[:] = before
        InteractiveShell.clear_instance()


def test_a_longer_run_does_not_go_on_without_what_it_measures():
    with pytest.raises(RuntimeError, match=f"^{REASON} Sin esas celdas solo se puede ejecutar el perfil 'quick'.$"):
        pass_over("# SmolLM2", REASON, quick=False)
