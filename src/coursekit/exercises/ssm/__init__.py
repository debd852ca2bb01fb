"""The exercises of state-space models, a file each, named after its subject."""
