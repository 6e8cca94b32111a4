"""The command line ``harsanyi``; its commands and formats are the contract of the interface note.

Exit status: 0 yes or done, 1 a negative answer, 2 unusable input with one line on standard error,
130 on Ctrl-C. Each command has a module of its own and imports numerical libraries only when it
runs, so that help is quick.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from harsanyi_aux.cli.commands.check import check
from harsanyi_aux.cli.commands.design import design
from harsanyi_aux.cli.commands.enumeration import enumerate_all
from harsanyi_aux.cli.commands.exists import exists
from harsanyi_aux.cli.commands.plot import plot
from harsanyi_aux.cli.commands.report import report
from harsanyi_aux.cli.commands.robust import robust
from harsanyi_aux.cli.commands.search import search
from harsanyi_aux.cli.commands.smooth import smooth
from harsanyi_aux.cli.commands.solve import solve
from harsanyi_aux.cli.commands.value import value
from harsanyi_aux.cli.commands.verify import verify
from harsanyi_aux.cli.shared import DONE, INTERRUPTED, UNUSABLE, write
from harsanyi_aux.errors import HarsanyiError, did_you_mean
from harsanyi_aux.text.plain import plain

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="rich")
_COMMANDS: dict[str, Callable[..., int]] = {
    "solve": solve,
    "enumerate": enumerate_all,
    "exists": exists,
    "verify": verify,
    "check": check,
    "value": value,
    "smooth": smooth,
    "design": design,
    "robust": robust,
    "search": search,
    "plot": plot,
    "report": report,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)

_START = """\
harsanyi computes CoCo equilibria of cooperative games in strategic form. To start:

  harsanyi solve catalog:journals/ijgt/nau2004/sec4   prices, payoffs and threats
  harsanyi solve GAME.json -o FILE.json               the same for your game, and a file of it
  harsanyi verify GAME.json FILE.json                 that file against the definition
  harsanyi enumerate GAME.json                        all equilibria, and whether that is proved
  harsanyi exists GAME.json --certificate FILE.json   whether there is one, and the proof
  harsanyi check FILE.json                            that proof, replayed in exact arithmetic
  harsanyi value GAME.json                            the CoCo value with side payments
  harsanyi smooth GAME.json                           what smoothed games tend to
  harsanyi design --shape 2,2,2                       games with two equilibria, exact
  harsanyi plot GAME.json -o FILE.svg                 a picture of it
  harsanyi report GAME.json -o FILE.html              all of it on one page
  harsanyi --help                                     all commands
  harsanyi --install-completion                       names completed by your shell's Tab key
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit status. Errors are told in one line on standard error, never by a traceback,
        unless the environment variable ``HARSANYI_DEBUG`` is set.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for terminals that are not UTF-8
    try:
        status = app(args=arguments, prog_name="harsanyi", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if "HARSANYI_DEBUG" in os.environ:
            raise
        print(f"harsanyi: {_explain(error)}", file=sys.stderr)
        return UNUSABLE
    return status if isinstance(status, int) else DONE


def _explain(error: Exception) -> str:
    """Return one line about an error."""
    # by its method, because some versions of typer use click and others a copy of their own
    usage = getattr(error, "format_message", None)
    if usage is not None:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "harsanyi"
        told = _with_suggestion(str(usage()).rstrip("."))
        return plain(f"{told}; {command} --help shows how")
    if isinstance(error, HarsanyiError):
        return plain(str(error))
    if isinstance(error, MemoryError):
        return "the game is too large for this computer's memory"
    if isinstance(error, OSError):
        return plain(str(error))
    return plain(
        f"internal error ({type(error).__name__}: {error}); please report it with the command, "
        "HARSANYI_DEBUG=1 shows where it happened"
    )


def _with_suggestion(message: str) -> str:
    """Return a usage error with the value that was meant, where the allowed ones are listed."""
    message = message.replace("Value error, ", "")  # pydantic's, in some versions of typer
    choice = re.search(r"'([^']*)' is not one of ('.*')$", message)
    if choice is None:
        return message
    near = did_you_mean(choice[1].replace("_", "-"), re.findall(r"'(.*?)'", choice[2]))
    return f"{message}; {near}" if near else message


def _print_version(wanted: bool) -> None:
    if wanted:
        from harsanyi_aux.versions import __version__

        write(f"harsanyi {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """CoCo and coalition-perfect equilibria of cooperative games in strategic form."""
    if context.invoked_subcommand is None:
        write(_START)
