"""What a model costs, counted on the model itself."""

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count

from coursekit.packing import IGNORED
from coursekit.train import next_token_loss

_ATEN = torch.ops.aten


def training_flops(model, context):
    """FLOPs of matrix products a token of training: forward and backward, at a full context.

    Counted by torch while one row goes through; a multiply-add is 2 FLOPs. Attention is counted in full, with the
    pairs that a causal mask hides. What is no matrix product (norms, softmax, elementwise scans) is left out.

    Args:
        model: ids (1, T) -> logits (1, T, V).
        context: T.

    Returns: FLOPs a token.
    Taught in: 02-transformer
    """
    ids = torch.zeros(1, context, dtype=torch.long, device=next(model.parameters()).device)
    targets = ids.clone()
    targets[:, 0] = IGNORED
    with FlopCounterMode(display=False, custom_mapping=_CPU_ATTENTION) as counter:
        next_token_loss(model, ids, targets).backward()
    model.zero_grad(set_to_none=True)
    return counter.get_total_flops() / context


@torch.no_grad()
def state_bytes(model, context):
    """Bytes that generation keeps of one sequence of `context` tokens: the tensors of the mixers' caches.

    Args:
        model: a `Decoder`.
        context: tokens read.

    Returns: bytes, a whole number.
    Taught in: 02-transformer
    """
    cache = model.new_cache(1)
    model(torch.zeros(1, context, dtype=torch.long, device=next(model.parameters()).device), cache)
    return sum(tensor.nbytes for tensor in cache.tensors())


def _forward(query, key, value, *args, out_shape=None, out_val=None, **options):
    return sdpa_flop_count(query, key, value)


def _backward(grad, query, key, value, *args, out_shape=None, out_val=None, **options):
    return sdpa_backward_flop_count(grad, query, key, value)


_CPU_ATTENTION = {
    _ATEN._scaled_dot_product_flash_attention_for_cpu: _forward,
    _ATEN._scaled_dot_product_flash_attention_for_cpu_backward: _backward,
}
