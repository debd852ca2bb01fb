"""What is read of a request in a step."""

from dataclasses import dataclass

import torch

from coursekit.serving.scheduling.request import Request


@dataclass(frozen=True)
class Part:
    """What is read of a request in a step: known ids, then proposed ones with the probabilities they came from."""

    request: Request
    ids: list
    proposed: list = ()
    q: torch.Tensor | None = None

    @property
    def all_ids(self):
        """Both, in their order."""
        return [*self.ids, *self.proposed]
