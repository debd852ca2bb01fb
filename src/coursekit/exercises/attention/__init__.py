"""The exercises of attention, a file each, named after its subject."""
