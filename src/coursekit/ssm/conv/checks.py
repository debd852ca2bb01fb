"""What the convolutions ask of their arguments, in one place."""


def check_inputs(x, weight, bias, activation):
    """Raise a ValueError that says what was expected and what came, or return None.

    Args: those of `coursekit.ssm.conv.grouped.causal_conv1d`.
    Raises: ValueError.
    """
    if x.dim() != 3 or x.shape[-1] == 0:
        raise ValueError(f"x: expected (batch, channels, length) with length >= 1, got {tuple(x.shape)}")
    if weight.dim() != 2 or weight.shape[0] != x.shape[1] or weight.shape[1] == 0:
        raise ValueError(
            f"weight: expected (channels, width) = ({x.shape[1]}, W) with W >= 1, got {tuple(weight.shape)}"
        )
    if bias is not None and tuple(bias.shape) != (x.shape[1],):
        raise ValueError(f"bias: expected ({x.shape[1]},), got {tuple(bias.shape)}")
    if not x.is_floating_point():
        raise ValueError(f"x: expected a floating-point dtype, got {x.dtype}")
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and tensor.dtype != x.dtype:
            raise ValueError(f"{name}: expected dtype of x, {x.dtype}, got {tensor.dtype}")
    if activation not in (None, "silu"):
        raise ValueError(f"activation: expected None or 'silu', got {activation!r}")


def check_state(x, conv_state, weight):
    """The same for the state that `causal_conv1d_update` writes over.

    Args: those of `coursekit.ssm.conv.grouped.causal_conv1d_update`, x with its axis of length.
    Raises: ValueError.
    """
    least = weight.shape[1] - 1
    if conv_state.dim() != 3 or conv_state.shape[:2] != x.shape[:2] or conv_state.shape[2] < least:
        raise ValueError(
            f"conv_state: expected ({x.shape[0]}, {x.shape[1]}, S) with S >= W - 1 = {least}, "
            f"got {tuple(conv_state.shape)}"
        )
    if conv_state.dtype != x.dtype:
        raise ValueError(f"conv_state: expected dtype of x, {x.dtype}, got {conv_state.dtype}")
