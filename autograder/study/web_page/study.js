"use strict";
// Shows what the session sends. All its text goes in as text; only the lesson, which is the
// course's own and was made into HTML by the session, goes in as markup.

const $ = (id) => document.getElementById(id);
let view = null, lessonOf = "", scrolledTo = "", began = 0, asked = 0;
const READ = 300; // ms that a question is on the screen before a key can be meant as its answer

function made(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

async function act(said) {
  const answer = await fetch("act", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(said),
  });
  if (!answer.ok) $("message").textContent = "The session does not answer.";
}

function press(key) {
  if (key === "s") return picture();
  const seen = view && performance.now() - asked > READ ? view.question : 0;
  return act({key, seen});
}

async function picture() {
  const name = view.current, figure = $("picture");
  const answer = await fetch(`picture/${encodeURIComponent(name)}?${Date.now()}`);
  figure.replaceChildren();
  figure.hidden = false;
  figure.dataset.of = name;
  if (!answer.ok) {
    figure.append(made("figcaption", `No picture of ${name}: it ${(await answer.json()).why}.`));
    return;
  }
  const image = made("img", "", {src: URL.createObjectURL(await answer.blob()), alt: `What ${name} returns, cell by cell: expected, got and the difference`});
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  figure.append(image, made("figcaption", `Picture of ${name}`));
  image.addEventListener("load", () => figure.scrollIntoView({block: "nearest"}));
}

function words(row) { return made("span", row.word, {class: `word ${row.style || (row.word === "…" ? "none" : "red")}`}); }

function showParts() {
  const focused = document.activeElement?.dataset?.name;
  $("parts").replaceChildren(...view.parts.map((part) => {
    const item = made("li", "", {class: "part"});
    item.append(made("p", `${part.title}`, {class: "part-title"}));
    item.append(made("progress", "", {class: "bar", max: part.points || 1, value: part.earned, "aria-label": `${part.title}: ${part.earned} of ${part.points} points`}));
    const list = made("ol");
    for (const one of part.exercises) {
      const button = made("button", "", {"data-name": one.name, type: "button"});
      if (one.name === view.current) button.setAttribute("aria-current", "true");
      button.append(made("span", one.name), words(one));
      button.addEventListener("click", () => act({choose: one.name}));
      const entry = made("li");
      entry.append(button);
      list.append(entry);
    }
    item.append(list);
    return item;
  }));
  if (focused) document.querySelector(`nav [data-name="${CSS.escape(focused)}"]`)?.focus();
}

function table(grid) {
  const whole = made("table");
  whole.append(made("caption", grid.isMatrix ? "Wrong cells show what was expected below" : "Got and expected"));
  const head = made("tr");
  head.append(made("td"));
  for (const label of grid.isMatrix ? grid.columns : ["got", "expected"]) head.append(made("th", label, {scope: "col"}));
  whole.append(head);
  for (const row of grid.rows) {
    const line = made("tr");
    line.append(made("th", row.label, {scope: "row"}));
    for (const cell of row.cells) {
      const got = made("td", cell.got + (cell.wrong ? " ✗" : ""), cell.wrong ? {class: "wrong"} : {});
      if (grid.isMatrix && cell.wrong) got.append(made("small", `expected ${cell.expected}`));
      line.append(got);
      if (!grid.isMatrix) line.append(made("td", cell.expected));
    }
    whole.append(line);
  }
  return whole;
}

function showWrong(wrong) {
  const place = $("wrong");
  place.hidden = !wrong;
  place.replaceChildren();
  if (!wrong) return;
  place.append(made("h3", wrong.group, {id: "wrong-title"}), made("p", wrong.message));
  if (wrong.grid) {
    place.append(table(wrong.grid));
    const [rows, columns] = wrong.grid.leftOut;
    if (rows) place.append(made("p", `and ${rows} more rows with wrong numbers`, {class: "dim"}));
    if (columns) place.append(made("p", `and ${columns} more columns`, {class: "dim"}));
    if (wrong.grid.pattern) place.append(made("p", wrong.grid.pattern));
  }
  if (wrong.called) place.append(made("p", `Called with ${wrong.called}`));
  if (wrong.frames.length) {
    const lines = wrong.frames.flatMap(([where, source]) => [where, `    ${source}`]);
    place.append(made("p", "Your lines, most recent call last:"), made("pre", [...lines, wrong.error].join("\n"), {tabindex: "0"}));
  }
  if (wrong.printed) place.append(made("p", "Your code printed:"), made("pre", wrong.printed, {tabindex: "0"}));
}

function showExercise() {
  const row = view.parts.flatMap((part) => part.exercises).find((one) => one.name === view.current);
  const detail = view.detail;
  $("title").replaceChildren(document.createTextNode(`${row.name}: ${row.earned} of ${row.points} points`));
  if (row.seconds !== null) $("title").append(made("span", `ran ${row.seconds.toFixed(2)} s`, {class: "took"}));
  $("groups").replaceChildren(...(detail ? detail.groups : []).map((group) => {
    const item = made("li");
    item.append(words(group), made("span", group.public ? group.name : `${group.name} (hidden group)`));
    return item;
  }));
  let why = detail ? detail.why : "It is not checked yet.";
  if (detail && detail.untouched && !why) why = `Write ${row.name} in ${row.part} and save the file: it is checked at once.`;
  $("why").textContent = why;
  if (detail && detail.source) $("why").append(made("pre", detail.source));
  showWrong(detail && detail.wrong);
  $("hints").replaceChildren();
  if (view.hints.length) {
    const list = made("ol");
    for (const hint of view.hints) list.append(made("li", hint));
    $("hints").append(made("h3", `Hints, ${view.hints.length} of ${view.hints.length + view.moreHints}`), list);
  }
  $("reference").hidden = !view.reference;
  $("reference").replaceChildren();
  if (view.reference) $("reference").append(made("h3", "The reference"), made("pre", view.reference.join("\n"), {tabindex: "0"}));
  if ($("picture").dataset.of !== view.current) $("picture").hidden = true;
  $("notes").replaceChildren(...view.notes.map(([text, source]) => {
    const note = made("p", text);
    if (source) note.append(made("pre", source));
    return note;
  }));
}

async function showLesson() {
  const part = view.parts.find((one) => one.exercises.some((each) => each.name === view.current));
  if (lessonOf !== part.name) {
    lessonOf = part.name;
    const answer = await fetch(`lesson/${encodeURIComponent(part.name)}`);
    const place = $("lesson");
    place.innerHTML = (await answer.json()).html;
    for (const formula of place.querySelectorAll(".math")) {
      const displayMode = formula.classList.contains("block");
      katex.render(formula.textContent, formula, {displayMode, throwOnError: false, trust: false});
    }
    place.scrollTop = 0;
    scrolledTo = "";
  }
  if (scrolledTo !== view.current) {
    const heading = headingOf($(`lesson-${view.current}`));
    if (heading && (scrolledTo || view.current !== part.exercises[0].name)) heading.scrollIntoView({block: "start"});
    scrolledTo = view.current;
  }
}

function headingOf(anchor) {
  let at = anchor;
  while (at && !/^H[12]$/.test(at.tagName)) at = at.previousElementSibling;
  return at || anchor;
}

function showChecking() {
  const checking = view && view.checking;
  $("checking").hidden = !checking;
  if (!checking) return;
  const seconds = Math.floor(checking.seconds + (performance.now() - began) / 1000);
  const text = `checking ${checking.name} … ${seconds} s`;
  if ($("checking").textContent !== text) $("checking").textContent = text;
}

function show(next) {
  const finished = view && view.checking && !next.checking;
  if (!view || view.question !== next.question) asked = performance.now();
  view = next;
  began = performance.now();
  document.title = `${view.course}: ${view.current}`;
  $("course").textContent = view.course;
  const all = view.parts.flatMap((part) => part.exercises);
  const earned = view.parts.reduce((sum, part) => sum + part.earned, 0);
  const solved = all.filter((one) => one.word === "passed").length;
  $("score").textContent = `${solved} of ${all.length} solved, ${+earned.toFixed(2)} of ${view.points} points`;
  showParts();
  showExercise();
  showChecking();
  if ($("message").textContent !== view.message) $("message").textContent = view.message;
  document.body.dataset.ready = "yes";
  if (finished && !$("picture").hidden) picture();
  showLesson();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  if (document.querySelector(`#keys [data-key="${CSS.escape(key)}"]`)) {
    event.preventDefault();
    press(key);
  } else if (event.key === "Escape") press("\u001b");
});
for (const button of document.querySelectorAll("#keys button")) button.addEventListener("click", () => press(button.dataset.key));
setInterval(showChecking, 500);
const events = new EventSource("events");
events.onmessage = (event) => show(JSON.parse(event.data));
events.onerror = () => { $("message").textContent = "The session has ended, or does not answer: start it again in the terminal."; };
