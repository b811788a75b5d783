"""What Windows lacks, taken away on any system, so that every day's tests walk its paths.

In this process by the fixture `windows`; in a program of its own by `bare_python`.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ntm_eval import workspace

# a console or a pipe of Windows in Vietnam, and in the language that Windows is often installed in
CONSOLES = ("cp1258", "cp1252")
# run by Python at its start: no fork, no limits of a process, no locks but those of a file
SITE = """
import os, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("fork", "register_at_fork", "geteuid", "getuid"):
    if hasattr(os, name):
        delattr(os, name)
"""


class Windows:
    """Files that other programs hold open, and those that this process has forgotten to close."""

    def __init__(self) -> None:
        self.held: set[Path] = set()

    def hold(self, path: Path) -> None:
        """Somebody opens a file in Excel."""
        self.held.add(path.resolve())

    def refuse(self, *paths: object) -> None:
        ours = {Path(file.path) for file in psutil.Process().open_files()}
        for path in (Path(str(p)).absolute() for p in paths):
            if path in self.held | ours:
                number = errno.EACCES
                raise PermissionError(number, "The process cannot access the file", str(path))


@pytest.fixture
def windows(monkeypatch) -> Iterator[Windows]:
    """Replacing and taking away a file refuse where it is open; a path ends at 259 characters."""
    here = Windows()

    def refusing(does):
        def does_or_not(*paths, **options):
            here.refuse(*paths)
            return does(*paths, **options)

        return does_or_not

    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    for name in ("fork", "register_at_fork"):
        monkeypatch.delattr(os, name, raising=False)
    for name in ("fcntl", "resource"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(workspace, "MOST_PATH", 259)
    return here


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory):
    """The environment of a program that starts without what Windows lacks, at a console."""
    folder = tmp_path_factory.mktemp("windows")
    (folder / "sitecustomize.py").write_text(SITE, encoding="utf-8")

    def environment(console: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONUTF8", "LC_ALL", "LANG")}
        return kept | {
            "PYTHONPATH": str(folder),
            "PYTHONIOENCODING": f"{console}:strict",
            "PYTHONUTF8": "0",
        }

    return environment
