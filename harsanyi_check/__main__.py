"""`python -m harsanyi_check FILE`: exit status 0 valid, 1 refused, 2 unusable."""

from __future__ import annotations

import sys
from pathlib import Path

from . import Refused, Unusable, check


def main(arguments: list[str]) -> int:
    """Check a certificate and say in one line what it proves, or why it does not."""
    if len(arguments) != 1:
        print("usage: python -m harsanyi_check FILE", file=sys.stderr)
        return 2
    try:
        content = Path(arguments[0]).read_bytes()
    except (OSError, ValueError) as error:
        print(f"unusable: {ascii(str(error))[1:-1]}", file=sys.stderr)
        return 2
    try:
        print(f"valid: {check(content).words}")
    except Refused as verdict:
        unusable = isinstance(verdict, Unusable)
        print(f"{'unusable' if unusable else 'refused'}: {verdict}", file=sys.stderr)
        return 2 if unusable else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
