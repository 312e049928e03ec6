// The lines of a file that are wrong, as a table.
import { make } from "./dom.js";

export function showLines(place, lines, total) {
  place.replaceChildren();
  if (lines.length === 0) return;
  const box = make("div", undefined, "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", "Lines that are wrong");
  const table = make("table");
  const head = table.createTHead().insertRow();
  ["Line", "Where", "What is wrong"].forEach(text => {
    const cell = make("th", text);
    cell.scope = "col";
    head.append(cell);
  });
  const body = table.createTBody();
  lines.forEach(line => {
    const row = body.insertRow();
    row.append(
      make("td", line.line === 0 ? "all" : line.line.toLocaleString("en"), "number"),
      make("td", (line.file === "validation_file" ? "validation file " : "") + line.field),
      make("td", line.message));
  });
  box.append(table);
  place.append(box);
  if (total > lines.length) {
    place.append(make("p", `These are the first ${lines.length.toLocaleString("en")} of ${total.toLocaleString("en")}.`));
  }
}
