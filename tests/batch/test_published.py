"""Nothing hidden leaves the office: two provinces that differ only in small counts of answers.

Whatever a reader may open says the same of both, so neither a number, nor a difference of numbers,
nor a list of names tells the one from the other.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO
from itertools import product
from pathlib import Path

import household_forms
import pandas as pd
import pytest
from papers import poppler
from programs import lacking

from ntm_eval import reference, units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import sheets

QUYNH_NHAI = units.district("quynh-nhai")
COMMUNES = [c for c in units.communes(QUYNH_NHAI.code, household_forms.DAY) if c.kind == "xã"][:9]
# survey, households, forms issued and collected, then the answers in one province and the other:
# satisfied, not satisfied, none. Each row is asked in every question of its survey.
ASKED = (
    ("xã NTM", 1500, 1400, 1327, (1324, 2, 1), (1325, 1, 1)),  # the same in every question
    ("xã NTM", 30, 30, 30, (26, 3, 1), (27, 2, 1)),  # below its threshold, and at it
    ("xã NTM", 500, 450, 400, (300, 100, 0), (300, 100, 0)),  # may be told
    ("huyện NTM", 50, 50, 50, (47, 2, 1), (48, 1, 1)),
    ("huyện NTM", 200, 150, 100, (90, 10, 0), (90, 10, 0)),
    ("xã NTM", 60, 50, 40, (36, 3, 2), (37, 2, 2)),  # does not add up
    ("xã NTM", 300, 250, 217, (150, 64, 3), (150, 65, 2)),  # household forms say something else
    ("xã NTM", 20, 10, 3, (2, 1, 0), (1, 2, 0)),
)
FORMS = (37, 38)  # satisfied of forty household forms, of a commune that its report leaves out
SECRETS = ("1324", "1.324", "1325", "1.325", "94,0%", "96,0%", "99,77", "0.9977", "92,5%")
ENDINGS = {".html", ".ipynb", ".docx", ".pdf", ".xlsx", ".csv", ".parquet", ".json"}
OF_THE_RUN = {"seconds", "started"}
FINGERPRINT = re.compile(r"\b(?=\w*[a-f])[0-9a-f]{12,64}\b")
SHARED = re.compile(r't="s"><v>\d+</v>')  # the number of a text of a workbook, and no figure
DATA = re.compile(r'href="data:text/csv;[^,]*base64,([^"]+)"')


@dataclass(frozen=True)
class Told:
    """What one province's outputs say: each file, part of a file or data link, by its name."""

    folder: Path
    texts: dict[str, str]

    def of(self, *endings: str) -> str:
        return "\n".join(t for name, t in self.texts.items() if name.endswith(endings))


def send(data: Path, which: int) -> None:
    """One report and some household forms of one of the two provinces."""
    folder = data / "2022" / "annual"
    rows = [
        {
            "commune_code": c.code,
            "commune": c.name,
            "survey": survey,
            "households": households,
            "issued": issued,
            "collected": collected,
            "question": q,
            **dict(zip(sheets.ANSWERS, answers[which], strict=True)),
        }
        for c, (survey, households, issued, collected, *answers) in zip(
            COMMUNES[:8], ASKED, strict=True
        )
        for q in range(1, 20 if survey == "xã NTM" else 11)
    ]
    titled = {c.code: {"title": "NTM", "households": 900} for c in COMMUNES[:3]}
    content = replace(forms.EMPTY, info={"sent": "02/12/2022"}, communes=titled, satisfaction=rows)
    forms.write_workbook(folder / "bao cao.xlsx", QUYNH_NHAI, 2022, "annual", content)
    where = {"ma_huyen": QUYNH_NHAI.code}
    left_out = [
        household_forms.form(n, "1" if n < FORMS[which] else "2", ma_xa=COMMUNES[8].code, **where)
        for n in range(40)
    ]
    again = [household_forms.form(100 + n, ma_xa=COMMUNES[6].code, **where) for n in range(20)]
    household_forms.write(folder, [*left_out, *again])


@pytest.fixture(scope="module")
def provinces(tmp_path_factory, command):
    made = []
    for which in (0, 1):
        root = tmp_path_factory.mktemp("published")
        send(root / "data", which)
        ended = command(
            "review",
            "--year",
            2022,
            "--data",
            "data",
            "--out",
            "out",
            "--district",
            QUYNH_NHAI.slug,
            "--jobs",
            2,
            cwd=root,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        folder = root / "out" / "2022-annual"
        texts = {name: text.replace(str(root), "") for name, text in told(folder)}
        made.append(Told(folder, texts))
    return made


def told(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(("cache/", ".")):
            for part, text in opened(path):
                yield f"{name}{part}", FINGERPRINT.sub("…", text)


def opened(path: Path) -> Iterator[tuple[str, str]]:
    """Everything that a file says, what is packed in it taken out."""
    if path.suffix == ".zip":
        with tempfile.TemporaryDirectory() as unpacked, zipfile.ZipFile(path) as parts:
            parts.extractall(unpacked)
            for name in sorted(parts.namelist()):
                for part, text in opened(Path(unpacked) / name):
                    yield f"!{name}{part}", text
    elif path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as parts:
            for part in parts.namelist():
                text = parts.read(part).decode("utf-8", "backslashreplace")
                yield f"!{part}{path.suffix}", SHARED.sub('t="s"', text)
    elif path.suffix == ".pdf":
        yield "", poppler("pdftotext", path, "-layout") if shutil.which("pdftotext") else ""
    elif path.suffix == ".parquet":
        yield "", pd.read_parquet(path).to_csv()
    elif path.name == "manifest.json":
        yield "", json.dumps(without(json.loads(path.read_text(encoding="utf-8"))))
    else:
        text = path.read_text(encoding="utf-8-sig")
        yield "", text
        for n, packed in enumerate(DATA.findall(text)):
            yield f"!{n}.data.csv", b64decode(packed).decode("utf-8-sig")


def without(content: object) -> object:
    """JSON without what tells of the run itself."""
    if isinstance(content, dict):
        return {k: without(v) for k, v in content.items() if k not in OF_THE_RUN}
    return [without(each) for each in content] if isinstance(content, list) else content


def test_every_output_says_the_same_of_both(provinces):
    one, other = (p.texts for p in provinces)
    assert one.keys() == other.keys()
    assert {Path(name).suffix for name in one} >= ENDINGS
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.parametrize("ending", sorted(ENDINGS - {".json"}))
def test_what_may_be_told_is_there_and_what_may_not_is_not(provinces, ending):
    if ending == ".pdf" and not shutil.which("pdftotext"):
        pytest.skip(lacking("pdftotext"))
    said = provinces[0].of(ending)
    assert re.search(r"\b(1\.?327)\b", said)  # the forms collected
    assert [s for s in SECRETS if re.search(rf"(?<![\d.,]){re.escape(s)}", said)] == []


def test_no_row_gives_a_small_count_by_subtraction(provinces):
    names = [n for n in provinces[0].texts if re.search(r"satisfaction\.(csv|parquet)$|data", n)]
    tables = [pd.read_csv(StringIO(provinces[0].texts[n])) for n in names if n.endswith("csv")]
    tables = [t for t in tables if "satisfied" in t]
    least = reference.constant("suppression_limit", household_forms.DAY)
    assert len(tables) >= 4  # of the office, passed on, and below two pictures of page 03
    for t in tables:
        t = t.assign(by_share=(t["share"] * t["collected"]).round())
        known = [t[c] for c in ("collected", "answered", "satisfied", "by_share")]
        for more, less in product(known, [*known, 0]):
            left = more - less
            assert not (left.between(1, least - 1)).any()


def test_a_commune_is_named_only_where_its_rows_show_it(provinces):
    folder = provinces[0].folder
    asked = pd.read_csv(folder / "review" / "followup-2023.csv")
    said = " ".join(asked["recommendation"])
    assert COMMUNES[2].name in said
    assert not any(c.name in said for c in (COMMUNES[0], COMMUNES[1], COMMUNES[3]))
