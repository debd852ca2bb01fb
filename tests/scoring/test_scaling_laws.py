import numpy as np
import pytest

from coursekit.scoring.scaling_laws import ScalingLaw, bootstrap, fit

LAW = ScalingLaw(floor=1.4, A=40.0, alpha=0.48, B=300.0, beta=0.44)
N, D = (values.ravel() for values in np.meshgrid([1e4, 3e4, 1e5, 3e5], [6e4, 2.5e5, 1e6, 4e6]))


def test_a_hand_worked_loss():
    # 1 + 8 / 16^0.5 + 27 / 27^(1/3) = 1 + 2 + 9
    assert ScalingLaw(1.0, 8.0, 0.5, 27.0, 1 / 3)(16, 27) == pytest.approx(12.0)


def test_the_best_split_of_compute():
    # alpha = 1, beta = 3: N grows as C^(3/4), D as C^(1/4)
    assert ScalingLaw(0.0, 1.0, 1.0, 1.0, 3.0).optimal_exponents == (0.75, 0.25)
    # and it is the best: along 6 N D = C, the law falls from both sides to its lowest point
    law = ScalingLaw(0.0, 1.0, 0.5, 1.0, 0.5)
    along = [law(n, 1e6 / n) for n in (500.0, 1000.0, 2000.0)]
    assert along[1] == min(along)


def test_what_a_law_wrote_is_found_again():
    # exponents to the last step of the search, half of 0.0008; the rest follows from them
    law = fit(N, D, LAW(N, D))
    assert law.alpha == pytest.approx(LAW.alpha, abs=0.0008)
    assert law.beta == pytest.approx(LAW.beta, abs=0.0008)
    assert law.floor == pytest.approx(LAW.floor, abs=0.004)
    np.testing.assert_allclose(law(N, D), LAW(N, D), rtol=1e-4)


def test_a_term_that_is_not_there_gets_zero():
    law = fit(N, D, 1.4 + 300.0 * D**-0.44)
    assert law.A * 1e4 ** (-law.alpha) < 1e-3
    assert law.beta == pytest.approx(0.44, abs=0.001)


def test_no_term_is_negative():
    # losses that grow with N: a negative A would fit them best
    law = fit(N, D, 1.0 + 1e-6 * N)
    assert min(law.floor, law.A, law.B) >= 0


def test_bootstrap_brackets_the_truth_and_repeats_itself():
    noisy = LAW(N, D) * np.exp(0.005 * np.random.default_rng(0).standard_normal(len(N)))
    floors = [law.floor for law in bootstrap(N, D, noisy, repeats=60)]
    assert floors == [law.floor for law in bootstrap(N, D, noisy, repeats=60)]
    assert floors != [law.floor for law in bootstrap(N, D, noisy, repeats=60, seed=1)]
    low, high = np.percentile(floors, [2.5, 97.5])
    assert low < LAW.floor < high
    assert low < high


def test_too_little_to_tell():
    with pytest.raises(ValueError, match="3 or more sizes"):
        fit([1e4] * 6, [1e5, 2e5, 3e5] * 2, [2.0] * 6)
    with pytest.raises(ValueError, match="got 5 with 3 and 3"):
        fit([1e4, 2e4, 3e4, 1e4, 2e4], [1e5, 2e5, 3e5, 1e5, 2e5], [2.0] * 5)
    with pytest.raises(ValueError, match="above 0"):
        fit(N, D, 0 * N)
    with pytest.raises(ValueError, match="3 or more sizes"):
        bootstrap([1e4] * 6, [1e5, 2e5, 3e5] * 2, [2.0] * 6)
