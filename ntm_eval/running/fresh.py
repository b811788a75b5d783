"""Whether a review has anything to do at all, answered without loading a table.

This is a second look's whole work, so it imports none of the heavy libraries. Where it says no,
`batch` finds out page by page what is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ntm_eval.cache import sha256
from ntm_eval.running import manifest
from ntm_eval.running.plan import Plan
from ntm_eval.workspace import Workspace


def unchanged(space: Workspace, slugs: Sequence[str] | None, plan: Plan) -> int:
    """The number of pages asked for, where each was made well from what is there now; else 0.

    `slugs` None asks for every district.
    """
    content = manifest.read(space.review)
    if not content or not content["complete"] or content["made_with"] != plan.prints:
        return 0
    wanted = content["districts"] if slugs is None else list(slugs)
    found = manifest.entries(space)
    pages = [page for wave in plan.pages(space, wanted) for page in wave]
    for page in pages:
        entry = found.get(page.key)
        if entry is None or entry.state != "done" or entry.parameters != page.parameters:
            return 0
    notebooks = {p.source.stem: p.source for p in pages}
    if content["notebooks"] != of_notebooks(notebooks.values()):
        return 0
    promised = dict(content["files"])
    for entry in found.values():
        promised |= entry.outputs
    same = content["inputs"] == manifest.inputs(space) and manifest.whole(space.review, promised)
    return len(pages) if same else 0


def of_notebooks(paths: Iterable[Path]) -> dict[str, str]:
    """The fingerprints of notebooks by name."""
    return {path.stem: sha256(path) for path in sorted(paths)}
