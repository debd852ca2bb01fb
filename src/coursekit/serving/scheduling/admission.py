"""Who may come in: the one line in which static and continuous batching differ."""


def continuous(running, seats):
    """A seat that becomes free is taken at once.

    Args: running: requests under way; seats: most at a time.
    Returns: how many may come in now.

    Source: Yu et al. 2022 (Orca), section 3.1 (scheduling by the iteration).
    Taught in: 07-despliegue
    """
    return seats - running


def static(running, seats):
    """A batch comes in together, and the next one when its last request has ended: until then free seats stay empty.

    Kinder than a batch of padded rows, which goes on computing those that have ended.

    Args, Returns: as in `continuous`.

    Source: Yu et al. 2022 (Orca), section 2, figure 3 (what it improves on).
    Taught in: 07-despliegue
    """
    return 0 if running else seats
