"""The same pages on many machines: a Dask cluster in place of this machine's processes.

Machines see the project, the data and the outputs in shared folders under the same paths. The
batch itself and its manifest stay with the process that was asked; workers make the pages, and what
is made of all of them. Where a worker is lost, Dask gives its page to another.
"""

from __future__ import annotations

from concurrent.futures import Executor

from ntm_eval.workspace import AnalystError


def executor(address: str, timeout: float = 20) -> Executor:
    """The workers of a cluster, each making one page at a time.

    Raises
    ------
    AnalystError
        Where Dask is not installed, or nothing answers at the address.
    """
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
    if not client.nthreads():
        raise AnalystError(f"Cụm Dask ở {address} chưa có máy nào. Chạy dask worker {address}.")
    return client.get_executor(pure=False)
