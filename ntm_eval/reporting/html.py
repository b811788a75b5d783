"""An executed notebook as an HTML page, for the screen and for A4.

A page stands alone: styles, pictures and one small script inside, nothing fetched. Functions return
the text; callers write it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ntm_eval.language import current, place
from ntm_eval.language import translate as _
from ntm_eval.reporting.sections.received import ILLUSTRATIVE

if TYPE_CHECKING:
    from nbconvert import TemplateExporter
    from nbformat import NotebookNode

# what is for whoever sits at the notebook, and no part of the page
HIDDEN_CELLS = {"parameters", "injected-parameters", "analyst"}
# No scripts, no widgets: what cannot stand in a page without a network is passed over.
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
PICTURES = {"image/svg+xml", "image/png", "image/jpeg"}
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)

SHAPES = PackageLoader("ntm_eval.reporting", "pages")
SHELL = Environment(loader=SHAPES, autoescape=True, trim_blocks=True, lstrip_blocks=True)
# the one script that a page's policy lets run, by its fingerprint
SCRIPT = SHAPES.get_source(SHELL, "page.js")[0]
SHELL.globals.update(_=_, place=place, current=current, script=Markup(SCRIPT))
SHELL.globals["script_hash"] = f"sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}"


def page(
    notebook: NotebookNode,
    *,
    title: str,
    crumbs: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, str]],
    illustrative: bool,
    data: Callable[[str], str],
) -> str:
    """An executed notebook as one page: its words and outputs, never its code.

    `title` takes the place of the notebook's first heading. `crumbs` are (label, href); one
    without an href is the page itself; `files`, (label, href) too, are the forms to print or fill
    in that lie beside it. Markdown is read as text with marks only: HTML in it is escaped. HTML
    outputs are taken as they are, since `printed` and `wording` escape. `data` gives a table of the
    review as CSV, to download below each picture that was drawn from it.
    """
    body = _exporter().from_notebook_node(_described(notebook, title, data))[0]
    # the page's banner says it; a notebook has none and needs the line
    body, contents = _headings(body.replace(f"<p>{_(ILLUSTRATIVE)}</p>", ""))
    return SHELL.get_template("page.html.j2").render(
        title=title,
        crumbs=crumbs,
        files=files,
        illustrative=illustrative,
        body=Markup(body),
        contents=contents,
    )


@cache  # compiling its templates takes 34 of a page's 46 ms
def _exporter() -> TemplateExporter:
    # imported here: half a second that a reader of tables does not need
    from nbconvert import TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = SHOWN
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = HIDDEN_CELLS
    # not HTMLExporter: it parses each page once more, only to mend what this template has right
    exporter = TemplateExporter(
        config=config,
        optimistic_validation=True,  # once, and not after each of its ten steps
        extra_loaders=[SHAPES],
        template_name="base",
        template_file="notebook.html.j2",
    )

    class Plain(IPythonRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

        def block_mermaidjs(self, code: str) -> str:
            return f"<pre>{escape(code)}</pre>"

    # nbconvert's sanitize_html leaves javascript: links in markdown and escapes its quotations
    renderer = Plain(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    exporter.register_filter("prose", MarkdownWithMath(renderer=renderer).render)
    exporter.environment.globals["_"] = _  # a filter of a constant would be filled in but once
    return exporter


def _described(notebook: NotebookNode, title: str, data: Callable[[str], str]) -> NotebookNode:
    """The notebook with words and data for each picture.

    Its own words, else the nearest heading above; the tables that it was drawn from.
    """
    described, heading = deepcopy(notebook), title
    for cell in described.cells:
        if cell.cell_type == "markdown":
            heading = [heading, *HEADING.findall(cell.source)][-1]
        drawn = [o for o in cell.get("outputs", []) if PICTURES & set(o.get("data", {}))]
        for output in drawn:
            own = [output.metadata.get(kind, {}) for kind in SHOWN] + [output.metadata]
            said = [given["alt"] for given in own if given.get("alt")]
            tables = [name for given in own for name in given.get("tables", [])]
            output.metadata["alt"] = [*said, _("Hình: {heading}", heading=heading)][0]
            # inside the page, so that one sent on by itself still has them
            output.metadata["files"] = [
                {"name": f"{name}.csv", "href": data_link(data(name))} for name in tables
            ]
    return described


def data_link(csv: str) -> str:
    """A CSV as an address that holds it; with its mark, so that a spreadsheet reads its letters."""
    return f"data:text/csv;charset=utf-8;base64,{b64encode(csv.encode('utf-8-sig')).decode()}"


def _headings(body: str) -> tuple[str, list[tuple[str, str]]]:
    """The body under one title, and its sections: (anchor, words)."""
    body = re.sub(r"<h1>.*?</h1>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"(</?)h1>", r"\1h2>", body)
    contents: list[tuple[str, str]] = []

    def anchor(heading: re.Match[str]) -> str:
        contents.append((f"muc-{len(contents) + 1}", Markup(heading[1]).striptags()))
        return f'<h2 id="{contents[-1][0]}">{heading[1]}</h2>'

    return re.sub(r"<h2>(.*?)</h2>", anchor, body, flags=re.DOTALL), contents
