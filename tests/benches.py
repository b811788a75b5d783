"""The benches as modules, for the tests that run them small: `from benches import bench`.

Their folder comes last on the path: a bench must not stand before a library's module of its name,
neither here nor in a child process that takes the path over.
"""

import sys
from importlib import import_module

from ntm_eval.workspace import ROOT

sys.path.append(str(ROOT / "bench"))
bench = import_module
