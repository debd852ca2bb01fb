"""The exercises of tokenizers, a file each, named after its subject."""
