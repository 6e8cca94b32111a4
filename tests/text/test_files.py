"""Files are written whole or not at all, and what is not a plain file is not replaced."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading

import pytest

from harsanyi_aux.errors import InputError
from harsanyi_aux.text.files import replacing, write_bytes

SOLVE = "from harsanyi_aux.cli.app import main; import sys; sys.exit(main(sys.argv[1:]))"


def test_a_new_file_has_the_mode_of_the_umask(tmp_path):
    mask = os.umask(0o027)
    try:
        write_bytes(tmp_path / "new", b"text")
    finally:
        os.umask(mask)
    assert (tmp_path / "new").read_bytes() == b"text"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_modes_are_kept(tmp_path, mode):
    path = tmp_path / "old"
    path.write_text("before")
    path.chmod(mode)
    write_bytes(path, b"after")
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_links_are_followed_and_stay(tmp_path):
    (tmp_path / "folder").mkdir()
    real = tmp_path / "folder" / "real"
    real.write_text("before")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "second")
    (tmp_path / "second").symlink_to(real)
    write_bytes(link, b"after")
    assert link.is_symlink()
    assert (tmp_path / "second").is_symlink()
    assert real.read_bytes() == b"after"
    assert sorted(os.listdir(tmp_path)) == ["folder", "link", "second"]


def test_a_link_to_nothing_makes_the_file_it_names(tmp_path):
    (tmp_path / "link").symlink_to("missing")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "missing").read_bytes() == b"new"


def test_a_link_in_a_circle_is_an_error(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(InputError, match="cannot be written"):
        write_bytes(tmp_path / "a", b"")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_device_is_written_to_and_stays():
    before = os.stat(os.devnull)
    write_bytes(os.devnull, b"anything")
    after = os.stat(os.devnull)
    assert stat.S_ISCHR(after.st_mode)
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


def test_a_full_device_is_an_error():
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with pytest.raises(InputError, match="No space left"):
        write_bytes("/dev/full", b"x" * 100_000)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(pipe, b"through" * 100_000)
    reader.join()
    assert read == [b"through" * 100_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "old"
    path.write_text("before")

    def stopped(by):
        with replacing(path) as beside:
            beside.write_text("half")
            raise by

    for error in (KeyboardInterrupt(), ValueError("own")):
        with pytest.raises(type(error)):
            stopped(error)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["old"]


def test_folders_and_read_only_files_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="is a directory"):
        write_bytes(tmp_path, b"")
    (tmp_path / "old").write_text("before")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # who tests as root may write all
    with pytest.raises(InputError, match="read-only"):
        write_bytes(tmp_path / "old", b"after")
    assert (tmp_path / "old").read_text() == "before"


@pytest.mark.parametrize("piped", [True, False])
def test_dev_stdout_gets_the_file_after_the_answer(tmp_path, piped):
    if not os.path.exists("/dev/stdout"):
        pytest.skip("this system has no /dev/stdout")
    before = os.lstat("/dev/stdout")
    command = [sys.executable, "-c", SOLVE, "solve", "catalog:journals/ijgt/nau2004/sec4"]
    with (tmp_path / "out").open("wb") as file:
        done = subprocess.run(
            [*command, "-o", "/dev/stdout"],
            stdout=subprocess.PIPE if piped else file,
            stderr=subprocess.PIPE,
            text=True,
        )
    out = done.stdout if piped else (tmp_path / "out").read_text()
    assert done.returncode == 0, done.stderr
    answer, brace, document = out.partition("\n{\n")
    assert "equilibrium" in answer
    assert json.loads(brace + document)["kind"] == "proper"
    assert os.lstat("/dev/stdout") == before
