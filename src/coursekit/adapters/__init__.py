"""Adapting a trained model by few new weights; the old ones are frozen.

    lora.py             a low-rank change of chosen matrices
    prompt_tuning.py    a few learned vectors before the input

Dimensions: B batch, T tokens, C width, V vocabulary, r rank, P length of the prompt.
"""
