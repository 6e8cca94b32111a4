"""Tables in HTML: a caption, headers with scope, numbers aligned, keys by which a script sorts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from harsanyi_aux.text.html import Content, Markup, element
from harsanyi_aux.text.plain import column


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
    cells : sequence
        What is shown, one for each row.
    unit : str
        Below the name.
    keys : sequence of float or None
        By which the column is sorted; the text if None.
    numeric : bool
        Whether the cells are aligned as numbers.
    wide : bool
        Whether the cells hold names, which are better not broken.
    """

    name: Content
    cells: Sequence[Content]
    unit: str = ""
    keys: Sequence[float] | None = None
    numeric: bool = False
    wide: bool = False


def numbers(
    name: Content,
    values: Sequence[float | Fraction | None],
    unit: str = "",
    *,
    digits: int = 6,
    one_unit: bool = True,
) -> Column:
    """Return a column of numbers with as many decimals as they need; None stays empty."""
    written = iter(column([x for x in values if x is not None], digits, one_unit=one_unit))
    return Column(
        name,
        ["" if x is None else _signed(next(written)) for x in values],
        unit,
        [float("-inf") if x is None else float(x) for x in values],
        numeric=True,
    )


def table(
    caption: Content, columns: Sequence[Column], *, name: str = "", sortable: bool = True
) -> Markup:
    """Return a table in a box of its own that scrolls where it is too wide.

    Parameters
    ----------
    caption : content
    columns : sequence of Column
        All of one length. The first names the rows.
    name : str, optional
        Identifier of the caption, distinct on a page.
    sortable : bool, optional
        Whether the page's script makes buttons of the headers.
    """
    header = [
        element(
            "th",
            element("span", part.name, class_="name"),
            element("span", part.unit, class_="unit") if part.unit else None,
            scope="col",
            class_="number" if part.numeric else None,
            data_sort=sortable or None,
        )
        for part in columns
    ]
    rows = []
    for k in range(len(columns[0].cells)):
        cells = [_cell(part, k, heads=j == 0) for j, part in enumerate(columns)]
        rows.append(element("tr", cells))
    whole = element(
        "table",
        element("caption", element("span", caption), id=name or None),
        element("thead", element("tr", header)),
        element("tbody", rows),
    )
    return element(
        "div",
        whole,
        class_="scroll",
        role="region" if name else None,
        aria_labelledby=name or None,
        tabindex="0" if name else None,
    )


def _cell(part: Column, k: int, *, heads: bool) -> Markup:
    attributes: dict[str, str] = {}
    if part.keys is not None:
        attributes["data_key"] = repr(float(part.keys[k]))
    if part.numeric:
        attributes["class_"] = "number"
    elif part.wide:
        attributes["class_"] = "wide"
    if heads:
        return element("th", part.cells[k], scope="row", **attributes)
    return element("td", part.cells[k], **attributes)


def _signed(text: str) -> str:
    """Return a number with a minus sign in place of a hyphen."""
    return text.replace("-", "−")
