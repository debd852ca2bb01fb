"""The notebooks' longer experiments: what trains several models, and returns rows that JSON can hold.

    head_ablation.py         which heads agreement needs: models of several seeds, each head switched off in turn
    induction_depth.py       how many layers copying from an earlier case needs
    tokenizers_compared.py   the same bytes, read through several tokenizers: bits a token and bits a byte
    scaling_grid.py          the same decoder in several sizes, on several amounts of data
    beyond_training.py       read beyond the length of training: what each way of giving positions pays
    positions_compared.py    what knowing the places is worth: RoPE, and no positions
    dialect_learnt.py        a dialect learned with a few parameters or with all, and what is forgotten
    copying_seeds.py         selective copying, with and without selection
    recall_seeds.py          associative recall: states of several sizes, attention, hybrids
    induction_lengths.py     induction far beyond the length of training
    mixers_compared.py       one decoder, several mixers, few tokens

A notebook keeps the idea: the arms, the sizes, the question, and what came out. It hands them over, and reads the rows
of a recorded run; whoever wants to run one alone calls the same function:

    rows = lesson.recorded("ablation-seeds", partial(ablation_seeds, config, choosing, measuring))
    rows = ablation_seeds(config, choosing, measuring)  # here and now: some minutes

The names of arms (the keys of the rows) are the notebook's.
"""
