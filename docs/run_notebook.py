"""Run the tutorial notebook and save it with its output.

make notebook
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "tutorial.ipynb"


def run(path: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """Return the notebook with what its cells show now; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False).execute()
    notebook.metadata["language_info"] = {"name": "python"}  # no version: it would always change
    return notebook


if __name__ == "__main__":
    nbformat.write(run(), NOTEBOOK)
