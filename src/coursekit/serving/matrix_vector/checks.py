"""What the rungs of a linear layer ask of their arguments."""


def check_inputs(x, weight, bias):
    """Raise a ValueError unless the shapes fit.

    Args: x, weight, bias: as in `coursekit.serving.matrix_vector.reference.linear`.
    """
    if weight.dim() != 2:
        raise ValueError(f"weight: expected (outputs, inputs), got shape {tuple(weight.shape)}")
    outputs, inputs = weight.shape
    if x.dim() == 0 or x.shape[-1] != inputs:
        raise ValueError(f"x: expected (..., {inputs}), the inputs of weight, got shape {tuple(x.shape)}")
    if bias is not None and bias.shape != (outputs,):
        raise ValueError(f"bias: expected ({outputs},), the outputs of weight, got shape {tuple(bias.shape)}")
