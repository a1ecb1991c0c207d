"use strict";
(() => {
  const PER_PAGE = 100;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  /** What a row is sorted by in one column; empty cells come last in either direction. */
  function key(row, column, numeric) {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (!numeric) return text;
    const number = parseFloat(text.replace("\u2212", "-"));
    return Number.isNaN(number) ? "" : number;
  }

  function sorted(rows, column, numeric, descending) {
    const keyed = rows.map((row) => [key(row, column, numeric), row]);
    const compare = numeric ? (a, b) => a - b : collator.compare;
    keyed.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      return descending ? compare(b, a) : compare(a, b);
    });
    return keyed.map(([, row]) => row);
  }

  /** Makes a button of each heading; `show` gets the sorted rows. */
  function sortable(table, rows, show) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const numeric = head.dataset.sort === "number";
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        // numbers are looked at from the top first, names from A
        const descending = before ? before === "ascending" : numeric;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        show(sorted(rows(), column, numeric, descending));
      });
    });
  }

  for (const table of document.querySelectorAll("table.sortable:not(#all-students)")) {
    const body = table.tBodies[0];
    sortable(table, () => [...body.rows], (rows) => body.append(...rows));
  }

  const table = document.getElementById("all-students");
  if (!table) return;
  const body = table.tBodies[0];
  const filters = document.getElementById("filters");
  const find = document.getElementById("find");
  const mistake = document.getElementById("mistake");
  const troubled = document.getElementById("troubled");
  const found = document.getElementById("found");
  let all = [...body.rows];
  let matching = all;
  let page = 0;
  const names = new Map(all.map((row) => [row, row.cells[0].textContent.toLocaleLowerCase()]));

  const pager = document.createElement("nav");
  pager.className = "pager";
  pager.setAttribute("aria-label", "Pages of students");
  const back = turn("Previous", -1);
  const forth = turn("Next", 1);
  const place = document.createElement("span");
  pager.append(back, place, forth);
  table.parentElement.after(pager);

  function turn(text, step) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => { page += step; show(); });
    return button;
  }

  /** Only one page of rows is in the document, so that ten thousand students stay quick. */
  function show() {
    const pages = Math.max(1, Math.ceil(matching.length / PER_PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const first = page * PER_PAGE;
    body.replaceChildren(...matching.slice(first, first + PER_PAGE));
    pager.hidden = pages === 1;
    back.disabled = page === 0;
    forth.disabled = page === pages - 1;
    place.textContent = `Page ${page + 1} of ${pages}`;
    found.textContent = matching.length === all.length
      ? `${all.length} students`
      : `${matching.length} of ${all.length} students`;
  }

  function filter() {
    const words = find.value.toLocaleLowerCase().trim().split(/\s+/);
    const wanted = mistake.value;
    matching = all.filter((row) =>
      words.every((word) => names.get(row).includes(word)) &&
      (!troubled?.checked || "p" in row.dataset) &&
      (wanted === "" || (row.dataset.m ?? "").split(" ").includes(wanted)));
    page = 0;
    show();
  }

  sortable(table, () => all, (rows) => { all = rows; filter(); });
  find.addEventListener("input", filter);
  mistake.addEventListener("input", filter);
  troubled?.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.hidden = false;
  table.parentElement.classList.add("ready");

  for (const cell of document.querySelectorAll("td[data-mistake]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "jump";
    button.title = "Show these students";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      find.value = "";
      mistake.value = cell.dataset.mistake;
      filter();
      document.getElementById("students").scrollIntoView();
      mistake.focus({ preventScroll: true });
    });
  }

  // on paper there are no pages to turn: all students that are looked for, and every group
  const opened = [];
  addEventListener("beforeprint", () => {
    body.replaceChildren(...matching);
    for (const details of document.querySelectorAll("details:not([open])")) {
      details.open = true;
      opened.push(details);
    }
  });
  addEventListener("afterprint", () => {
    for (const details of opened.splice(0)) details.open = false;
    show();
  });
  show();
})();
