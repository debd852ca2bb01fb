"""Places in the stories where agreement over a distance, and memory of names, decide the next token."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.corpus.rules.phrases import complement, predicate


def agreement_pairs(corpus, seed: int, attractor: bool) -> Iterator[tuple[list[str], str, tuple[str, ...]]]:
    """Endless (prefix, right, wrong): after the prefix `right` agrees with its subject, the forms in `wrong` do not.

    Args:
        corpus: a Cuentos.
        seed: of the stories that are searched.
        attractor: True: another noun stands nearer than the subject, and `wrong` is the one form that agrees with
            that noun. False: the nearest noun has the features of the subject, and `wrong` holds the other forms.
    """
    features, forms = corpus.lexicon.noun_features(), corpus.lexicon.forms()
    copulas = {form for lemma in ("estaba", "parecía", "está", "parece") for form in corpus.lexicon.verbs[lemma]}
    for story in corpus.stories(seed):
        for i, (rule, *attributes) in enumerate(corpus.origins(story)):
            if rule is not predicate and not (rule is complement and story[i - 1] in copulas):
                continue
            subject, right = tuple(attributes[-2:]), story[i]
            nearest = next(features[word] for word in reversed(story[:i]) if word in features)
            if attractor == (nearest == subject):
                continue
            others = [nearest] if attractor else list(forms[right])
            wrong = tuple(dict.fromkeys(forms[right][pair] for pair in others if forms[right][pair] != right))
            if wrong:
                yield story[:i], right, wrong


def name_returns(corpus, seed: int, distance: int) -> Iterator[tuple[list[str], str]]:
    """Endless (prefix, name): only names that the prefix contains can follow it, and `name` does.

    Args:
        corpus: a Cuentos.
        seed: of the stories that are searched.
        distance: the name was last heard at least so many tokens ago; 1 is the token just before.
    """
    gender = corpus.lexicon.gender
    for story in corpus.stories(seed):
        for i, name in enumerate(story):
            if name not in gender or name not in story[:i]:
                continue
            ago = story[i - 1 :: -1].index(name) + 1
            if ago >= distance and set(corpus.next_distribution(story[:i])) <= set(story[:i]):
                yield story[:i], name
