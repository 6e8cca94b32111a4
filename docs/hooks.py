"""What the site needs beyond Markdown: pages from outside ``docs/``, formulas, the commands.

The sources keep the links that work in a checkout; here they become those of the site. Formulas
become MathML, which browsers show without scripts or fonts from elsewhere.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import subprocess
import sys
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
_TOP = {"README.md": "index.md", "FINDINGS.md": "FINDINGS.md", "CHANGELOG.md": "CHANGELOG.md"}
_SHOWN = (".md", ".json", ".csv")  # of the examples
_COMMANDS = "<!-- commands -->"
# what common fonts have not, and bars that stand around a set, not between two terms
_BETTER = {
    "&#x029F5;": "&#x02216;",
    '<mo stretchy="false">&#x0007C;</mo>': '<mo stretchy="false" lspace="0" rspace="0">|</mo>',
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the README, the findings and the examples with their certificates."""
    outside = {ROOT / name: target for name, target in _TOP.items()}
    for path in sorted((ROOT / "examples").rglob("*")):
        if path.suffix in _SHOWN:
            outside[path] = path.relative_to(ROOT).as_posix()
    for path, target in outside.items():
        files.append(File.generated(config, target, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite links to files and write the commands' reference."""
    source = Path(page.file.abs_src_path or "").relative_to(ROOT).as_posix()
    here = posixpath.dirname(page.file.src_uri)

    def on_site(link: re.Match[str]) -> str:
        in_checkout = posixpath.normpath(posixpath.join(posixpath.dirname(source), link[1]))
        target = _TOP.get(in_checkout, in_checkout.removeprefix("docs/"))
        if files.get_file_from_path(target) is None:
            return link[0]  # told by the strict build, unless it is a folder or a plain file
        return f"]({posixpath.relpath(target, here or '.')}{link[2]})"

    markdown = re.sub(r"\]\((?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)", on_site, markdown)
    return markdown.replace(_COMMANDS, _commands()) if _COMMANDS in markdown else markdown


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn formulas into MathML."""
    content = re.sub(
        r'<span class="arithmatex">\\\((.*?)\\\)</span>',
        lambda formula: _mathml(formula[1], "inline"),
        content,
        flags=re.DOTALL,
    )
    return re.sub(
        r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>',
        lambda formula: _mathml(formula[1], "block"),
        content,
        flags=re.DOTALL,
    )


def _mathml(formula: str, display: str) -> str:
    found = convert(html.unescape(formula.strip()), display=display)
    for code, better in _BETTER.items():
        found = found.replace(code, better)
    return found


def _commands() -> str:
    """Return what ``--help`` says about every command, as sections of a page."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    arguments = ["harsanyi_aux.cli.app", "utils", "docs", "--name", "harsanyi"]
    done = subprocess.run(
        [sys.executable, "-m", "typer", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    _, *sections = re.split(r"^(?=## )", done.stdout, flags=re.MULTILINE)
    return "".join(sections)
