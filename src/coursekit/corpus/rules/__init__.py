"""The grammar of the stories, one file a layer.

phrases.py -> scenes.py, speech.py -> plot.py -> opening.py (the start)

Attributes of the rules: gender 'f' or 'm'; number 's' or 'p'; kind, a key of the lexicon's nouns; depth, how many
relative clauses may still open; hero and friend, the proper names that must return.
"""
