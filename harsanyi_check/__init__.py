"""A second checker of certificates, written from docs/certificates.md alone.

It shares no code with `harsanyi_aux` and needs nothing but Python's standard library.
"""

from .claims import Claim, check
from .reading import Refused, Unusable

__all__ = ["Claim", "Refused", "Unusable", "check"]
