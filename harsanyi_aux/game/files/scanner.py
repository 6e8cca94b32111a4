"""Tokens of Gambit's file formats, with the line and column of whatever is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.payoffs import MOST_PLAYERS
from harsanyi_aux.numbers.arrays import Number, clip, parse_number

_GAP = re.compile(r"[\s,]*")
_TOKEN = re.compile(
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<brace>[{}])|(?P<word>[^\s{}",]+)', re.DOTALL
)
_ESCAPE = re.compile(r'\\(["\\])')


@dataclass
class Scanner:
    """The text of a file and how far it has been read."""

    text: str
    source: str
    at: int = 0

    def error(self, problem: str, at: int | None = None, mend: str = "") -> InputError:
        """Return an error that names source, line and column."""
        at = self.at if at is None else at
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        return InputError(problem, place=f"line {line}, column {column}", mend=mend).within(
            self.source
        )

    def peek(self) -> tuple[str, str]:
        """Return kind and content of the next token: a text, a word, a brace or the end."""
        gap = _GAP.match(self.text, self.at)
        self.at = gap.end() if gap else self.at
        token = _TOKEN.match(self.text, self.at)
        if token is None:
            if self.at < len(self.text):
                raise self.error("a quotation mark is never closed")
            return "end", ""
        if token["text"] is not None:
            return "text", token["text"]
        return ("brace", token["brace"]) if token["brace"] else ("word", token["word"])

    def skip(self, token: str) -> None:
        """Step over a token that was peeked at."""
        self.at += len(token)

    def accept(self, kind: str, content: str | None = None) -> str | None:
        """Step over the next token if it is as described, and return it."""
        found, token = self.peek()
        if found != kind or (content is not None and token != content):
            return None
        self.skip(token)
        return token

    def expect(self, what: str, kind: str, content: str | None = None) -> str:
        """Step over the next token, which must be as described."""
        token = self.accept(kind, content)
        if token is None:
            _, found = self.peek()
            raise self.error(f"expected {what}, found {clip(found) if found else 'the end'}")
        return token

    def expect_text(self, what: str) -> str:
        """Step over a text in quotes and return what it says."""
        return _ESCAPE.sub(r"\1", self.expect(what, "text")[1:-1])

    def texts(self, what: str) -> list[str]:
        """Read ``{ "..." "..." }``."""
        self.expect(f'"{{" before {what}', "brace", "{")
        read = []
        while not self.accept("brace", "}"):
            read.append(self.expect_text(f'{what} in quotes or "}}"'))
        return read

    def header(self, name: str, version: str) -> tuple[str, list[str]]:
        """Read what files of both formats begin with; return the title and the players."""
        for content in (name, version):
            self.expect(f'the header "{name} {version} R"', "word", content)
        if not (self.accept("word", "R") or self.accept("word", "D")):
            raise self.error(f'expected "R" or "D" after "{name} {version}"')
        title = self.expect_text("the title in quotes")
        before = self.at
        players = self.texts("player names")
        if not 1 <= len(players) <= MOST_PLAYERS:
            mend = f"1 to {MOST_PLAYERS} are possible"
            raise self.error(f"{len(players)} players", before, mend)
        return title, players

    def number(self, what: str) -> Number:
        """Step over a number."""
        word = self.expect(what, "word")
        try:
            return parse_number(word)
        except InputError as error:
            problem = f"{what}: {error.problem}"
            raise self.error(problem, self.at - len(word), error.mend) from None

    def count(self, what: str) -> int:
        """Step over a natural number, or 0."""
        word = self.expect(what, "word")
        if re.fullmatch(r"\d{1,18}", word, re.ASCII) is None:
            raise self.error(f"{clip(word)} is not {what}", self.at - len(word))
        return int(word)
