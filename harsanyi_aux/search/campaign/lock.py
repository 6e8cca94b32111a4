"""One writer for each file: a lock that the operating system drops when its owner dies."""

from __future__ import annotations

import errno
import fcntl
import os
import platform
from pathlib import Path

from harsanyi_aux.errors import InputError


class FileLock:
    """Own a file by an exclusive ``flock`` on ``FILE-lock`` beside it.

    SQLite's own locks are on the file itself and would keep readers out; nothing of a file that
    SQLite has open may be locked or closed by anyone else in the same process.

    Parameters
    ----------
    path : Path
        Of the file to own; it need not exist.

    Raises
    ------
    InputError
        If another process owns it, saying which, or the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._beside = path.with_name(f"{path.name}-lock")
        self._descriptor = self._acquire(path)

    def _acquire(self, path: Path) -> int:
        while True:
            try:
                descriptor = os.open(self._beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise InputError(
                    f"cannot be made ({os.strerror(error.errno or 0)})",
                    place=str(self._beside),
                    mend="choose another folder for the store",
                ) from None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                owner = os.pread(descriptor, 300, 0).decode(errors="replace").strip()
                os.close(descriptor)
                if error.errno not in (errno.EACCES, errno.EAGAIN):
                    raise
                raise InputError(
                    f"another process is working on this store ({owner or 'just started'})",
                    place=str(path),
                    mend="wait for it or stop it; --summary can be read meanwhile",
                ) from None
            if self._is_current(descriptor):
                break
            os.close(descriptor)  # the owner removed the file as we opened it
        os.ftruncate(descriptor, 0)
        try:
            os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode(), 0)
        except OSError as error:
            # a full disk: the lock is held all the same, only its owner's name is missing
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
        return descriptor

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._beside.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the file up; harmless if done before."""
        if self._descriptor >= 0:
            self._beside.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1
