"""The exercises of state-space models, a file each, named after its subject.

zero_order_hold.py      from continuous time to steps
convolution_kernel.py   what a model that never changes convolves its input with
linear_recurrence.py    two steps of a recurrence at once
selective_step.py       one token through one channel of Mamba
decay_mask.py           attention out of a state that fades
state_bits.py           how much can a state of a fixed size copy?
"""
