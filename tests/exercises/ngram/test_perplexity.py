import pytest

from coursekit.exercises.checking import judge
from coursekit.exercises.ngram.perplexity import EXERCISE, perplexity
from coursekit.ngram import Additive


def test_by_hand():
    # -log2 of 1/2, 1/4 and 1/8: 1, 2 and 3 bits, 2 on average
    assert perplexity([0.5, 0.25, 0.125]) == 4.0
    assert perplexity([1.0]) == 1.0


def test_it_is_the_perplexity_of_the_library():
    model = Additive(2).fit([["a", "b"], ["a", "c"]])
    bits = model.log2_probabilities(["a", "b"])
    assert perplexity([2.0**b for b in bits]) == pytest.approx(model.perplexity([["a", "b"]]), rel=1e-12)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("sum", "sumas las sorpresas sin dividir"),
        ("of the mean", "tomas la media de las probabilidades"),
        ("mean of the inverses", "tomas la media de 1 / p"),
        ("nats", "mezclas bases"),
        ("sign", "te falta un signo"),
        ("bits", "das los bits por palabra"),
        ("product", "multiplicas todas las probabilidades"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))


def test_a_product_is_right_while_it_can_be():
    assert EXERCISE.wrong["product"]([0.5, 0.125]) == pytest.approx(4.0)
    with pytest.raises(ZeroDivisionError):  # 0.1 to the 400 is below the smallest float
        EXERCISE.wrong["product"]([0.1] * 400)
