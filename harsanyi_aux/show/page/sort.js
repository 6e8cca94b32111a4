"use strict";
// Headers become buttons that sort their table; a second press turns the order round.
for (const header of document.querySelectorAll("th[data-sort]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  header.setAttribute("aria-sort", "none");
  button.addEventListener("click", () => sortBy(header));
}

function sortBy(header) {
  const row = header.parentElement;
  const body = row.closest("table").tBodies[0];
  const place = [...row.cells].indexOf(header);
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of row.cells) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (line) => {
    const cell = line.cells[place];
    if (!("key" in cell.dataset)) return cell.textContent;
    const text = cell.dataset.key;
    return text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
  };
  const compare = (one, two) =>
    typeof one === "number"
      ? (one > two) - (one < two)
      : one.localeCompare(two, "en", { numeric: true });
  const lines = [...body.rows].map((line) => [key(line), line]);
  lines.sort((one, two) => (down ? compare(two[0], one[0]) : compare(one[0], two[0])));
  body.append(...lines.map((pair) => pair[1]));
}

// Paper cannot be unfolded.
const folded = [];
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) {
    part.open = true;
    folded.push(part);
  }
});
window.addEventListener("afterprint", () => {
  for (const part of folded.splice(0)) part.open = false;
});
