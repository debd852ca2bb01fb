"""The exercises of tokenizers, a file each, named after its subject.

bpe_merge.py    one step of byte-pair encoding
"""
