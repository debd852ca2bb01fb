"""What a student's function prints, collects and ends leaves the notebook and the machine as they were."""

import sys
from pathlib import Path

import pytest

from coursekit.exercises.checking import Case, Exercise, judge
from coursekit.exercises.sparing import bounded_memory, bounded_prints, kept_kernel

ANY = Exercise((Case((1,), lambda answer: None), Case((2,), lambda answer: None)), (), abs)
limits_memory = pytest.mark.skipif(
    not Path("/proc/self/statm").exists() or Path("/dev/nvidiactl").exists(), reason="memory cannot be limited here"
)


@limits_memory
def test_memory_without_end_is_an_error_and_the_limit_is_gone_afterwards():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), bounded_memory(2**28):
        bytearray(2**29)
    with bounded_memory(2**30):
        assert len(bytearray(2**28)) == 2**28
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    with bounded_memory(2**29), pytest.raises(MemoryError), bounded_memory(2**40):
        bytearray(2**33)  # one that is wider raises nothing


@limits_memory
def test_a_function_that_fills_the_memory_is_told_so():
    verdict = judge(ANY, lambda x: [bytearray(5 * 2**30)] * 2, "E")
    assert "tu función falla con MemoryError (línea" in verdict.message
    assert verdict.message.endswith("¿Hay algo que crece sin fin?")


def test_prints_are_shown_up_to_a_limit_over_all_cases(capsys):
    def talks(x):
        print("ñ" * 6000)
        sys.stdout.flush()
        sys.stdout.write("z")

    assert judge(ANY, talks, "E")
    said = capsys.readouterr().out
    assert said.count("ñ") == 9998  # and a line's end and a z
    assert said.endswith("\n… (tu función imprime más, que no se muestra)\n")
    with bounded_prints(3):
        print("ab")
    assert capsys.readouterr().out == "ab\n"
    assert not isinstance(sys.stdout, type(None))


def test_the_notebook_s_exit_ends_the_function_and_not_the_kernel():
    from IPython.core.autocall import ExitAutocall

    names = {"exit": ExitAutocall(), "quit": 3}
    exec("def leaves(x):\n    exit(x)", names)
    with kept_kernel(names["leaves"]), pytest.raises(SystemExit):
        names["leaves"](1)
    assert isinstance(names["exit"], ExitAutocall)
    assert names["quit"] == 3
    with kept_kernel(len), kept_kernel(3):
        pass
    assert "SystemExit: 1" in judge(ANY, names["leaves"], "E").message
