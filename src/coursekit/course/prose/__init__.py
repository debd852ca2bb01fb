"""The prose of the course in passages, and what is asked of it.

documents.py  what a document and a passage are;  read.py  all of them, read
links.py      where they lead
prose.py      what the gates are given
stage.py      all gates in one list; each is a file with `check(prose) -> findings`:
terms.py numbers.py cells.py comparatives.py verdicts.py citations.py links_internal.py links_external.py
spelling.py markdown.py
tools.py      run cspell and markdownlint, which spelling and Markdown ask
"""
