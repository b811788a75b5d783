"""Fingerprints: of a file, of a thing, of a folder. What is equal to the last byte has the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ntm_eval.characters import file_name


def sha256(path: Path) -> str:
    """The fingerprint of a file's bytes; of nothing where there is no such file."""
    return of_bytes(path.read_bytes() if path.is_file() else b"")


def of_bytes(content: bytes) -> str:
    """The fingerprint of a file's content."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(thing: object) -> str:
    """The fingerprint of numbers, text, lists and mappings; the order of keys does not count."""
    return hashlib.sha256(json.dumps(thing, default=str, sort_keys=True).encode()).hexdigest()


def of_files(root: Path) -> dict[str, str]:
    """Every file below a folder with its fingerprint, but hidden ones and what Python compiles."""
    found = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(p.startswith((".", "~$")) or p == "__pycache__" for p in parts)
        if path.is_file() and not hidden:
            found[file_name("/".join(parts))] = sha256(path)
    return found
