// Sorting and choosing a district: without this script every table is there in full.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  const said = document.getElementById("chon-huyen").dataset; // what this script says
  const words = (cell) => (cell.querySelector("summary") || cell).textContent.trim();

  // Numbers and dates; null for words. What is missing has no key.
  function key(text) {
    if (english) return keyOfEnglish(text);
    const date = text.match(/^(\d{2})\/(\d{2})\/(\d{4})$/);
    if (date) return Number(date[3] + date[2] + date[1]);
    const number = text.match(/^(?:hạng )?([+−-]?[\d.]+(?:,\d+)?)(?![\d/])/);
    return number ? Number(number[1].replace("−", "-").replace(/\./g, "").replace(",", ".")) : null;
  }

  function keyOfEnglish(text) {
    if (/^\d{1,2} [A-Z][a-z]+ \d{4}$/.test(text)) return Date.parse(`${text} UTC`);
    const number = text.match(/^(?:rank )?([+−-]?[\d,]+(?:\.\d+)?)(?![\d/])/);
    return number ? Number(number[1].replace("−", "-").replace(/,/g, "")) : null;
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const heads = table.tHead ? [...table.tHead.rows[0].cells] : [];
    if (!body || body.rows.length < 3 || table.classList.contains("tiles")) return;
    const first = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" };
        const way = next[head.getAttribute("aria-sort") || "none"];
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (way !== "none") head.setAttribute("aria-sort", way);
        body.append(...(way === "none" ? first : sorted(first, column, way)));
      });
    });
  }

  function sorted(rows, column, way) {
    const sign = way === "ascending" ? 1 : -1;
    const read = rows.map((row) => {
      const text = row.cells[column] ? words(row.cells[column]) : "";
      return { row, text, number: key(text), missing: /^(–|)$|^(chưa xếp hạng|not ranked)/.test(text) };
    });
    const numbers = read.some((r) => r.number !== null) &&
      read.every((r) => r.missing || r.number !== null);
    return read.sort((a, b) => a.missing - b.missing || (a.missing ? 0 : sign *
      (numbers ? a.number - b.number : a.text.localeCompare(b.text, "vi")))).map((r) => r.row);
  }

  function choosing() {
    const place = document.getElementById("chon-huyen");
    const tables = [...document.querySelectorAll("table")].filter((table) =>
      table.tHead && table.tHead.rows[0].cells[0].textContent.trim() === said.head);
    if (!place || !tables.length) return;
    const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
    const names = [...new Set(rows.map((row) => words(row.cells[0])))];
    const select = place.querySelector("select");
    select.append(...names.map((name) => new Option(name, name)));
    select.addEventListener("change", () => {
      rows.forEach((row) => { row.hidden = select.value && words(row.cells[0]) !== select.value; });
      place.querySelector("[role=status]").textContent =
        select.value ? said.chosen.replace("{name}", () => select.value) : "";
    });
    place.hidden = false;
  }

  // a figure's evidence leads to a row, which an anchor alone does not bring forward
  function shown() {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    if (row && row.closest("table")) { row.tabIndex = -1; row.focus(); }
  }

  // what scrolls sideways must be reached by keyboard, and say what it is
  function reachable(box) {
    const scrolls = box.scrollWidth > box.clientWidth;
    const caption = box.querySelector("caption");
    for (const [name, value] of [["tabindex", "0"], ["role", "region"],
      ["aria-label", caption ? caption.textContent : said.table]]) {
      if (scrolls) box.setAttribute(name, value); else box.removeAttribute(name);
    }
  }

  // 'long he' finds Long Hẹ: letters without their marks
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d").toLowerCase();

  function searching() {
    const asked = document.getElementById("tim-gi");
    if (!asked) return;
    const list = document.getElementById("danh-muc");
    const lines = [...list.querySelectorAll("li")].map((line) => [line, plain(line.textContent)]);
    const status = asked.closest("p").querySelector("[role=status]");
    asked.addEventListener("input", () => {
      const parts = plain(asked.value).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const [line, text] of lines) {
        line.hidden = !parts.every((part) => text.includes(part));
        count += !line.hidden;
      }
      list.open = parts.length > 0;
      status.textContent = parts.length ? status.dataset.found.replace("{count}", count) : "";
    });
  }

  searching();
  document.querySelectorAll("table").forEach(sortable);
  const boxes = () => document.querySelectorAll(".scroll").forEach(reachable);
  boxes();
  addEventListener("resize", boxes);
  document.addEventListener("toggle", boxes, true);
  choosing();
  addEventListener("hashchange", shown);
})();
