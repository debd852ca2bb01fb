"""All that is timed, one file a kernel: `coursekit bench MODULE` runs what its module.toml names.

The only room that imports other people's kernels; nothing imports it, but a notebook may take `timing`.

    timing.py          interleaved, serial timings;  memory.py  the most that a process has held
    attention.py       the rungs of attention against torch's;  attention_peak.py  their memory
    scan.py            the selective scan against transformers and mambapy (scan_inputs.py, scan_floor.py, scan_peak.py)
    duality.py         SSD against transformers and the paper's listing
    decoding.py        one step and one token of a layer, Mamba against attention
    tokenizers.py      training and encoding against HF tokenizers
    ngram.py           counting and scoring n-grams against nltk (ngram_text.py, ngram_peak.py)
    moe.py             the experts' work against dense, transformers, its products alone;  moe_peak.py  its memory
    recurrent.py       a recurrent layer against torch's own
    diffusion.py       block diffusion with a cache against reading all blocks anew
    rounding.py        GPTQ and AWQ of one layer against rounding to nearest
    generation.py      `generate` against transformers'
    quant.py           products and attention of few bits against torch, ggml, transformers (quant_peers.py)
    quant_model.py     SmolLM2 decoding with layers of few bits against float32 and llama.cpp
    real_model.py      SmolLM2 against transformers and llama.cpp: to load it, to read a prompt, to decode
"""
