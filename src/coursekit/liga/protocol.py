"""What is the same for every architecture. A change here makes every recorded row stale."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    """The rules.

    Every model has `parameters` weights in all, embedding included (within `tolerance`), and reads `tokens` tokens of
    whole stories once, none twice. Its learning rate is the best of `rates` with `rate_seed`, which sets the initial
    weights and the stories of training, on stories of `rate_test_seed`; none of these are scored.
    Then it is trained anew from each of `seeds`, and scored by its excess bits a token over the entropy of the source,
    on the stories of `test_seed`, which nobody trains on.

    Args:
        parameters, tolerance: weights, and the relative deviation allowed.
        tokens: of training; context: tokens a row; batch: rows a step.
        rates, rate_seed, rate_test_seed: learning rates to try, and the seeds to try them with.
        seeds: at least two.
        test_seed, test_stories: of the stories that score.
        evaluations: points of the learning curve.

    Raises: ValueError when two of these seeds are the same, or there are fewer than two of training.

    Taught in: 02-transformer
    """

    parameters: int = 160_000
    tolerance: float = 0.02
    tokens: int = 1_000_000
    context: int = 128
    batch: int = 8
    rates: tuple[float, ...] = (0.005, 0.01, 0.02)
    rate_seed: int = 100
    rate_test_seed: int = 10**6 + 1
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    test_seed: int = 10**6
    test_stories: int = 400
    evaluations: int = 10

    def __post_init__(self):
        if len(self.seeds) < 2:
            raise ValueError(f"seeds: expected at least two, got {self.seeds}")
        apart = [*self.seeds, self.rate_seed, self.rate_test_seed, self.test_seed]
        if len(set(apart)) < len(apart):
            raise ValueError(f"expected different seeds for training, rates and test, got {apart}")


PROTOCOL = Protocol()
