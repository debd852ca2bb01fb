"""Masked diffusion for text: hide tokens, and guess them. The decoder is the skeleton, with mixers that see both ways.

    decoder = Decoder(config, mixer=partial(Attention, is_causal=False))        config.vocab_size counts the mask
    train(decoder, batches, objective=partial(masked_loss, mask_id=mask), ...)
    generate(decoder, prompt, steps, block_length, low_confidence, mask_id=mask, length=64)

Training:

    schedules.py    how likely a token is hidden at each time;  times.py  times for a batch, evenly spread
    masking.py      `mask_tokens`, the forward process
    loss.py         `masked_loss`, the weighted loss, a bound on -log p
    bound.py        `nats_bound`, the same bound on fixed texts, with less variance
    blocks.py       blocks that are written one after another: masks, and `block_masked_loss`

Generation:

    generate.py     `generate`: prompts, gaps, blocks, guidance
    remasking.py    which guesses to keep: at random, by confidence, margin or entropy
    pace.py         how many to keep in a step: evenly, all that are sure, by chance
    readers.py      what is read in a step: everything, or a block and a cache of those before
    rewind.py       a cache that forgets its last tokens
    both_ways.py    a decoder that was trained from left to right, with its mask taken off

Where the truth is known:

    exact.py        the perfect denoiser of a distribution that can be written down
    theory.py       what few steps cost it, exactly
    fillings.py     all ways to fill the gaps of a story

    checks.py       what all of them ask of their arguments

Dimensions: B batch, T places of a text (LLaDA: L), P of a prompt, b of a block (BD3-LM: L'), V vocabulary, the mask
counted; L places of a sequence that is summed over, N sequences. alpha(t) is the part not hidden (MDLM's alpha_t;
LLaDA's 1 - t), t = 0 clean, 1 all hidden.
"""

from coursekit.diffusion.text.blocks import block_masked_loss
from coursekit.diffusion.text.bound import nats_bound
from coursekit.diffusion.text.generate import generate
from coursekit.diffusion.text.loss import masked_loss
from coursekit.diffusion.text.masking import mask_tokens
from coursekit.diffusion.text.pace import above, ancestral, evenly
from coursekit.diffusion.text.readers import BlockCausal, CachedBlocks, StalePrefix, WholeCanvas
from coursekit.diffusion.text.remasking import entropy, low_confidence, margin, random_order
from coursekit.diffusion.text.schedules import COSINE, LINEAR, log_linear

__all__ = [
    "COSINE",
    "LINEAR",
    "BlockCausal",
    "CachedBlocks",
    "StalePrefix",
    "WholeCanvas",
    "above",
    "ancestral",
    "block_masked_loss",
    "entropy",
    "evenly",
    "generate",
    "log_linear",
    "low_confidence",
    "margin",
    "mask_tokens",
    "masked_loss",
    "nats_bound",
    "random_order",
]
