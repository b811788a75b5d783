"""A pytest plugin: papermill's own tests, with the engine `warm` in the place of the stock one.

In a source tree of papermill, with the project's Python (bench/README.md says how to get both):

    PYTHONPATH=PROJECT/bench PROJECT/.venv/bin/python -m pytest -p warm_by_default papermill/tests
"""

from papermill.engines import papermill_engines

from ntm_eval.running import engine

papermill_engines.register(None, papermill_engines.get_engine("warm"))
engine.is_ours = lambda nb: True  # kept kernels run papermill's notebooks as well
