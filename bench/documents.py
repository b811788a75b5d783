"""What the official reports cost: CPU seconds of each form, a district's and the province's.

python bench/documents.py
"""

from __future__ import annotations

import re
import time
from tempfile import TemporaryDirectory

import matplotlib as mpl

mpl.use("agg")

from ntm_eval import units
from ntm_eval.reporting import docx, pdf, reports, xlsx
from ntm_eval.review import Review
from ntm_eval.workspace import SAMPLE, workspace


def timed(make, *arguments):
    start = time.process_time()
    made = make(*arguments)
    return made, time.process_time() - start


def main() -> None:
    with TemporaryDirectory() as out:
        review = Review(workspace(2022, "annual", SAMPLE, out))
        _, first = timed(lambda: review.scores)
        print(f"| các bảng của tỉnh, không tính vào báo cáo | {first:.2f} |\n")
        print("| Báo cáo | trang | dựng | DOCX | PDF | DOCX kB | PDF kB |")
        print("|---|---|---|---|---|---|---|")
        total, sheets = 0.0, 0
        for unit in [*units.districts(), None]:
            if unit:
                report = reports.evaluation(review.district(unit.slug))
            else:
                report = reports.annual_review(review)
            document, build = timed(reports.document, report)
            paper, filled = timed(docx.docx, document)
            page, typeset = timed(pdf.pdf, document)
            total += build + filled + typeset
            pages = len(re.findall(rb"/Type */Page\b", page))
            sheets += pages
            sizes = f"{len(paper) / 1000:.0f} | {len(page) / 1000:.0f}"
            name = unit.short if unit else "toàn tỉnh"
            print(f"| {name} | {pages} | {build:.2f} | {filled:.2f} | {typeset:.2f} | {sizes} |")
        _, book = timed(xlsx.save, review)
        each = 1000 * total / sheets
        print(f"\n13 báo cáo, {sheets} trang: {total:.1f} s, {each:.0f} ms một trang")
        print(f"bảng XLSX và gói dữ liệu: {book:.1f} s")


if __name__ == "__main__":
    main()
