"""Pages in a browser: the sizes they are looked at, and what axe-core says of them."""

from __future__ import annotations

import pytest

WIDE = {"viewport": {"width": 1280, "height": 900}}
NARROW = {"viewport": {"width": 360, "height": 740}}


def violations(page) -> list[tuple[str, list[str]]]:
    """The rules of axe-core that a page breaks with everything on it opened, each with where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.run(page).response
    assert len(found["passes"]) > 10
    return [(v["id"], [n["html"] for n in v["nodes"]][:5]) for v in found["violations"]]
