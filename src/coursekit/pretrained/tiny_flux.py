"""FLUX.1's whole pipeline in miniature, without a network: all its parts, tiny and with random weights.

What it draws means nothing; it runs as the published one does, and its parts can be looked at.
"""

import torch

TRANSFORMER = {
    "patch_size": 1,
    "num_layers": 2,
    "num_single_layers": 2,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": 32,
    "pooled_projection_dim": 24,
    "axes_dims_rope": (4, 4, 8),
}
CHANNELS, SCALE, VOCABULARY = 4, 2, 64


def tiny_flux(fill=False, shifted=True, seed=0):
    """A `FluxPipeline` or `FluxFillPipeline` of diffusers: text encoders, transformer, autoencoder, scheduler.

        pipeline("un siete", height=32, width=32, num_inference_steps=4, output_type="np").images

    Args:
        fill: the pipeline that fills a hole; its transformer reads 4 c + 4 c + 4 p^2 channels.
        shifted: are times shifted with the resolution, as in [dev]? [schnell] does not.
        seed: of the weights.

    Returns: the pipeline, on the CPU, its progress bar off; s x s pixels are s/2 x s/2 latents of 4 channels.
    Raises: ImportError where diffusers or transformers is not installed.

    Taught in: 06-difusion
    """
    import diffusers

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        wide = 8 * CHANNELS + 4 * SCALE**2 if fill else 4 * CHANNELS
        parts = {
            "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=shifted),
            "transformer": diffusers.FluxTransformer2DModel(
                in_channels=wide, out_channels=4 * CHANNELS, guidance_embeds=shifted, **TRANSFORMER
            ).eval(),
            "vae": _autoencoder(diffusers),
            **_text(),
        }
        pipeline = (diffusers.FluxFillPipeline if fill else diffusers.FluxPipeline)(**parts)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _autoencoder(diffusers):
    return diffusers.AutoencoderKL(
        latent_channels=CHANNELS,
        block_out_channels=(8, 8),  # two blocks: half the side
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=4,
        use_quant_conv=False,
        use_post_quant_conv=False,
        shift_factor=0.0609,
        scaling_factor=1.5035,
    ).eval()


def _text():
    from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast, T5Config, T5EncoderModel

    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"<pad>": 0, "</s>": 1, "<unk>": 2, "un": 3, "siete": 4}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizers = [
        PreTrainedTokenizerFast(
            tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=length
        )
        for length in (77, 32)
    ]
    clip = CLIPTextConfig(
        vocab_size=VOCABULARY,
        hidden_size=TRANSFORMER["pooled_projection_dim"],
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        eos_token_id=1,
        bos_token_id=1,
        pad_token_id=0,
    )
    t5 = T5Config(
        vocab_size=VOCABULARY,
        d_model=TRANSFORMER["joint_attention_dim"],
        d_ff=32,
        d_kv=8,
        num_layers=1,
        num_heads=2,
    )
    return {
        "text_encoder": CLIPTextModel(clip).eval(),
        "text_encoder_2": T5EncoderModel(t5).eval(),
        "tokenizer": tokenizers[0],
        "tokenizer_2": tokenizers[1],
    }
