"""The programs outside Python that some tests need; where one lacks, its tests are skipped."""

from __future__ import annotations

import shutil

import pytest

# how each is got on Debian and Ubuntu, as `.ci/run` gets them
PACKAGES = {
    "soffice": "libreoffice-calc-nogui libreoffice-writer-nogui",
    "chromium": "chromium",
    "pdftotext": "poppler-utils",
    "make": "make",
}
CHROMIUM, SOFFICE = shutil.which("chromium"), shutil.which("soffice")


def needs(program: str) -> pytest.MarkDecorator:
    """Skips a test where the program is not there, saying how to get it."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=lacking(program))


def lacking(program: str) -> str:
    """Why a test is skipped, and how to get what it lacks."""
    return f"máy không có {program}; Debian, Ubuntu: apt install {PACKAGES[program]}"
