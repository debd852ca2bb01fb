"""Adapting a trained model by few new weights; the old ones are frozen.

    low_rank.py         a product of two thin matrices, which is what is added
    lora.py             such a change of chosen matrices
    new_tokens.py       rows for words that the model did not know
    prompt_tuning.py    a few learned vectors before the input

Dimensions: B batch, T tokens, C width, V vocabulary, n new tokens, r rank, P length of the prompt.
"""
