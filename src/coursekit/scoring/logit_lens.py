"""The logit lens: what the decoder would answer if it stopped after each layer."""

import torch


@torch.inference_mode()
def logit_lens(model, input_ids):
    """The logits of the last token, read out of the residual stream after each layer.

        head(norm(x_l)),  l = 0 (the embedding) .. layers

    The last row is the decoder's own answer. The first ones are read by a head that was never trained to read them.

    Args:
        model: a `Decoder`.
        input_ids: (B, T), integer.

    Returns: (layers + 1, B, V).

    Source: nostalgebraist 2020 (interpreting GPT: the logit lens).
    Taught in: 02-transformer
    """
    positions = torch.arange(input_ids.shape[1], device=input_ids.device)
    x = model.embedding(input_ids, positions)  # (B, T, C)
    last = [x[:, -1]]
    for block in model.blocks:
        x, _ = block(x, None, positions)
        last.append(x[:, -1])
    return model.head(model.norm(torch.stack(last)))
