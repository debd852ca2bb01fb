"""What do experts divide among themselves? Bits that a token's expert tells of its word, its place and its story."""

import torch

from coursekit.corpus import cuentos
from coursekit.corpus.lexicon import SPANISH
from coursekit.moe.inspect import choices
from coursekit.packing import to_batch
from coursekit.scoring.mutual_information import entropy, mutual_information, shuffled_information

HEROES = [form for pair in SPANISH.pairs["heroes"] for form in pair]
SIGNS = frozenset([":", ".", ",", "¿", "?", "¡", "!", "«", "»", "“", "”"])
ARTICLES = frozenset(["el", "la", "los", "las", "un", "una", "unos", "unas", "al", "del"])
CLASSES = ("signo", "artículo", "nombre propio", "sustantivo", "verbo", "adjetivo", "otra")


def word_class(word):
    """The class of a word of `cuentos`, by its lists of words.

    Args:
        word: a token.

    Returns: one of `CLASSES`.
    Taught in: 04-moe
    """
    verbs = {form for pair in SPANISH.verbs.values() for form in pair}
    nouns = {*SPANISH.noun_features(), *(form for kind in SPANISH.pairs.values() for pair in kind for form in pair)}
    words_of = SIGNS, ARTICLES, SPANISH.gender, nouns, verbs, SPANISH.forms()
    return next((name for name, words in zip(CLASSES, words_of) if word in words), "otra")


def topic(story):
    """The hero's occupation, the same number for a woman and a man; None where the story names none, or several."""
    named = {HEROES.index(word) // 2 for word in story if word in HEROES}
    return named.pop() if len(named) == 1 else None


def labels(stories):
    """What there is to know of each token of the stories that have a topic, token by token, words of the topic apart.

    Args:
        stories: lists of tokens.

    Returns: dict of lists of whole numbers, all of one length: row, column (where the token stands), word, class,
        position (eighths of a story), topic, story.
    Taught in: 04-moe
    """
    found = {name: [] for name in ("row", "column", "word", "class", "position", "topic", "story")}
    for row, story in enumerate(stories):
        about = topic(story)
        for column, word in enumerate(story[:-1]):  # END is no word
            if about is None or word in HEROES:
                continue
            numbers = row, column, cuentos.VOCABULARY.index(word), CLASSES.index(word_class(word))
            for name, number in zip(found, (*numbers, 8 * column // len(story), about, row)):
                found[name].append(number)
    return found


def roles(model, stories, seed=0):
    """Bits that each layer's first expert tells of the token that it works on, and what chance alone would give.

    Chance: the same labels, dealt out anew; those of a whole story (its topic) story by story.

    Args:
        model: with mixtures in it; reads `cuentos`.
        stories: lists of tokens, each closed by END.
        seed: of the shuffles.

    Returns: dict: entropy (bits of the choice itself, one a layer), and for word, class, position and topic a list of
        [bits, bits by chance], one a layer.
    Source: Jiang et al. 2024 (Mixtral), section 5 (the question).
    Taught in: 04-moe
    """
    told = {name: torch.tensor(numbers) for name, numbers in labels(stories).items()}
    targets = [cuentos.encode(story) for story in stories]
    inputs = to_batch(targets, max(map(len, targets)))[0]
    device = next(model.parameters()).device
    first = choices(model, inputs.to(device))[..., 0].cpu()  # (layers, B, T); the token stands one later than itself
    experts = [layer[told["row"], told["column"] + 1] for layer in first]
    found = {"entropy": [round(entropy(expert), 4) for expert in experts]}
    for name in ("word", "class", "position", "topic"):
        blocks = told["story"] if name == "topic" else None
        found[name] = [
            [
                round(mutual_information(expert, told[name]), 4),
                round(shuffled_information(expert, told[name], 20, seed, blocks), 4),
            ]
            for expert in experts
        ]
    return found
