"""What people read, a module a subject: `summary`, `table` and `chart` take frames, give blocks.

A subject (`trends`, `communes`, `ranking` …) answers what is written, tabled and drawn of its
tables, in which words. It does not know which report shows it nor where (`reporting.reports`), on
what it is written (`html`, `docx`, `pdf`), and it computes no figure (`analysis`).
"""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """A subject by its name, loaded when it is asked for."""
    if name.startswith("_"):
        raise AttributeError(name)
    return import_module(f"{__name__}.{name}")
