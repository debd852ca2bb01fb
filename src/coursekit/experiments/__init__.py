"""The notebooks' longer experiments: what trains several models, and returns rows that JSON can hold.

    dictionary.py            a task that is all memory: which models keep how many entries
    expert_balance.py        the load of a mixture's experts as it trains, with remedies and without
    expert_roles.py          what experts tell of the words, places and topics that they work on
    head_ablation.py         which heads agreement needs: models of several seeds, each head switched off in turn
    induction_depth.py       how many layers copying from an earlier case needs
    partly_active.py         a published model of which each token uses a part of each feed-forward
    same_work.py             a mixture beside dense networks of as much work, and of as many weights
    tokenizers_compared.py   the same bytes, read through several tokenizers: bits a token and bits a byte
    scaling_grid.py          the same decoder in several sizes, on several amounts of data
    upcycled.py              a published model's feed-forwards as the first value of all experts

A notebook keeps the idea: the arms, the sizes, the question, and what came out. It hands them over, and reads the rows
of a recorded run; whoever wants to run one alone calls the same function:

    rows = lesson.recorded("ablation-seeds", partial(ablation_seeds, config, choosing, measuring))
    rows = ablation_seeds(config, choosing, measuring)  # here and now: some minutes

The names of arms (the keys of the rows) are the notebook's.
"""
