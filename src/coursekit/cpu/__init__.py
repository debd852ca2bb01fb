"""What compiled CPU kernels are made of. Every family's fused rung takes its parts from here.

    compiled.py        `kernel`: numba's compiler, with a cache that sees every file a kernel is made of
    lanes.py           many float32 numbers in one instruction
    byte_lanes.py      sums of products of bytes, sixteen side by side
    exponentials.py    2^x and what is made of it, in lanes
    rounded_inputs.py  inputs rounded to 8 bits
    side_by_side.py    shares of one call, each in a thread of its own

`coursekit.warm` compiles every family's kernels once.
"""
