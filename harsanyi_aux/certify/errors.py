"""The checker's verdict that a certificate does not prove its claim."""

from __future__ import annotations

from harsanyi_aux.errors import HarsanyiError


class InvalidCertificate(HarsanyiError, ValueError):  # noqa: N818 (a verdict, as the project's others)
    """A certificate that does not prove what it says.

    Parameters
    ----------
    reason : str
        What fails, in plain words.
    place : str, optional
        Where in the document, such as ``nodes[17]``.

    Notes
    -----
    ``str(error)`` is a single line, ``place: reason``.

    Examples
    --------
    >>> from harsanyi_aux import InvalidCertificate
    >>> print(InvalidCertificate("the cell is not excluded", "nodes[17]"))
    nodes[17]: the cell is not excluded
    """

    def __init__(self, reason: str, place: str = "") -> None:
        self.reason = reason
        self.place = place
        super().__init__(reason, place)

    def __str__(self) -> str:
        told = f"{self.place}: {self.reason}" if self.place else self.reason
        # texts of the document are repeated in reasons and may hold line breaks
        return " ".join(told.splitlines())

    def within(self, place: str) -> InvalidCertificate:
        """Return the same verdict with a larger place named before its own."""
        joint = "" if not self.place or self.place.startswith("[") else "."
        return InvalidCertificate(self.reason, f"{place}{joint}{self.place}")
