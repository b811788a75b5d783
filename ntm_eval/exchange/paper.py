"""A Word template of the office, filled: each text as text, the same paper the same file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from docx.document import Document
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, TemplateError
from lxml import etree

from ntm_eval.workspace import AnalystError


def opened(template: Path) -> DocxTemplate:
    """The template, to be filled.

    Raises
    ------
    AnalystError
        Where it is missing.
    """
    if not template.is_file():
        raise AnalystError(f"Thiếu mẫu Word {template}. Lấy lại tệp này từ dự án.")
    paper = DocxTemplate(template)
    paper.init_docx()
    return paper


def fill(
    paper: DocxTemplate, parts: Mapping[str, object], needed: Iterable[str], template: Path
) -> None:
    """Fill the places of a template; `needed` are those without which a part would be lost.

    Raises
    ------
    AnalystError
        Where a place is misspelt or missing.
    """
    strict = Environment(undefined=StrictUndefined, autoescape=True)
    try:
        named = paper.get_undeclared_template_variables(Environment())
        if named - set(parts):
            raise AnalystError(
                f"Mẫu Word {template} có chỗ điền không đúng tên: {_named(named - set(parts))}. "
                f"Các tên dùng được: {_named(parts)}. Sửa trong Word rồi chạy lại."
            )
        if lost := set(needed) - named:
            raise AnalystError(
                f"Mẫu Word {template} thiếu {_named(lost)}, hoặc chỗ đó viết sai dấu ngoặc: phần "
                "đó của báo cáo sẽ mất. Thêm lại vào mẫu, hoặc lấy lại tệp mẫu từ dự án."
            )
        paper.render(parts, strict)
    except (TemplateError, etree.XMLSyntaxError) as error:
        raise AnalystError(
            f"Mẫu Word {template} có chỗ điền viết sai dấu ngoặc ({error}). Mỗi chỗ điền viết "
            "{{ tên }}. Sửa trong Word rồi chạy lại."
        ) from None


def content(paper: Document) -> bytes:
    """The document without the clock: the same paper is the same file."""
    raw, tidy = io.BytesIO(), io.BytesIO()
    paper.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(tidy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename), old.read(part), zipfile.ZIP_DEFLATED)
    return tidy.getvalue()


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(names))
