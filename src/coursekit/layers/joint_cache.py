"""The cache of a mixer that is made of others."""


class JointCache(tuple):
    """The caches of a mixer's parts, in their order; None for a part that remembers nothing.

    near, inner = cache
    """

    def tensors(self):
        """All tensors that the parts keep."""
        return (tensor for part in self if part is not None for tensor in part.tensors())
