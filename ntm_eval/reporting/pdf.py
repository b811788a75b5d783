"""A report as PDF through typst: fonts inside, bookmarks, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from ntm_eval import characters
from ntm_eval.characters import printable
from ntm_eval.language import current
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Block, Document, Figure, Heading, Quote, Table, Text, beside
from ntm_eval.reporting.columns import MOST_UNBROKEN, fit
from ntm_eval.reporting.docx import MOTTO, NATION, RECEIVERS, WIDTH
from ntm_eval.workspace import TEMPLATES, AnalystError

TEMPLATE = TEMPLATES / "report.typ"
KEPT = 10  # typst keeps what so many compilations back used, 80 MB a report; empty ones cost 1 ms


def pdf(report: Document, template: Path = TEMPLATE) -> bytes:
    """The report as PDF; the same report with the same fonts is the same file.

    Raises
    ------
    AnalystError
        Where the template is missing, or typst cannot read it.
    """
    if not template.is_file():
        raise AnalystError(f"Thiếu mẫu PDF {template}. Lấy lại tệp này từ dự án.")
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(template, folder / "report.typ")
        content = json.dumps(_content(report, folder), ensure_ascii=False)
        # what has no face may have been a whole line without spaces
        missing = characters.MISSING
        shown = characters.displayed(content).replace(missing, f"{missing}\u200b")
        (folder / "report.json").write_text(shown, encoding="utf-8")
        try:
            made = typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=characters.fonts(),
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=dt.datetime(report.year, 1, 1, tzinfo=dt.UTC),
            )
        except typst.TypstError as error:
            raise AnalystError(
                f"Mẫu PDF {template} có chỗ typst không đọc được: {error.message}. Sửa lại, hoặc "
                "lấy lại tệp mẫu từ dự án."
            ) from None
    for _again in range(KEPT):
        typst.compile(b"", font_paths=characters.fonts())
    return made


def _content(report: Document, folder: Path) -> dict[str, object]:
    """The report as the template reads it; its pictures go into the folder."""
    blocks = {
        "summary": [*_blocks(report.summary, folder, "summary")],
        "body": [*_blocks(report.body, folder, "body")],
        "annexes": [*_blocks(report.annexes, folder, "annex")],
    }
    return {
        "title": printable(report.title),
        "subject": printable(report.subject),
        "mark": printable(report.mark),
        "lang": current(),
        "fonts": [characters.face(), characters.SIGNS],
        "nation": _(NATION),
        "motto": _(MOTTO),
        "receivers": _(RECEIVERS),
        "form": {name: printable(text) for name, text in report.form.items()},
        **blocks,
    }


def _blocks(blocks: Iterable[Block], folder: Path, name: str) -> Iterator[dict]:
    for n, block in enumerate(beside(blocks)):
        match block:
            case Heading():
                yield {"kind": "heading", **asdict(block), "text": printable(block.text)}
            case Table():
                yield _table(block)
            case Figure():
                caption = printable(block.caption)
                yield {
                    "kind": "picture",
                    "caption": caption,
                    **_picture(block, folder, f"{name}-{n}"),
                }
            case tuple():
                row = [_picture(one, folder, f"{name}-{n}-{k}") for k, one in enumerate(block)]
                yield {"kind": "row", "pictures": row}
            case Text():
                kind = "quote" if isinstance(block, Quote) else "words"
                yield {"kind": kind, "paragraphs": block.paragraphs()}


def _picture(picture: Figure, folder: Path, name: str) -> dict[str, object]:
    file = f"{name}.png"
    (folder / file).write_bytes(picture.png)
    return {"file": file, "alt": printable(picture.alt), "width": min(picture.width, WIDTH)}


def _breakable(text: str) -> str:
    """An address, which has no spaces, may go on in the next line: after its own marks."""
    return re.sub(
        rf"\S{{{MOST_UNBROKEN},}}", lambda word: re.sub(r"(?<=[/._=-])", "\u200b", word[0]), text
    )


def _table(table: Table) -> dict:
    widths, size = fit(table, WIDTH)
    columns = [
        {"header": printable(c.header), "css": c.css, "width": w}
        for c, w in zip(table.columns, widths, strict=True)
    ]
    rows = [[_breakable(printable(text)) for text in row] for row in table.rows]
    return {
        "kind": "table",
        "caption": printable(table.caption),
        "columns": columns,
        "rows": rows,
        "size": size,
        "empty": printable(table.empty),
    }
