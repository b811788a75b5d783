"""The same pages on many machines: a Dask cluster in place of this machine's processes.

Machines see the data and the outputs in one shared folder under the same path, or at an address
(`storage`): then each worker keeps a copy of its own. The batch itself, its manifest and its
checks stay with the process that was asked; workers only make pages. Where a worker is lost,
Dask gives its page to another.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ntm_eval.prints import fingerprint
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import Page, Terms
from ntm_eval.running.storage import Copy
from ntm_eval.workspace import VIETNAMESE, AnalystError, Workspace, workspace

if TYPE_CHECKING:
    from distributed import Client

    from ntm_eval.running.batch import Crew

Made = TypeVar("Made")


@dataclass(frozen=True)
class Shared:
    """The data, and the outputs of one review, at addresses."""

    data: str
    out: str

    def copies(self, root: Path, space: Workspace | None = None) -> tuple[Copy, Copy]:
        """The copies of both below a folder here; of the outputs, one review's where given."""
        review = f"/{space.year}-{space.period}" if space else ""
        return (
            Copy(self.data, root / "received"),
            Copy(self.out + review, root / f"out{review}"),
        )


def crew(
    address: str,
    shared: Shared | None = None,
    space: Workspace | None = None,
    timeout: float = 20,
) -> Crew:
    """The workers of a cluster, each making one page at a time.

    Raises
    ------
    AnalystError
        Where Dask is not installed, or nothing answers at the address.
    """
    from ntm_eval.running.batch import Crew

    try:
        from distributed import Client
    except ImportError:
        raise AnalystError(
            "--cluster cần thư viện Dask. Cài bằng: pip install 'ntm_eval[cluster]'."
        ) from None
    try:
        client = Client(address, timeout=timeout)
    except (OSError, ValueError) as stop:
        raise AnalystError(
            f"Không nối được tới cụm Dask ở {address} ({type(stop).__name__}). Kiểm tra địa chỉ, "
            "và dask scheduler đang chạy."
        ) from None
    workers = len(client.nthreads())
    if not workers:
        raise AnalystError(f"Cụm Dask ở {address} chưa có máy nào. Chạy dask worker {address}.")
    return Crew(lambda: _Workers(client, shared, space), workers, looks_for_itself=True)


class _Workers(Executor):
    """The cluster as an executor; what lies at an address is sent before and fetched after."""

    def __init__(self, client: Client, shared: Shared | None, space: Workspace | None):
        self._executor = client.get_executor(pure=False)
        self._shared = shared
        self._out = (
            Copy(f"{shared.out}/{space.review.name}", space.review) if shared and space else None
        )

    def submit(  # type: ignore[override]  # a batch asks it for pages only
        self,
        make: Callable[..., Made],
        page: Page,
        before: Entry | None,
        terms: Terms,
        found: None,
    ) -> Future[Made]:
        if not self._out:
            return self._executor.submit(make, page, before, terms)
        self._out.send()  # the manifest names what failed in the waves before
        return self._executor.submit(_make_far, self._shared, page, before, terms)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait)  # it knows no cancel_futures; here none waits
        if self._out:  # what the workers made, for the landing page and the checks
            self._out.fetch()


def _make_far(shared: Shared, page: Page, before: Entry | None, terms: Terms) -> tuple[Entry, bool]:
    """Make a page on a worker that has its own copy; what it made is there before it answers."""
    from distributed import get_worker

    from ntm_eval.running.page import make

    root = Path(get_worker().local_directory) / "ntm_eval"
    space = replace(page.space, data=root / "received", out=root / "out")
    page = replace(page, space=space)
    data, out = shared.copies(root, space)
    _fetch_data(data, terms.inputs)
    out.fetch()
    answer = make(page, before, terms)
    out.send(gone=[page.draft, *page.outputs])
    return answer


@lru_cache(maxsize=1)
def _fetch_data(data: Copy, inputs: str) -> None:
    """Once for each batch: `inputs` is the fingerprint of what it began with."""
    data.fetch()


@contextmanager
def at_addresses(
    shared: Shared, year: str | int, period: str, lang: str = VIETNAMESE
) -> Iterator[Workspace]:
    """A review at addresses, held and copied here; what is made here is there at the end."""
    root = Path(tempfile.gettempdir()) / f"ntm_eval-{fingerprint([shared.data, shared.out])[:12]}"
    data = Copy(shared.data, root / "received")
    data.fetch()
    data.folder.mkdir(parents=True, exist_ok=True)
    space = workspace(year, period, data.folder, root / "out", lang)
    _, out = shared.copies(root, space)
    with out.held():
        out.fetch()
        try:
            yield space
        finally:
            out.send()
