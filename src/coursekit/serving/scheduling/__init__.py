"""Many requests, one model: who is read or written on in the next step.

    request.py     what somebody asks for, and how far it has come
    part.py        what is read of it in a step
    admission.py   who may come in: static batches, or continuous ones
    scheduler.py   one step after another: admission, chunks of prompts, decoding, preemption, faults
    response_cache.py  the same question again needs no step

Dimensions: B requests of a step, V vocabulary.
"""

from coursekit.serving.scheduling.admission import continuous, static
from coursekit.serving.scheduling.request import Request
from coursekit.serving.scheduling.response_cache import ResponseCache
from coursekit.serving.scheduling.scheduler import Scheduler

__all__ = ["Request", "ResponseCache", "Scheduler", "continuous", "static"]
