"""The gate of what a notebook asks of the machine: a sound one passes, and each way out is named."""

from __future__ import annotations

import pytest
from minicourse import SUM_CELL, MiniCourse
from notebookfile import tag

from coursekit.course.notebooks import outside
from coursekit.course.notebooks.read import Notebook

NETWORK = "students run it offline"
SOUND = """\
import io
import tempfile
import time
from pathlib import Path

started = time.perf_counter()
print("tokens/s", "a/b/c", "/s", "1:2", f"{started:.0f} s / {2}", " / ", "~3", "https en texto")
with open("modules/09-mini/README.md", encoding="utf-8") as page, tempfile.TemporaryDirectory() as folder:
    text = page.read()
    (Path(folder) / "copia.md").write_text(text)
buffer = io.BytesIO()
torch.save({}, buffer)
size = len(buffer.getvalue())
if checkpoint:
    from huggingface_hub import hf_hub_download

    model = AutoModel.from_pretrained(checkpoint)
other = AutoModel.from_pretrained(checkpoint) if checkpoint != "" else None
%matplotlib inline
"""


def findings(course: MiniCourse, *cells: str) -> list[str]:
    path = course.notebook("09-mini", *cells)
    return [str(finding) for finding in outside.check(Notebook(path, course.layout.relative(path)))]


def test_a_sound_notebook_passes(mini: MiniCourse) -> None:
    assert findings(mini, SUM_CELL, SOUND) == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("import requests", f"«import requests»: imports requests, which reaches the network; {NETWORK}"),
        ("from urllib.request import urlopen", "imports urllib.request.urlopen, which reaches"),
        ("import importlib\nimportlib.import_module('httpx')", "imports httpx, which reaches"),
        ("def f():\n    import socket", "imports socket, which reaches"),
        ("model = AutoModel.from_pretrained('gpt2')", "«AutoModel.from_pretrained»: fetches from the network"),
        ("if not checkpoint:\n    hf_hub_download('a', 'b')", "«hf_hub_download»: fetches from the network"),
        ("if checkpoint == '':\n    snapshot_download('a')", "«snapshot_download»: fetches from the network"),
        ("import nltk\nnltk.download('punkt')", "«nltk.download»: fetches from the network"),
        (
            "import pandas as pd\npd.read_csv('https://e.org/a.csv')",
            "«'https://e.org/a.csv'»: is an address of the net",
        ),
        ("x = f'http://{host}/a'", "is an address of the network"),
        ("!pip install x", "«!pip install x»: runs a shell or an installation; only the cell tagged 'install' may"),
        ("%pip install x", "«%pip install x»: runs a shell"),
        ("if x:\n    !wget https://e.org", "«!wget https://e.org»: runs a shell"),
        ("%%bash\nls", "«%%bash»: runs a shell"),
        ("%cd ..", "«%cd ..»: runs a shell"),
        ("import subprocess\nsubprocess.run(['ls'])", "imports subprocess, which runs other programs"),
        ("import os\nos.system('ls')", "«os.system»: runs a shell or another program; do it in Python"),
        ("get_ipython().run_line_magic('pip', 'list')", "runs a shell or another program"),
        ("open('/home/yo/datos.csv')", "«'/home/yo/datos.csv'»: is a path of one machine; take lesson.root"),
        ("x = '/datos.csv'", "is a path of one machine"),
        ("x = 'C:\\\\datos\\\\a.csv'", "is a path of one machine"),
        ("x = '~/datos'", "is a path of one machine"),
        ("from pathlib import Path\nx = Path('/') / 'datos'", "«Path('/')»: is a path of one machine"),
        ("from pathlib import Path\nx = Path.home() / 'datos'", "«Path.home»: is a path of one machine"),
        ("import os\nx = os.path.expanduser('~')", "«os.path.expanduser»: is a path of one machine"),
        ("import numpy as np\nnp.load('/datos')", "«np.load('/datos')»: is a path of one machine"),
        ("x = f'/home/{user}/a'", "is a path of one machine"),
        ("import time\ntime.sleep(1)", "«time.sleep»: waits; take it out"),
        ("from time import sleep as duerme\nduerme(1)", "«duerme»: waits; take it out"),
        ("x = input('¿?')", "«input»: waits for somebody to type"),
        ("open('a.txt', 'w').write('a')", "«open»: writes a file; keep it in memory"),
        ("open('a.txt', mode='ab')", "«open»: writes a file"),
        ("from pathlib import Path\nPath('a.txt').open('w')", "writes a file"),
        ("from pathlib import Path\nPath('a.txt').write_text('a')", "«Path('a.txt').write_text»: writes a file"),
        ("figure.savefig('a.png')", "«figure.savefig»: writes a file"),
        ("import torch\ntorch.save({}, 'a.pt')", "«torch.save»: writes a file"),
        ("import shutil\nshutil.rmtree('modules')", "«shutil.rmtree»: writes a file"),
    ],
)
def test_each_way_out_is_named(mini: MiniCourse, cell: str, message: str) -> None:
    found = findings(mini, SUM_CELL, cell)
    assert found
    assert found[0].startswith("notebooks/09-mini.ipynb, cell 3 «»: ")
    assert any(message in finding for finding in found), found


def test_the_installation_may_install_and_an_exercise_may_not(mini: MiniCourse) -> None:
    findings(mini, "!git clone https://e.org", "!pip install x")
    path = tag(mini, 1, ["install"])
    tag(mini, 2, ["exercise"])
    (found,) = outside.check(Notebook(path, path.name))
    assert found.number == 3
