"""Models that are more than `Decoder(...)`: they are made of it, and no family knows them.

encoder_decoder.py    the skeleton as an encoder, and as the pair of T5
shared_hybrid.py      Zamba2's decoder, whose attention is shared (shared_attention.py)
"""
