"""The 256 bytes, in the order in which GPT-2 numbers them."""

# First the bytes that Latin-1 prints, then the others. With this order ids and ties agree with HF `tokenizers`.
_PRINTED = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
ORDER = bytes(_PRINTED + [byte for byte in range(256) if byte not in _PRINTED])
_IDS = bytes(ORDER.index(byte) for byte in range(256))

# GPT-2's files write a byte as a printable character: its own, or U+0100 and up for the others (a space is Ġ)
PRINTABLE = {byte: chr(byte) if byte in _PRINTED else chr(0x100 + i - len(_PRINTED)) for i, byte in enumerate(ORDER)}


def byte_ids(data):
    """The ids of bytes, before any merge.

    Args: data: bytes.
    Returns: bytes of the same length, read as ids 0 .. 255.

    Source: Radford et al. 2019, section 2.2; the order is that of `bytes_to_unicode` in the code of GPT-2.
    Taught in: 02-transformer
    """
    return data.translate(_IDS)


def printable(data):
    """Bytes as GPT-2's vocabulary files spell them.

    Args: data: bytes.
    Returns: str, one character a byte.
    """
    return "".join(PRINTABLE[byte] for byte in data)
