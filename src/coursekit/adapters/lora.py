"""LoRA: a trained matrix stays as it is, and a product of two thin ones is learned beside it."""

import torch
from torch import nn

from coursekit.adapters.low_rank import low_rank


class LoRALinear(nn.Linear):
    """A frozen linear layer plus a trained change of low rank; a drop-in for `nn.Linear`.

        y = x W^T + bias + (alpha / r) x A^T B^T,  A ~ N(0, 1 / inputs), B = 0: at first nothing changes

    Args:
        inputs, outputs: sizes.
        bias: with a bias; it is frozen like the weight.
        rank: r.
        alpha: alpha of the paper.

    Raises: ValueError unless 1 <= rank <= min(inputs, outputs).

    Source: Hu et al. 2021 (LoRA), section 4.1, equation 3. The variance of A is ours.
    Taught in: 02-transformer
    """

    def __init__(self, inputs, outputs, bias=True, *, rank, alpha):
        if not 1 <= rank <= min(inputs, outputs):
            raise ValueError(f"rank: expected 1 to {min(inputs, outputs)}, got {rank}")
        super().__init__(inputs, outputs, bias=bias)
        self.weight.requires_grad_(False)
        if bias:
            self.bias.requires_grad_(False)
        self.scale, self.is_merged = alpha / rank, False
        self.down = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)  # A, (r, inputs)
        self.up = nn.Parameter(torch.zeros(outputs, rank))  # B, (outputs, r)

    def forward(self, x):
        """(.., inputs) -> (.., outputs)"""
        y = super().forward(x)
        if self.is_merged:
            return y
        return y + self.scale * low_rank(x, self.down, self.up)

    @torch.no_grad()
    def merge(self):
        """Add the change to the weight: W + (alpha / r) B A; from now on it costs nothing. Unmerge before training.

        Raises: ValueError when it is merged already.
        """
        if self.is_merged:
            raise ValueError("expected a LoRALinear that is not merged, got a merged one")
        self.weight += self.scale * self.up @ self.down
        self.is_merged = True

    @torch.no_grad()
    def unmerge(self):
        """Take the change out of the weight again (to rounding).

        Raises: ValueError when it is not merged.
        """
        if not self.is_merged:
            raise ValueError("expected a merged LoRALinear, got one that is not merged")
        self.weight -= self.scale * self.up @ self.down
        self.is_merged = False

    def get_extra_state(self):
        """Whether the saved weight holds the change: part of the state_dict, so that none is added twice."""
        return torch.tensor(self.is_merged)

    def set_extra_state(self, state):
        """Counterpart of `get_extra_state`."""
        self.is_merged = bool(state)


def add_lora(model, rank, alpha, where=("query", "value")):
    """Freeze a model and replace some of its linear layers by `LoRALinear`s with the same weights.

        trained weights = sum of r (inputs + outputs)

    Args:
        model: any module, for instance a trained `Decoder`; changed in place.
        rank, alpha: as in `LoRALinear`.
        where: last parts of the names of the layers; in a `Decoder` query, key, value, output, gate, up.

    Returns: the model.
    Raises: ValueError when a name of `where` is no nn.Linear, or its weight is shared with another layer.

    Source: Hu et al. 2021 (LoRA), section 4.2 (queries and values).
    Taught in: 02-transformer
    """
    chosen = {name: layer for name, layer in model.named_modules() if name.rpartition(".")[2] in where}
    chosen = {name: layer for name, layer in chosen.items() if type(layer) is nn.Linear}
    missing = set(where) - {name.rpartition(".")[2] for name in chosen}
    if missing:
        raise ValueError(f"where: expected names of nn.Linear layers, got {', '.join(sorted(missing))}")
    for name, layer in chosen.items():
        users = sum(getattr(module, "weight", None) is layer.weight for module in model.modules())
        if users > 1:
            raise ValueError(f"{name}: expected a weight of its own, got one shared by {users} layers")
    adapted = {name: _beside(layer, rank, alpha) for name, layer in chosen.items()}
    model.requires_grad_(False)
    for name, layer in adapted.items():
        parent, _, last = name.rpartition(".")
        setattr(model.get_submodule(parent), last, layer)
    return model


def _beside(layer, rank, alpha):
    new = LoRALinear(layer.in_features, layer.out_features, layer.bias is not None, rank=rank, alpha=alpha)
    new = new.to(layer.weight.device, layer.weight.dtype)
    new.weight, new.bias = layer.weight, layer.bias
    return new
