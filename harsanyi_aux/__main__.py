"""``python -m harsanyi_aux`` is the command ``harsanyi``."""

import sys

from harsanyi_aux.cli.app import main

if __name__ == "__main__":  # worker processes import this file under another name
    sys.exit(main())
