"""Parts of what notebooks show of games and results: HTML and LaTeX.

Texts from outside are escaped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from harsanyi_aux.text.html import Markup, element
from harsanyi_aux.text.plain import number, plain

#: Outcomes, threats or checks shown at most; printing shows all.
MOST_ROWS = 64

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def more_rows(hidden: int, what: str) -> Markup | None:
    """Say how many rows are not shown, if any."""
    return element("p", f"{hidden} more {what}.") if hidden > 0 else None


def latex_array(columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as a LaTeX array in a displayed formula."""
    lines = [" & ".join(heads) + r" \\ \hline", *(" & ".join(row) + r" \\" for row in rows)]
    inside = "\n".join(lines)
    return f"$$\n\\begin{{array}}{{{columns}}}\n{inside}\n\\end{{array}}\n$$"


def latex_text(text: str) -> str:
    """Return a text for a LaTeX formula."""
    return r"\text{" + "".join(_TEX.get(c, c) for c in plain(text)) + "}"


def latex_number(value: float | Fraction, digits: int = 6) -> str:
    """Return a number for a LaTeX formula, exact ones as fractions."""
    if not math.isfinite(value):
        return latex_text(str(value))
    written = number(value, digits)
    if "/" in written:
        above, below = written.lstrip("-").split("/")
        return ("-" if written.startswith("-") else "") + rf"\tfrac{{{above}}}{{{below}}}"
    if "e" in written.lower():
        factor, power = written.lower().split("e")
        return rf"{factor} \times 10^{{{int(power)}}}"
    return written
