"""The prose of the course in passages, and what is asked of it.

documents.py  what a document and a passage are;  read.py  all of them, read
stage.py      all gates over all documents
spelling.py terms.py numbers.py markdown.py citations.py    the gates
links.py      links and anchors: links_internal.py, links_external.py
node.py       run cspell and markdownlint
"""
