"""The notebooks' longer experiments: what trains several models, and returns rows that JSON can hold.

    beyond_training.py       read beyond the length of training: what each way of giving positions pays
    copying_seeds.py         selective copying, with and without selection
    dialect_learnt.py        a dialect learned with a few parameters or with all, and what is forgotten
    dictionary.py            a task that is all memory: which models keep how many entries
    expert_balance.py        the load of a mixture's experts as it trains, with remedies and without
    expert_roles.py          what experts tell of the words, places and topics that they work on
    head_ablation.py         which heads agreement needs: models of several seeds, each head switched off in turn
    induction_depth.py       how many layers copying from an earlier case needs
    induction_lengths.py     induction far beyond the length of training
    mixers_compared.py       one decoder, several mixers, few tokens
    partly_active.py         a published model of which each token uses a part of each feed-forward
    positions_compared.py    what knowing the places is worth: RoPE, and no positions
    recall_seeds.py          associative recall: states of several sizes, attention, hybrids
    same_work.py             a mixture beside dense networks of as much work, and of as many weights
    scaling_grid.py          the same decoder in several sizes, on several amounts of data
    tokenizers_compared.py   the same bytes, read through several tokenizers: bits a token and bits a byte
    upcycled.py              a published model's feed-forwards as the first value of all experts

A notebook keeps the idea: the arms, the sizes, the question, and what came out. It hands them over, and reads the rows
of a recorded run; whoever wants to run one alone calls the same function:

    rows = lesson.recorded("ablation-seeds", partial(ablation_seeds, config, choosing, measuring))
    rows = ablation_seeds(config, choosing, measuring)  # here and now: some minutes

The names of arms (the keys of the rows) are the notebook's.
"""
