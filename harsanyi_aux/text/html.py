"""HTML by functions: whatever is not `Markup` already is escaped."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from typing import TypeAlias

from harsanyi_aux.text.plain import plain


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


#: What an element may hold; None is nothing.
Content: TypeAlias = "str | Iterable[Content] | None"

_VOID = frozenset({"br", "img", "meta"})


def render(content: Content) -> Markup:
    """Return content as HTML; texts that are not `Markup` are escaped and put on one line."""
    if content is None:
        return Markup()
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(html.escape(_one_line(content)))
    return Markup("".join(render(part) for part in content))


def element(tag: str, *content: Content, **attributes: str | bool | None) -> Markup:
    """Return one element.

    Parameters
    ----------
    tag : str
    *content : str, Markup, iterables of them, or None
    **attributes : str, bool or None
        ``for_`` is ``for``, ``aria_sort`` is ``aria-sort``; False and None leave an attribute out,
        True gives it no value.
    """
    written = ""
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written += " " + name.rstrip("_").replace("_", "-")
        if value is not True:
            written += f'="{html.escape(_one_line(value))}"'
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{render(content)}</{tag}>")


def data_address(content: bytes, kind: str) -> str:
    """Return a ``data:`` address that holds a file of a MIME type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _one_line(text: str) -> str:
    """Return a text without characters that could steer its display, outer blanks kept."""
    if text.isprintable():
        return text
    return plain(text)
