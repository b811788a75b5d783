"""The launcher page as a user drives it: JupyterLab in Debian's Chromium, a folder of their own."""

import importlib.resources
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from programs import CHROMIUM, needs

from ntm_eval.office import folder
from ntm_eval.root import SHIPPED
from ntm_eval.workspace import LAB, SAMPLE

COMMAND = Path(sys.executable).with_name("ntm-eval")


@pytest.fixture
def office(tmp_path):
    """A folder laid out, with the reports of two districts in five years."""
    root = tmp_path / "Văn phòng"
    folder.lay_out(root)
    for path in SAMPLE.glob("20*/annual/*"):
        if any(word in path.name for word in ("Sop Cop", "Thuan Chau", "receipts")):
            there = root / "data" / "raw" / path.relative_to(SAMPLE)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    return root


@pytest.fixture
def lab(office, unused_port):
    """The address of JupyterLab, opened as `ntm-eval lab` opens it, with a home of its own."""
    address = f"http://127.0.0.1:{unused_port}"
    more = ["--no-browser", "--allow-root", "--IdentityProvider.token="]
    home = {"HOME": str(office.parent / "nhà"), "NTM_EVAL_HOME": ""}
    run = subprocess.Popen(
        [COMMAND, "lab", "--port", str(unused_port), "--", *more],
        cwd=office,
        env=os.environ | home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    try:
        assert any("is running at" in line for line in run.stdout)
        # what it says later is read as well: a full pipe would hold it up
        threading.Thread(target=run.stdout.read, daemon=True).start()
        yield address
    finally:
        run.send_signal(signal.SIGTERM)
        run.wait(30)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def page():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def test_what_we_set_is_there_to_be_set():
    """JupyterLab passes over a setting that it does not know, or no longer."""
    (path,) = LAB.rglob("*.json")
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    for plugin, settings in json.loads(path.read_text(encoding="utf-8")).items():
        schema = schemas / (plugin.replace(":", "/") + ".json")
        known = json.loads(schema.read_text(encoding="utf-8"))["properties"]
        for name, value in settings.items():
            choices = [choice["const"] for choice in known[name].get("oneOf", [])]
            assert not choices or value in choices, (plugin, name)


@pytest.mark.slow
def test_it_starts_and_stops_and_has_the_page_in_between(lab):
    end, found = time.monotonic() + 60, b"{}"
    while found == b"{}" and time.monotonic() < end:  # it says so before it listens
        with suppress(URLError):
            address = f"{lab}/api/contents/notebooks/00_start.ipynb?content=0"
            found = urlopen(address, timeout=60).read()
    assert json.loads(found)["name"] == "00_start.ipynb"


@pytest.fixture
def page_of_desk(lab, page):
    """The launcher page with the desk on it, and the addresses asked for that are not the lab's."""
    elsewhere = []
    page.on("request", lambda r: elsewhere.append(r.url) if lab not in r.url else None)
    with page.expect_websocket(lambda socket: "/channels" in socket.url) as kernel:
        page.goto(lab)
    kernel.value.wait_for_event("framereceived")  # before that a cell is not run
    page.get_by_role("menuitem", name="Chạy").wait_for()  # in Vietnamese
    page.locator(".jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("chưa gửi: TP Sơn La").wait_for()
    yield page
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []


@pytest.mark.slow
@needs("chromium")
def test_choose_another_district_see_its_figure_and_open_its_notebook(page_of_desk, office):
    page = page_of_desk
    page.get_by_label("Huyện, thành phố").select_option("Sốp Cộp")
    page.get_by_text("Sốp Cộp: đã có báo cáo, nhận 01/12/2022").wait_for()
    figure = page.locator(".jp-OutputArea img").first
    page.get_by_role("button", name="Xem xu hướng").click()
    figure.wait_for()
    page.get_by_role("button", name="Mở sổ tay để xem từng bước").click()
    page.locator("a", has_text="01_clean-sop-cop-2022-annual.ipynb").click()
    page.locator(".lm-TabBar-tabLabel", has_text="01_clean-sop-cop").wait_for()
    page.screenshot(path=office.parent / "launcher.png")
    assert (office / "outputs" / "2022-annual" / "cache").is_dir()


@pytest.mark.slow
@needs("chromium")
def test_reports_are_made_and_stopped_and_what_was_made_stays(page_of_desk, office):
    page = page_of_desk
    page.get_by_label("Huyện, thành phố").select_option("Sốp Cộp")
    make = page.get_by_role("button", name="Lập báo cáo")
    make.click()
    page.get_by_text("Sốp Cộp, năm 2022: 1 trên 5 trang, còn khoảng").wait_for()
    page.get_by_role("button", name="Xem lại").click()  # other buttons answer meanwhile
    page.get_by_text("Đang lập báo cáo: tiến trình").wait_for()
    page.get_by_role("button", name="Dừng").click()
    page.get_by_text("Sốp Cộp, năm 2022: đã dừng").wait_for()
    assert (office / "outputs/2022-annual/districts/sop-cop/01_clean.html").is_file()
    make.click()
    page.get_by_text("01_clean: không đổi").wait_for()
    page.get_by_text("Sốp Cộp, năm 2022: xong").wait_for()
    page.get_by_role("link", name="04 Báo cáo của đơn vị").wait_for()


def test_labels_listed_as_english_are_not_translated_yet():
    """What the language pack says in Vietnamese by now is to be struck from the list."""
    pack = importlib.resources.files("jupyterlab_language_pack_vi_VN")
    text = pack.joinpath("locale", "vi_VN", "LC_MESSAGES", "jupyterlab.json").read_text("utf-8")
    known = {key.replace("&", "") for key in json.loads(text)}
    page = (SHIPPED / "docs" / "jupyterlab-vi.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\|[^|]*\| ([A-Z][^|]+) \| [^|]+ \|$", page, re.M)
    assert len(listed) > 50
    assert sorted(known.intersection(listed)) == []
