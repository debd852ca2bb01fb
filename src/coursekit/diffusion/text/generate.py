"""Generation: all masks are guessed at once, the best guesses stay, and again, until no mask is left."""

import torch

from coursekit.diffusion.text.checks import check_mask_id, check_tokens, check_whole, vocabulary_of
from coursekit.diffusion.text.pace import evenly
from coursekit.diffusion.text.readers import WholeCanvas
from coursekit.diffusion.text.remasking import low_confidence
from coursekit.layers.full_precision import at_least_float32


def generate(model, prompt, steps, block_length=None, remasking=low_confidence, *, mask_id, length=None,
             pace=evenly, reader=WholeCanvas, temperature=0.0, guidance=0.0, seed=0, watch=None):  # fmt: skip
    """Fill the masks of a canvas: those in the prompt, and those behind it.

        1. guess every masked token of the block: x ~ softmax(logits / temperature)
        2. score the guesses; keep the best, as many as the step is due; the others stay masked
        3. when none is left, go on to the next block

    A token that is kept is never changed. No more than one step's logits exist at a time.

    Args:
        model: a `Decoder` that sees both ways; ids (B, T) -> logits (B, T, V).
        prompt: (B, P) integer; where it holds the mask, a gap to fill.
        steps: in all, shared evenly by the blocks with gaps: at least one for each of them, at most a row's masks.
        block_length: places a block, blocks counted from place 0; None = one block.
        remasking: a rule of `coursekit.diffusion.text.remasking`.
        mask_id: id of the mask.
        length: places of the canvas, T; None = P, so that only the gaps are filled.
        pace: how many guesses a step keeps, of `coursekit.diffusion.text.pace`; an adaptive one ends early.
        reader: what a step reads, of `coursekit.diffusion.text.readers`.
        temperature: 0 = the most probable token, or above 0.
        guidance: g >= 0: logits = (1 + g) logits - g logits without the prompt, which is masked.
        seed: of the draws; they are made on the CPU, so that every device draws alike.
        watch: called with the canvas (B, T) before the first step and after each, or None.

    Returns: (B, T), integer.
    Raises: ValueError for a mask that is not in the vocabulary, nothing to fill, a prompt that does not fit, guidance
        without a prompt, or another argument out of its range.

    Source: Nie et al. 2025 (LLaDA), section 2.4; guidance without a null token: its appendix.
    Taught in: 06-difusion
    """
    check_tokens(prompt, "prompt")
    check_mask_id(mask_id, vocabulary_of(model))
    canvas = _canvas(prompt, length, mask_id)  # (B, T)
    block_length = canvas.shape[1] if block_length is None else block_length
    check_whole("block_length", block_length)
    shares = _shares(canvas == mask_id, steps, block_length)
    _check_draws(temperature, guidance, canvas, mask_id)
    generator, shown = torch.Generator().manual_seed(seed), watch or (lambda canvas: None)
    with torch.inference_mode():
        canvas = canvas.clone()
        nothing = torch.full_like(canvas, mask_id) if guidance else canvas[:0]  # rows without the prompt
        read = reader(model, len(canvas) + len(nothing), block_length)
        prompted = canvas != mask_id
        shown(canvas)
        for start, share in zip(range(0, canvas.shape[1], block_length), shares):
            stop = min(start + block_length, canvas.shape[1])
            for step in range(share):
                masked = canvas[:, start:stop] == mask_id  # (B, b)
                if not masked.any():
                    break
                logits = read.logits(torch.cat([canvas, nothing]), start, stop)  # (B or 2 B, b, V)
                log_q = _log_q(logits, len(canvas), guidance, mask_id)  # (B, b, V)
                guesses = _draw(log_q, temperature, generator)  # (B, b)
                scores = remasking(log_q, guesses, generator).masked_fill(~masked, -torch.inf)
                kept = pace(step, share, scores, generator)
                canvas[:, start:stop] = torch.where(kept, guesses, canvas[:, start:stop])
                if guidance:
                    nothing = canvas.masked_fill(prompted, mask_id)
                shown(canvas)
            if stop < canvas.shape[1]:
                read.close(torch.cat([canvas, nothing]), start, stop)
    return canvas.clone()


def _canvas(prompt, length, mask_id):
    """The prompt and the masks behind it, (B, T)."""
    if length is None:
        return prompt
    check_whole("length", length)
    if prompt.shape[1] > length:
        raise ValueError(f"prompt: expected at most {length} tokens (length), got {prompt.shape[1]}")
    behind = prompt.new_full((len(prompt), length - prompt.shape[1]), mask_id)
    return torch.cat([prompt, behind], 1)


def _shares(masked, steps, block_length):
    """The steps of each block: none where nothing is masked."""
    check_whole("steps", steps)
    gaps = [block.sum(1).max().item() for block in masked.split(block_length, 1)]  # of the row with most of them
    if not any(gaps):
        raise ValueError("prompt: expected places to fill, masks or a greater length, got all of them fixed")
    blocks = sum(gap > 0 for gap in gaps)
    if not blocks <= steps <= sum(gaps):
        raise ValueError(
            f"steps: expected {blocks} (one for each block with masks) to {sum(gaps)} (the masks), got {steps}"
        )
    shares = iter(steps // blocks + (i < steps % blocks) for i in range(blocks))
    return [next(shares) if gap else 0 for gap in gaps]


def _check_draws(temperature, guidance, canvas, mask_id):
    for name, value in (("temperature", temperature), ("guidance", guidance)):
        if not 0 <= value < torch.inf:
            raise ValueError(f"{name}: expected a finite number >= 0, got {value}")
    if guidance and (canvas == mask_id).all():
        raise ValueError("guidance: expected a prompt to be compared with none, got a canvas of masks alone")


def _log_q(logits, batch, guidance, mask_id):
    """Log-probabilities over the tokens that can be guessed, (B, b, V)."""
    check_mask_id(mask_id, logits.shape[-1])
    (logits,) = at_least_float32(logits)
    if guidance:
        with_prompt, without = logits.split(batch)
        logits = without + (1 + guidance) * (with_prompt - without)
    return logits.index_fill(-1, torch.tensor([mask_id], device=logits.device), -torch.inf).log_softmax(-1)


def _draw(log_q, temperature, generator):
    """A guess for every place, (B, b)."""
    if not temperature:
        return log_q.argmax(-1)
    q = (log_q / temperature).softmax(-1).flatten(0, 1).cpu()  # (B b, V)
    return torch.multinomial(q, 1, generator=generator).view(log_q.shape[:2]).to(log_q.device)
