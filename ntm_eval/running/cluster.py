"""The same pages on many machines: a Dask cluster in place of this machine's processes.

Machines see the project, the data and the outputs in shared folders under the same paths. The
batch itself, its manifest and its checks stay with the process that was asked; workers only make
pages. Where a worker is lost, Dask gives its page to another.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ntm_eval.workspace import AnalystError

if TYPE_CHECKING:
    from ntm_eval.running.batch import Crew


def crew(address: str, timeout: float = 20) -> Crew:
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
    return Crew(partial(client.get_executor, pure=False), workers, looks_for_itself=True)
