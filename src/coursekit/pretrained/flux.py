"""FLUX.1's transformer, from diffusers, into `coursekit.diffusion.flux`."""

import torch

from coursekit.diffusion.flux import FluxConfig, FluxTransformer

ENDS = {
    "image_in": "x_embedder",
    "text_in": "context_embedder",
    "vector.time.first": "time_text_embed.timestep_embedder.linear_1",
    "vector.time.second": "time_text_embed.timestep_embedder.linear_2",
    "vector.guidance.first": "time_text_embed.guidance_embedder.linear_1",
    "vector.guidance.second": "time_text_embed.guidance_embedder.linear_2",
    "vector.text.first": "time_text_embed.text_embedder.linear_1",
    "vector.text.second": "time_text_embed.text_embedder.linear_2",
    "last.linear": "norm_out.linear",
    "image_out": "proj_out",
}
DOUBLE = {
    "image.modulation.linear": "norm1.linear",
    "image.heads.query": "attn.to_q",
    "image.heads.key": "attn.to_k",
    "image.heads.value": "attn.to_v",
    "image.heads.query_norm": "attn.norm_q",
    "image.heads.key_norm": "attn.norm_k",
    "image.output": "attn.to_out.0",
    "image.mlp.first": "ff.net.0.proj",
    "image.mlp.second": "ff.net.2",
    "text.modulation.linear": "norm1_context.linear",
    "text.heads.query": "attn.add_q_proj",
    "text.heads.key": "attn.add_k_proj",
    "text.heads.value": "attn.add_v_proj",
    "text.heads.query_norm": "attn.norm_added_q",
    "text.heads.key_norm": "attn.norm_added_k",
    "text.output": "attn.to_add_out",
    "text.mlp.first": "ff_context.net.0.proj",
    "text.mlp.second": "ff_context.net.2",
}
SINGLE = {
    "modulation.linear": "norm.linear",
    "heads.query": "attn.to_q",
    "heads.key": "attn.to_k",
    "heads.value": "attn.to_v",
    "heads.query_norm": "attn.norm_q",
    "heads.key_norm": "attn.norm_k",
    "mlp": "proj_mlp",
    "output": "proj_out",
}


def from_diffusers(model):
    """A `FluxTransformer` with the weights of a `FluxTransformer2DModel`.

    Args:
        model: for instance `FluxTransformer2DModel.from_pretrained(..., subfolder="transformer")`; only its config and
            weights are read.

    Returns: a `FluxTransformer` in evaluation mode, with copies of the weights, in their dtype and on their device.
    Raises: ValueError for another model, or an option that is not handled.

    Taught in: 06-difusion
    """
    config = getattr(model, "config", None)
    if not hasattr(config, "num_single_layers") or not hasattr(config, "axes_dims_rope"):
        raise ValueError(f"expected a FluxTransformer2DModel, got {type(model).__name__}")
    if config.patch_size != 1 or sum(config.axes_dims_rope) != config.attention_head_dim:
        raise ValueError(
            f"expected patch_size 1 and axes_dims_rope that sum to attention_head_dim, got {config.patch_size}, "
            f"{tuple(config.axes_dims_rope)} and {config.attention_head_dim}"
        )
    sizes = FluxConfig(
        channels=config.in_channels,
        out_channels=config.out_channels,
        text_width=config.joint_attention_dim,
        pooled_width=config.pooled_projection_dim,
        heads=config.num_attention_heads,
        axes=tuple(config.axes_dims_rope),
        double=config.num_layers,
        single=config.num_single_layers,
        guidance=config.guidance_embeds,
    )
    source, any_weight = model.state_dict(), next(model.parameters())
    with torch.device("meta"):  # 11.9 thousand million weights are not drawn at random first
        transformer = FluxTransformer(sizes)
    transformer = transformer.to(any_weight.dtype).to_empty(device=any_weight.device)
    transformer.load_state_dict(_weights(source, sizes))
    return transformer.eval()


def _weights(source, sizes):
    names = dict(ENDS)
    for kind, count, layer in (("double", sizes.double, DOUBLE), ("single", sizes.single, SINGLE)):
        theirs = "transformer_blocks" if kind == "double" else "single_transformer_blocks"
        for i in range(count):
            names |= {f"{kind}_blocks.{i}.{ours}": f"{theirs}.{i}.{name}" for ours, name in layer.items()}
    weights = {
        f"{ours}.{part}": source[f"{name}.{part}"]
        for ours, name in names.items()
        for part in ("weight", "bias")
        if f"{name}.{part}" in source
    }
    for part in ("weight", "bias"):  # diffusers has the last scale before the shift
        scale, shift = weights[f"last.linear.{part}"].chunk(2)
        weights[f"last.linear.{part}"] = torch.cat([shift, scale])
    return weights
