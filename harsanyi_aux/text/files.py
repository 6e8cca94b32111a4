"""Writing files: complete or not at all, through links, with the modes that are there."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harsanyi_aux.errors import InputError


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file; as `replacing`."""
    with replacing(path) as beside:
        beside.write_bytes(content)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a new file to write, which takes the place of `path` when all went well.

    A symbolic link stays one: what it points at is replaced. The new file has the mode of the old
    one. A device, a pipe, and the file that standard output goes to are not replaced; what was
    written is copied into them.

    Raises
    ------
    InputError
        If the file cannot be written; an older file of that name is then untouched.
    """
    place, old = _look(path)
    copied = old is not None and (not stat.S_ISREG(old.st_mode) or _stream_of(old) is not None)
    folder = Path(tempfile.gettempdir()) if copied else place.parent
    beside = folder / f".{place.name}.{secrets.token_hex(4)}.part"
    try:
        try:
            yield beside
            if old is None:
                os.replace(beside, place)
            elif copied:
                _copy(beside, path, old)
            else:
                _take_over(beside, old)
                os.replace(beside, place)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot(path, error) from error


def _look(path: str | Path) -> tuple[Path, os.stat_result | None]:
    """Return where a path leads, and what is there."""
    try:
        place = Path(os.path.realpath(path))
        # a link that is left over leads in a circle, of which stat complains
        old = os.stat(path) if place.is_symlink() or os.path.exists(path) else None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise _cannot(path, error) from error
    if old is not None and stat.S_ISDIR(old.st_mode):
        raise InputError("cannot be written (is a directory)", place=str(path), mend="name a file")
    if old is not None and not os.access(path, os.W_OK):
        raise InputError(
            "cannot be written (it is read-only)", place=str(path), mend="name another file"
        )
    return place, old


def _cannot(path: str | Path, error: OSError | ValueError) -> InputError:
    number = error.errno if isinstance(error, OSError) else None
    reason = os.strerror(number) if number else str(error)  # libraries have long words of their own
    return InputError(f"cannot be written ({reason})", place=str(path))


def _stream_of(old: os.stat_result) -> int | None:
    """Return the number of the standard stream that goes to a file, if one does."""
    for number in (1, 2):
        with contextlib.suppress(OSError):  # closed
            own = os.fstat(number)
            if (own.st_dev, own.st_ino) == (old.st_dev, old.st_ino):
                return number
    return None


def _copy(beside: Path, path: str | Path, old: os.stat_result) -> None:
    number = _stream_of(old)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    # a stream's own descriptor: opening the file again would begin at its start
    with beside.open("rb") as source, open(path if number is None else os.dup(number), "wb") as to:
        shutil.copyfileobj(source, to)


def _take_over(beside: Path, old: os.stat_result) -> None:
    """Give a new file the mode of the old one, and its owner where that is allowed."""
    with contextlib.suppress(PermissionError):
        os.chown(beside, old.st_uid, old.st_gid)
    beside.chmod(stat.S_IMODE(old.st_mode))
