"""The perfect denoiser: where the truth is known, what is left is the price of the method itself."""

import torch


class ExactDenoiser:
    """The true distribution of every hidden token, given those that are seen; called like a model.

        p(x_i | seen) = sum_n p_n [sequence n fits what is seen] [its token i is x_i] / sum_n p_n [it fits]

    Args:
        sequences: (N, T) integer, all that can occur, none twice.
        probabilities: (N,), above 0; they are made to sum to 1.
        mask_id: id of the mask; the vocabulary has all ids up to the greatest, the mask's included.

    Raises: ValueError when sizes do not fit, or a sequence holds the mask.
    Taught in: 06-difusion
    """

    def __init__(self, sequences, probabilities, mask_id):
        if sequences.dim() != 2 or probabilities.shape != sequences.shape[:1] or not (probabilities > 0).all():
            raise ValueError(
                f"expected sequences (N, T) and a probability above 0 for each, "
                f"got {tuple(sequences.shape)} and {tuple(probabilities.shape)}"
            )
        if (sequences == mask_id).any():
            raise ValueError(f"sequences: expected clean ones, got the mask ({mask_id}) among them")
        self.sequences, self.mask_id = sequences, mask_id
        self.probabilities = probabilities.double() / probabilities.double().sum()
        self.vocabulary = max(int(sequences.max()), mask_id) + 1

    def __call__(self, ids):
        """(B, T) ids, some of them the mask -> log-probabilities (B, T, V), float64, -inf where impossible.

        Raises: ValueError when no sequence fits.
        """
        hidden = (ids == self.mask_id)[:, None]  # (B, 1, T)
        fits = (hidden | (ids[:, None] == self.sequences)).all(-1)  # (B, N)
        weights = fits * self.probabilities
        if not fits.any(-1).all():
            raise ValueError("ids: expected some sequence to fit what is seen, got none")
        q = torch.zeros(*ids.shape, self.vocabulary, dtype=torch.float64)  # (B, T, V)
        for place, tokens in enumerate(self.sequences.T):
            q[:, place].index_add_(1, tokens, weights)
        return (q / weights.sum(-1)[:, None, None]).log()


def chain(start, transition, length):
    """All sequences of a Markov chain of order 1, with their probabilities.

        p(x) = start(x_1) prod_t transition(x_{t-1}, x_t)

    Args:
        start: (V,), of the first token.
        transition: (V, V), each row of the token after one.
        length: T; there are V^T sequences: keep it small.

    Returns: sequences (N, T) integer and probabilities (N,), those above 0.
    Taught in: 06-difusion
    """
    sequences = torch.cartesian_prod(*[torch.arange(len(start))] * length).view(-1, length)  # (V^T, T)
    p = start[sequences[:, 0]] * transition[sequences[:, :-1], sequences[:, 1:]].prod(-1)  # (V^T,)
    return sequences[p > 0], p[p > 0]
