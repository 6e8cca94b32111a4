"""What somebody gets who installs the wheel: run by ``make wheel-test``, not by pytest.

Builds the source distribution from a copy of the sources and the wheel from that, looks into both,
installs the wheel into an environment of its own and there runs the README's commands and checks
and runs a typed program. Needs the package index, or pip's cache of it. Takes about a minute.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("harsanyi_aux", "harsanyi_check", "smoothing")
# of the checkout only; all else must be in the source distribution
NOT_DISTRIBUTED = {".ci/run", ".gitignore"}
# what setuptools and pip write when something is packed that they will refuse one day, or left out
_WARNING = re.compile(r"warn(ing)?:|deprecat|!!|not found|no files found", re.IGNORECASE)

CLIENT = """\
from fractions import Fraction

import harsanyi_aux as hx
from smoothing import polytope

game = hx.StrategicGame.from_arrays([[4, 1], [0, 2]], [[1, 0], [1, 5]])
found: hx.SolveResult = hx.solve_all(game)
first: hx.Equilibrium = found.equilibria[0]
shares: list[Fraction] = list(hx.coco_value(game).shares)
hx.verify(game, first).raise_if_invalid()
try:
    hx.load_game("nowhere.json")
except hx.InputError as error:
    print(error)
print(sum(shares), polytope.__name__)
"""
# what mypy must refuse: a name that is not there, a wrong argument, a wrong result
MISTAKES = {
    "attr-defined": "hx.solv(game)",
    "arg-type": 'hx.solve("no game")',
    "assignment": "wrong: int = hx.solve(game)",
    "call-arg": "hx.verify(game)",
}


def main() -> None:
    """Build, look, install, run."""
    clock = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="harsanyi-wheel-") as name:
        folder = Path(name)
        for step in (build, inspect, install, follow_readme, type_client):
            begun = time.perf_counter()
            told = step(folder)
            print(f"{told} ({time.perf_counter() - begun:.0f} s)", flush=True)
    print(f"wheel-test passed in {time.perf_counter() - clock:.0f} s")


def build(folder: Path) -> str:
    """Build the source distribution from a copy of the sources, and the wheel from it."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignore = shutil.ignore_patterns(".git", *(pattern.rstrip("/") for pattern in ignored))
    shutil.copytree(ROOT, folder / "sources", ignore=ignore)
    python = environment(folder / "build-environment")
    pip(python, "build")
    told = run(python, "-m", "build", "--outdir", folder / "dist", folder / "sources")
    warnings = [line for line in told.splitlines() if _WARNING.search(line)]
    expect(not warnings, "the build warns:\n" + "\n".join(warnings))
    return "built the source distribution, and the wheel from it, without warnings"


def inspect(folder: Path) -> str:
    """Look for what is missing in the distributions, and for what does not belong there."""
    with tarfile.open(the_file(folder / "dist", "*.tar.gz")) as archive:
        packed = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
    sources = files(folder / "sources")
    made = {name for name in sources | packed if ".egg-info/" in name}
    missing = sources - packed - NOT_DISTRIBUTED - made
    expect(not missing, f"not in the source distribution: {sorted(missing)}")
    added = packed - sources - made - {"PKG-INFO", "setup.cfg"}
    expect(not added, f"in the source distribution, but no source: {sorted(added)}")

    with zipfile.ZipFile(the_file(folder / "dist", "*.whl")) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    own = {name for name in names if ".dist-info/" not in name}
    wanted = {name for name in sources if name.split("/")[0] in PACKAGES}
    expect(own == wanted, f"wheel and packages differ: {sorted(own ^ wanted)}")
    expect({f"{package}/py.typed" for package in PACKAGES} <= own, "py.typed is not in the wheel")
    expect(any(name.endswith(".css") for name in own), "the report's style is not in the wheel")
    licenses = [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
    expect(len(licenses) == 1, "the license is not in the wheel")
    return f"source distribution: {len(packed)} files; wheel: {len(names)}, the packages alone"


def install(folder: Path) -> str:
    """Install the wheel and nothing else, as the README says; then the extra for its example."""
    python = environment(folder / "environment")
    wheel = the_file(folder / "dist", "*.whl")
    pip(python, wheel)
    where = run(python, "-c", "import harsanyi_aux; print(harsanyi_aux.__file__)", folder=folder)
    expect(Path(where.strip()).is_relative_to(folder), f"another package is imported: {where}")
    solve = [folder / "environment" / "bin" / "harsanyi", "solve"]
    examples = folder / "sources" / "examples"
    expect("Proper CoCo" in run(*solve, examples / "four_firms.json"), "a game is not solved")
    told = run(*solve, "catalog:journals/ijgt/nau2004/sec4", status=2)
    expect("pip install 'harsanyi-aux[gambit]'" in told, f"a missing extra is not told: {told}")
    count = len(run(python, "-m", "pip", "list", "--format=freeze").splitlines())
    pip(python, f"{wheel}[gambit]")
    return f"installed the wheel into an environment of its own, with {count} packages"


def follow_readme(folder: Path) -> str:
    """Run what the README shows, next to the examples; and check every certificate it links."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from pages import assert_printed, blocks, commands

    reader = folder / "reader"
    shutil.copytree(folder / "sources" / "examples", reader / "examples")
    harsanyi = folder / "environment" / "bin" / "harsanyi"
    readme = (folder / "sources" / "README.md").read_text(encoding="utf-8")

    told = run(harsanyi, "--help", folder=reader)
    for command in ("solve", "enumerate", "exists", "verify", "check"):
        expect(f" {command} " in told, f"harsanyi --help does not name {command}")
    expect("harsanyi solve" in run(harsanyi, folder=reader), "harsanyi does not show the start")
    shown = [entry for block in blocks(readme, "console") for entry in commands(block)]
    expect(bool(shown), "the README shows no command")
    for command, output in shown:
        program, *arguments = command.split()
        expect(program == "harsanyi", f"the README runs {program}")
        assert_printed(run(harsanyi, *arguments, folder=reader), output)
    certificates = re.findall(r"\]\((examples/\S+\.certificate\.json)\)", readme)
    expect(bool(certificates), "the README links no certificate")
    for certificate in certificates:
        run(harsanyi, "check", certificate, folder=reader)
    # reads the style and the script that are package data
    run(harsanyi, "report", "examples/veto.json", "-o", "page.html", folder=reader)
    sources = folder / "sources" / "harsanyi_aux" / "show" / "page"
    for data in ("style.css", "sort.js"):
        text = (sources / data).read_text(encoding="utf-8")
        page = (reader / "page.html").read_text(encoding="utf-8")
        expect(text.splitlines()[-2] in page, f"{data} is not in the report")
    return f"ran {len(shown)} README commands, checked {len(certificates)} certificates, reported"


def type_client(folder: Path) -> str:
    """Check and run a typed program against the installed package; mypy must find mistakes."""
    python = folder / "environment" / "bin" / "python"
    client = folder / "client"
    client.mkdir()
    (client / "right.py").write_text(CLIENT, encoding="utf-8")
    run(python, "right.py", folder=client)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-executable"]
    run(*mypy, python, "right.py", folder=client)

    (client / "wrong.py").write_text(CLIENT + "\n".join(MISTAKES.values()) + "\n", encoding="utf-8")
    told = run(*mypy, python, "wrong.py", folder=client, status=1)
    found = re.findall(r"^wrong\.py:\d+: error: .*\[([\w-]+)\]$", told, flags=re.MULTILINE)
    expect(found == list(MISTAKES), f"mypy finds {found} of {list(MISTAKES)}\n{told}")

    names = run(python, "-c", "import harsanyi_aux as h; print(*h.__all__)", folder=client).split()
    reveal = "".join(f"reveal_type(hx.{name})\n" for name in names)
    (client / "names.py").write_text("import harsanyi_aux as hx\n" + reveal, encoding="utf-8")
    told = run(*mypy, python, "names.py", folder=client)
    types = re.findall(r'Revealed type is "(.*)"$', told, flags=re.MULTILINE)
    expect(len(types) == len(names), f"types of {len(types)} names of {len(names)}")
    untyped = [name for name, of in zip(names, types, strict=True) if of == "Any"]
    expect(not untyped, f"without a type: {untyped}")
    return f"{len(names)} names are typed, a strictly typed program runs, its mistakes are found"


def environment(folder: Path) -> Path:
    """Make a virtual environment and return its Python."""
    run(sys.executable, "-m", "venv", folder)
    return folder / "bin" / "python"


def pip(python: Path, *requirements: object) -> None:
    """Install, or say that the package index is what was missing."""
    try:
        run(python, "-m", "pip", "install", "--quiet", "--no-compile", *requirements)
    except RuntimeError as error:
        raise SystemExit(
            f"pip cannot install; without a package index it needs its cache\n{error}"
        ) from None


def run(program: object, *arguments: object, folder: Path | None = None, status: int = 0) -> str:
    """Run a program as if nothing of this checkout were there; return what it prints."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "MYPY")
    variables = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    command = [str(part) for part in (program, *arguments)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**variables, "COLUMNS": "80", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    if done.returncode != status:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def the_file(folder: Path, pattern: str) -> Path:
    """Return the only file of that kind."""
    (found,) = folder.glob(pattern)
    return found


def files(folder: Path) -> set[str]:
    """Return the names of all files below a folder."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def expect(holds: bool, otherwise: str) -> None:
    """Stop with a message unless something holds."""
    if not holds:
        raise SystemExit(f"wheel-test: {otherwise}")


if __name__ == "__main__":
    main()
