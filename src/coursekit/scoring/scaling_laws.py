"""Scaling laws: how the loss falls with parameters and data, fitted to a grid of runs."""

from dataclasses import dataclass

import numpy as np

_STEPS = (0.08, 0.02, 0.004, 0.0008)  # of the search for the exponents


@dataclass(frozen=True)
class ScalingLaw:
    """A loss with a floor, and two terms that vanish with parameters N and training tokens D.

        L(N, D) = E + A / N^alpha + B / D^beta

    Source: Hoffmann et al. 2022 (Chinchilla), section 3.3, equation 2.
    Taught in: 02-transformer
    """

    floor: float
    A: float
    alpha: float
    B: float
    beta: float

    def __call__(self, parameters, tokens):
        """The loss at N and D (numbers or arrays), in the unit that was fitted."""
        return self.floor + self.A * parameters ** (-self.alpha) + self.B * tokens ** (-self.beta)

    @property
    def optimal_exponents(self):
        """(a, b): the best N grows as C^a and the best D as C^b, for compute C = 6 N D.

            a = beta / (alpha + beta),  b = alpha / (alpha + beta)

        Source: Hoffmann et al. 2022, section 3.3, equation 4.
        """
        return self.beta / (self.alpha + self.beta), self.alpha / (self.alpha + self.beta)


def fit(parameters, tokens, losses):
    """The law of least squared relative error.

        min over E, A, B >= 0, alpha, beta of  sum ((L(N_i, D_i) - L_i) / L_i)^2

    For given exponents the rest is linear least squares, so only the two exponents are searched, on finer and finer
    grids from 0.02 to 2 (variable projection). The paper minimises a Huber loss of log L instead; for small
    residuals, which no outlier dominates, the two agree.

    Args:
        parameters, tokens, losses: N_i, D_i, L_i > 0 of each run; at least 6 runs, of 3 or more N and 3 or more D.

    Returns: a `ScalingLaw`.
    Raises: ValueError for fewer runs, or values that are not positive: five numbers cannot be told from less.

    Source: Hoffmann et al. 2022, section 3.3; variable projection: Golub and Pereyra 1973.
    Taught in: 02-transformer
    """
    runs = [np.asarray(values, dtype=float) for values in (parameters, tokens, losses)]
    different = [len(set(values.tolist())) for values in runs[:2]]
    if min(different) < 3 or len(runs[2]) < 6:
        raise ValueError(
            "expected at least 6 runs with 3 or more sizes and 3 or more amounts of data, "
            f"got {len(runs[2])} with {different[0]} and {different[1]}"
        )
    if not all((values > 0).all() and np.isfinite(values).all() for values in runs):
        raise ValueError("expected parameters, tokens and losses above 0")
    return _search(*runs)


def bootstrap(parameters, tokens, losses, repeats=200, seed=0):
    """Laws fitted to runs that are drawn again with replacement: their spread is the uncertainty of the fit.

    Args:
        parameters, tokens, losses: as in `fit`.
        repeats: number of laws.
        seed: of the draws.

    Returns: list of `ScalingLaw`. A draw with too few sizes or amounts of data is drawn anew.
    Raises: as in `fit`.

    Source: Efron 1979, section 2; for scaling laws: Hoffmann et al. 2022, section 3.2.
    Taught in: 02-transformer
    """
    runs = np.array([parameters, tokens, losses], dtype=float)  # (3, runs)
    fit(*runs)  # refuses what cannot be fitted, before anything is drawn
    generator, laws = np.random.default_rng(seed), []
    while len(laws) < repeats:
        drawn = runs[:, generator.integers(0, runs.shape[1], runs.shape[1])]
        if min(len(set(values.tolist())) for values in drawn[:2]) >= 3:
            laws.append(_search(*drawn))
    return laws


def _search(N, D, L):
    centre, reach = (1.0, 1.0), 0.98
    for step in _STEPS:
        alphas, betas = (np.arange(max(c - reach, 0.02), c + reach + step / 2, step) for c in centre)
        pairs = np.stack(np.meshgrid(alphas, betas, indexing="ij"), -1).reshape(-1, 2)  # (P, 2)
        coefficients, errors = _project(pairs, N, D, L)
        best = errors.argmin()
        centre, reach = tuple(pairs[best]), step
    alpha, beta = centre
    E, A, B = coefficients[best]
    # the columns of the fit are relative to the geometric means of N and D
    return ScalingLaw(E, A * _middle(N) ** alpha, alpha, B * _middle(D) ** beta, beta)


def _project(pairs, N, D, L):
    """For every pair of exponents the best E, A, B >= 0 and their error: (P, 3), (P,)."""
    columns = [np.ones((len(pairs), len(L)))]
    columns += [(x / _middle(x)) ** -pairs[:, i : i + 1] for i, x in enumerate((N, D))]
    X = np.stack(columns, -1) / L[:, None]  # (P, runs, 3), relative
    errors, coefficients = np.full(len(pairs), np.inf), np.zeros((len(pairs), 3))
    # a coefficient that would be negative is 0: the best of all subsets of terms without a negative one
    for used in ([0, 1, 2], [1, 2], [0, 1], [0, 2], [0], [1], [2]):
        part = X[..., used]  # (P, runs, U)
        found = np.linalg.solve(part.mT @ part + 1e-12 * np.eye(len(used)), part.sum(1)[..., None])[..., 0]  # (P, U)
        error = (((part * found[:, None]).sum(-1) - 1) ** 2).sum(-1)
        better = (found >= 0).all(-1) & (error < errors)
        errors[better] = error[better]
        coefficients[better] = 0
        coefficients[np.ix_(better, used)] = found[better]
    return coefficients, errors


def _middle(x):
    return np.exp(np.log(x).mean())
