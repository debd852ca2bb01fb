"""The grammar of the stories, one file a layer: phrases -> scenes, speech -> plot -> opening (the start).

Attributes of the rules: gender 'f' or 'm'; number 's' or 'p'; kind, a key of the lexicon's nouns; depth, how many
relative clauses may still open; hero and friend, the proper names that must return.
"""
