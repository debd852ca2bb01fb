from coursekit.course.decks.deckset import convert


def test_deckset_notes_become_comments_and_code_stays():
    deck = "# A\n\n^ **Notas:** uno --> dos\n^ tres\n\n---\n\n```\n^ code\n```\n\n^ fin"
    assert convert(deck) == (
        "# A\n\n<!--\n**Notas:** uno –> dos\ntres\n-->\n\n---\n\n```\n^ code\n```\n\n<!--\nfin\n-->\n"
    )
