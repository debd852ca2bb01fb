"""Pairs of a token and an expert, sorted by expert; and back."""

import torch


def sort_pairs(indices, num_experts):
    """The pairs in the order of their experts, and of the tokens inside each.

    Args:
        indices: (N, K), int64, -1 .. E - 1.
        num_experts: E.

    Returns: order (P',), the pair n K + j in each place, without those of nobody; counts, a list of E whole numbers.
    """
    flat = indices.flatten()  # (P,)
    nobody, *counts = torch.bincount(flat + 1, minlength=num_experts + 1).tolist()
    order = flat.argsort(stable=True)
    return order[nobody:], counts


def put_back(rows, order, weights, dtype):
    """Each token's rows, times their weights, added up.

    Args:
        rows: (P', C), in the order of `sort_pairs`.
        order: from `sort_pairs`.
        weights: (N, K).
        dtype: of the result.

    Returns: (N, C).
    """
    N, K = weights.shape
    if len(order) < N * K:  # some pairs are nobody's
        weighted = (rows * weights.flatten()[order, None]).to(dtype)  # (P', C)
        return rows.new_zeros(N, rows.shape[-1], dtype=dtype).index_add(0, order // K, weighted)
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order), device=order.device)
    by_token = rows.index_select(0, place).unflatten(0, (N, K))  # (N, K, C)
    return torch.einsum("nk,nkc->nc", weights.to(rows.dtype), by_token).to(dtype)
