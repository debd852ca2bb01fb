"""The exercises of attention, a file each, named after its subject.

causal_attention.py  what does a head give, token by token?
causal_mask.py       which tokens may a token see?
cache_bytes.py       how many bytes does a conversation occupy?
rope_rotate.py       turn a query according to its position
merge_softmax.py     merge two halves of a softmax-weighted sum
prefix_score.py      how much does a head look where an earlier case would help?
settled.py           from which layer on does the answer stay as it is?
"""
