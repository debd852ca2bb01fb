"""`known`: a small Markov chain whose everything is known; `decoder`: a skeleton that sees both ways."""

from functools import partial

import pytest
import torch

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.diffusion.text.exact import ExactDenoiser, chain


@pytest.fixture(scope="session")
def known():
    """(sequences, probabilities, the perfect denoiser) of a chain of 3 tokens and 5 places; 3 is the mask."""
    random = torch.distributions.Dirichlet(torch.full((3,), 0.4, dtype=torch.float64))
    torch.manual_seed(0)
    sequences, p = chain(random.sample(), random.sample((3,)), 5)
    return sequences, p, ExactDenoiser(sequences, p, 3)


@pytest.fixture(scope="session")
def decoder():
    """build(**sizes) -> a decoder in float64 with large random weights, all places seen."""

    def build(is_causal=False, **changes):
        torch.manual_seed(0)
        config = DecoderConfig(**{"vocab_size": 10, "width": 16, "layers": 2, "heads": 2, "context": 48} | changes)
        built = Decoder(config, mixer=partial(Attention, is_causal=is_causal))
        with torch.no_grad():
            for weight in built.parameters():
                weight.add_(torch.randn_like(weight) * 0.3)
        return built.double().eval()

    return build
