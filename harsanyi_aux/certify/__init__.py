"""The certificate checker: replays proofs in rational and ball arithmetic, without any solver.

What certificates say and why they prove it: ``docs/certificates.md``. Nothing in this package
imports a numerical library other than python-flint, or a module of the project other than
`harsanyi_aux.errors`; no floating-point number enters a decision.
"""

from harsanyi_aux.certify.claims import Report
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.document import read, sealed
from harsanyi_aux.certify.replay import check

__all__ = ["InvalidCertificate", "Report", "check", "read", "sealed"]
