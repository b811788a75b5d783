"""A page of a notebook runs nothing, loads nothing, and reads well without its code."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256

import nbformat.v4 as nbf
import pandas as pd
import pytest
from reporting_pages import HOSTILE, Parsed, index

from ntm_eval.reporting import html as pages
from ntm_eval.reporting import sections
from ntm_eval.reporting.blocks import Column, Table, quote

PNG = b64encode(b"\x89PNG not really").decode()


def display(**data):
    kinds = {
        "html": "text/html",
        "png": "image/png",
        "plain": "text/plain",
        "svg": "image/svg+xml",
        "md": "text/markdown",
        "js": "application/javascript",
    }
    return nbf.new_output("display_data", {kinds[k]: v for k, v in data.items()})


def shows(*outputs, tags=(), source="secret_of_the_code()"):
    return nbf.new_code_cell(
        source, outputs=list(outputs), metadata={"tags": list(tags)}, execution_count=7
    )


def words(text):
    return nbf.new_markdown_cell(text)


def csv_of(name):
    return f"a,{name}\n1,ộ\n"


def page(*cells, title="Báo cáo – Huyện Thuận Châu, 2022", crumbs=(), illustrative=False, files=()):
    notebook = nbf.new_notebook(cells=list(cells))
    return pages.page(
        notebook,
        title=title,
        crumbs=list(crumbs),
        files=files,
        illustrative=illustrative,
        data=csv_of,
    )


def full_page():
    table = Table.from_frame(pd.DataFrame({"a": [HOSTILE]}), {"a": Column("Huyện")}, "Biểu số liệu")
    return page(
        words("# Báo cáo\n\nLời mở đầu."),
        words("## Tóm tắt"),
        shows(display(html=table.html(), plain="Biểu số liệu")),
        words("## Xu hướng\n\n### Kinh tế"),
        shows(display(png=PNG, plain="<Figure size 792x1584>")),
        words("## Kiến nghị"),
        shows(display(html=quote("Đề nghị tỉnh & huyện")._repr_html_())),
        crumbs=[("Trang chủ", "../../index.html"), ("Báo cáo", "")],
        illustrative=True,
    )


def test_code_prompts_and_hidden_cells_never_show():
    stderr = nbf.new_output("stream", name="stderr", text="a warning of a library")
    html = page(
        shows(display(html="<p>shown</p>"), stderr),
        shows(display(html="<p>default</p>"), tags=["parameters"]),
        shows(display(html="<p>injected</p>"), tags=["injected-parameters"], source="year = 2022"),
        nbf.new_raw_cell("<p>raw</p>"),
    )
    assert "<p>shown</p>" in html
    for hidden in (
        "secret_of_the_code",
        "year = 2022",
        "default<",
        "injected<",
        "a warning of",
        "raw<",
        "In [",
        "[7]",
    ):
        assert hidden not in html


def test_html_is_preferred_to_text_and_text_is_escaped():
    html = page(shows(display(html="<p>a table</p>", plain="as text"), display(plain="1 < 2 & 3")))
    assert "as text" not in html
    assert "<pre>1 &lt; 2 &amp; 3</pre>" in html


def test_what_is_printed_shows_as_text():
    html = page(shows(nbf.new_output("stream", name="stdout", text="<b>\x1b[31mxong\x1b[0m</b>")))
    assert "<pre>&lt;b&gt;xong&lt;/b&gt;</pre>" in html


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "<javascript:alert(1)>",
        "```mermaid\n</pre><script>alert(1)</script>\n```",
        "```html\n<script>alert(1)</script>\n```",
        "![x](https://example.org/spy.png)",
        "$<script>alert(1)</script>$",
    ],
)
def test_markdown_can_neither_run_nor_load_anything(text):
    parsed = Parsed(page(words(text), shows(display(md=text))))
    assert parsed.scripts == [pages.SCRIPT]
    assert parsed.all("img") == []
    assert not [name for _, attrs in parsed.elements for name in attrs if name.startswith("on")]
    assert not [href for href in parsed.hrefs() if "script:" in href.lower()]


def test_markdown_keeps_its_quotations_and_its_marks():
    html = page(
        words("> Lời của huyện\n\n**đậm** và `data/reference/`\n\n| a | b |\n|-|-|\n| 1 | 2 |")
    )
    for kept in ("<blockquote>", "<strong>đậm</strong>", "<code>data/reference/</code>", "<table>"):
        assert kept in html


def test_scripts_among_the_outputs_are_passed_over():
    with pytest.warns(UserWarning, match="not able to be represented"):
        html = page(shows(display(js="alert(1)"), display(js="alert(1)", plain="words instead")))
    assert "alert" not in html
    assert "words instead" in html


@pytest.mark.parametrize("make", [full_page, index], ids=["page", "index"])
def test_a_page_stands_alone(make):
    html = make()
    parsed = Parsed(html)
    assert parsed.all("script") == [{}]
    assert parsed.scripts == [pages.SCRIPT]
    for loader in ("link", "iframe", "object", "embed", "base", "form"):
        assert parsed.all(loader) == []
    for _, attrs in parsed.elements:
        assert attrs.get("src", "data:").startswith("data:")
        assert "srcset" not in attrs
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"https?:", html)
    policy = [m["content"] for m in parsed.all("meta") if m.get("http-equiv")]
    run_by = b64encode(sha256(parsed.scripts[0].encode()).digest()).decode()
    assert policy[0].startswith(f"default-src 'none'; script-src 'sha256-{run_by}'; img-src data:;")


@pytest.mark.parametrize("make", [full_page, index], ids=["page", "index"])
def test_a_page_is_semantic(make):
    parsed = Parsed(make())
    assert parsed.all("html") == [{"lang": "vi"}]
    for once in ("h1", "header", "main", "footer", "title"):
        assert len(parsed.all(once)) == 1
    assert parsed.hrefs()[0] == f"#{parsed.all('main')[0]['id']}"
    ids = [attrs["id"] for _, attrs in parsed.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in parsed.elements:
        assert attrs.get("aria-labelledby", ids[0]) in ids


def test_the_title_takes_the_place_of_the_first_heading():
    html = page(words("# Xu hướng\n\nLời mở đầu."), words("# Thêm"), title="Xu hướng <b> – Sốp Cộp")
    assert "<h1>Xu hướng &lt;b&gt; – Sốp Cộp</h1>" in html
    assert "<title>Xu hướng &lt;b&gt; – Sốp Cộp</title>" in html
    assert re.findall(r"<h\d[^>]*>(.*?)</h\d>", html)[1:] == ["Thêm"]


def test_the_sections_are_listed_and_each_link_finds_its_section():
    parsed = Parsed(full_page())
    anchors = [h for h in parsed.hrefs() if h.startswith("#muc-")]
    assert anchors == [f"#{h['id']}" for h in parsed.all("h2")]
    assert len(anchors) == 3


def test_a_picture_keeps_its_own_words():
    own = nbf.new_output(
        "display_data", {"image/png": PNG}, metadata={"image/png": {"alt": 'Điểm "A"'}}
    )
    whole = nbf.new_output("display_data", {"image/png": PNG}, metadata={"alt": "Cả tỉnh"})
    images = Parsed(page(words("## Xu hướng"), shows(own, whole))).all("img")
    assert [i["alt"] for i in images] == ['Điểm "A"', "Cả tỉnh"]


def test_a_picture_without_words_takes_the_nearest_heading_above():
    html = page(
        shows(display(png=PNG)),
        words("# Báo cáo\n\n## Kinh tế & xã hội\n\nLời dẫn."),
        shows(display(png=PNG), display(svg="<svg/>")),
        words("Không có đề mục ở đây."),
        shows(display(png=PNG)),
        title="Tên trang",
    )
    images = Parsed(html).all("img")
    assert [i["alt"] for i in images] == ["Hình: Tên trang", *["Hình: Kinh tế & xã hội"] * 3]
    assert images[0]["src"] == f"data:image/png;base64,{PNG}"
    assert images[2]["src"].startswith("data:image/svg+xml;base64,")


def test_the_mark_stands_once_on_a_page():
    opening = sections.received.opening("Huyện Sốp Cộp", 2022, "annual", illustrative=True)
    html = page(shows(display(html=opening._repr_html_())), illustrative=True)
    assert html.count("số liệu được tạo ra để thử") + html.count("Số liệu được tạo ra để thử") == 1
    assert "Huyện Sốp Cộp, năm 2022." in html


def test_the_forms_to_print_are_linked():
    assert 'Để in, để điền: <a href="report.pdf">PDF</a>' in page(files=[("PDF", "report.pdf")])


def test_a_picture_carries_the_tables_it_was_drawn_from():
    picture = display(png=PNG)
    picture.metadata["image/png"] = {"tables": ["series", "satisfaction", "trends"]}
    html = page(shows(picture))
    links = [a for a in Parsed(html).all("a") if "download" in a]
    assert [a["download"] for a in links] == ["series.csv", "satisfaction.csv", "trends.csv"]
    held = b64decode(links[1]["href"].removeprefix("data:text/csv;charset=utf-8;base64,"))
    assert held.decode("utf-8-sig") == csv_of("satisfaction")


def test_a_picture_of_nothing_named_has_no_file():
    assert "download" not in page(shows(display(png=PNG)))


def test_tables_and_quotations_of_the_package_stand_as_they_are():
    html = full_page()
    assert '<th scope="col">Huyện</th>' in html
    assert "<blockquote><p>Đề nghị tỉnh &amp; huyện</p></blockquote>" in html
    assert html.count("<script") == 1


def test_the_page_itself_is_named_in_the_navigation_and_not_linked():
    parsed = Parsed(full_page())
    assert "../../index.html" in parsed.hrefs()
    assert {"aria-current": "page"} in parsed.all("span")


def test_invented_data_is_marked_on_the_screen_and_on_paper():
    marked, plain = (page(words("x"), illustrative=state) for state in (True, False))
    assert "SỐ LIỆU MINH HỌA" in Parsed(marked).words
    assert Parsed(marked).all("body") == [{"class": "illustrative"}]
    assert "SỐ LIỆU MINH HỌA" not in Parsed(plain).words
    assert Parsed(plain).all("body") == [{}]


def test_the_same_notebook_gives_the_same_page_and_is_not_changed():
    notebook = nbf.new_notebook(cells=[words("# A"), shows(display(png=PNG))])
    before = nbf.writes(notebook)
    made = [
        pages.page(notebook, title="A", crumbs=[], files=[], illustrative=True, data=csv_of)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert nbf.writes(notebook) == before
