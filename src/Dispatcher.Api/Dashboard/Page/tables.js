// A table whose rows change while one looks at it: cells keep their place, and only text that changed is set.
import { make, setText } from "./text.js";

export class Table {
  // columns: [{ name, hint, isText, cell: row → { text, sort, tone } or text }]
  constructor({ title, hint, columns, empty }) {
    this.columns = columns;
    this.empty = empty;
    this.by = null;
    this.heads = columns.map((column, i) => {
      const button = make("button", { type: "button", title: column.hint ?? "" }, column.name);
      button.addEventListener("click", () => this.#sortBy(i));
      return make("th", { scope: "col", class: column.isText ? "text" : "number" }, button);
    });
    this.body = make("tbody");
    const heading = make("h2", {}, title);
    this.section = make("section", { class: "panel" }, make("header", {}, heading, make("small", {}, hint ?? "")),
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        make("table", {}, make("thead", {}, make("tr", {}, ...this.heads)), this.body)));
    this.show([]);
  }

  show(rows) {
    this.rows = rows;
    const cells = rows.map(row => this.columns.map(column => {
      const cell = column.cell(row);
      return typeof cell === "object" ? cell : { text: cell };
    }));
    if (this.by) {
      const { column, falls } = this.by, key = cell => cell[column].sort ?? cell[column].text;
      cells.sort((a, b) => (falls ? -1 : 1) * (typeof key(a) === "number" && typeof key(b) === "number" ? key(a) - key(b) : String(key(a)).localeCompare(String(key(b)))));
    }
    if (cells.length === 0) {
      this.body.replaceChildren(make("tr", {}, make("td", { colspan: this.columns.length, class: "empty" }, this.empty)));
      return;
    }
    if (this.body.querySelector(".empty")) this.body.replaceChildren();
    while (this.body.rows.length > cells.length) this.body.lastChild.remove();
    while (this.body.rows.length < cells.length) {
      this.body.append(make("tr", {}, ...this.columns.map((column, i) =>
        i === 0 ? make("th", { scope: "row", class: "text" }) : make("td", { class: column.isText ? "text" : "number" }))));
    }
    cells.forEach((row, r) => row.forEach((cell, c) => {
      const shown = this.body.rows[r].cells[c];
      setText(shown, cell.text);
      shown.dataset.tone = cell.tone ?? "";
    }));
  }

  #sortBy(column) {
    const isText = this.columns[column].isText;
    this.by = this.by?.column === column ? { column, falls: !this.by.falls } : { column, falls: !isText };
    this.heads.forEach((head, i) => i === column ? head.setAttribute("aria-sort", this.by.falls ? "descending" : "ascending") : head.removeAttribute("aria-sort"));
    this.show(this.rows);
  }
}
