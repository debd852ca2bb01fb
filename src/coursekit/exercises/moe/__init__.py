"""Exercises on mixtures of experts.

route.py           who works on a token, and how much each counts: the core object
combine.py         the experts' answers, added up
counts.py          weights in all, and those of one token
admit.py           places at each expert, and who finds none
auxiliary_loss.py  how often, times how much wanted
bias_step.py       the thermostat that counts in the choice only
"""
