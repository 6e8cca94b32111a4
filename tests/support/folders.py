"""Where the project's files are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
GAMES = ROOT / "tests" / "games"
