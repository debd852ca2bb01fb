"""From stories to batches for training."""

import torch

IGNORED = -100  # target of a padded place; torch's cross-entropy skips it


def pack(stories, encode, context, batch):
    """Batches of rows that are filled with whole stories.

        targets = story_1 story_2 ... padding;  inputs = END targets[:-1]

    A story that does not fit starts the next row; the rest of the row is ignored in the loss. Stories in a
    row are not walled off: attention crosses from one to the next, and must learn to stop at the END between.

    Args:
        stories: iterator of lists of tokens, each closed by END; endless, or training ends with an error.
        encode: list of tokens -> list of ids.
        context: tokens a row, T.
        batch: rows a batch, B.

    Returns: iterator of (inputs, targets), as `to_batch` makes them; an unfinished last batch is dropped.
    Raises: ValueError when a story is empty or longer than a row, or a size is no whole number >= 1.
    Taught in: 02-transformer
    """
    if type(context) is not int or type(batch) is not int or min(context, batch) < 1:
        raise ValueError(f"expected context and batch to be whole numbers >= 1, got {context!r} and {batch!r}")
    rows = []
    for row in _rows(stories, encode, context):
        rows.append(row)
        if len(rows) == batch:
            yield to_batch(rows, context)
            rows = []


def _rows(stories, encode, context):
    row = []
    for story in stories:
        ids = encode(story)
        if not 0 < len(ids) <= context:
            raise ValueError(f"expected stories of 1 to {context} tokens (context), got one of {len(ids)}")
        if len(row) + len(ids) > context:
            yield row
            row = []
        row = row + ids


def to_batch(rows, context):
    """Rows of ids as inputs and targets: the inputs are the targets one place later, after END.

    Args:
        rows: lists of at most `context` ids, each closed by END.
        context: tokens a row, T.

    Returns: inputs, targets: (B, T) int64; padded inputs are END, padded targets are IGNORED.
    Raises: ValueError without rows, or for one that is empty or longer than context.
    Taught in: 02-transformer
    """
    if not rows or not all(0 < len(row) <= context for row in rows):
        raise ValueError(f"rows: expected at least one, each of 1 to {context} ids, got {[len(row) for row in rows]}")
    targets = torch.full((len(rows), context), IGNORED)  # (B, T)
    inputs = torch.full((len(rows), context), rows[0][-1])  # (B, T), all END
    for i, row in enumerate(rows):
        targets[i, : len(row)] = torch.tensor(row)
        inputs[i, 1 : len(row)] = targets[i, : len(row) - 1]
    return inputs, targets
