"""`python -m tools.sample`: write `data/sample` and `data/sample-communes` anew."""

from ntm_eval.workspace import SHIPPED_SAMPLES
from tools.sample import generate

generate.write_sample(SHIPPED_SAMPLES[False])
generate.write_communes(SHIPPED_SAMPLES[True])
