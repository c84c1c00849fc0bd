// A chart of lines over time, drawn as SVG. It knows nothing of where the figures come from.
import { make, setText, clock, NOTHING } from "./text.js";
import { STEP } from "./figures.js";

const HEIGHT = 132, LEFT = 50, RIGHT = 6, TOP = 8, BOTTOM = 18;
const GAP = 2.5 * STEP; // a longer silence is no line

function draw(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// The next of 1, 2, 2.5, 5, 10, … of the unit that the axis counts in: seconds turn to minutes at 60.
function ceiling(value, floor, isTime) {
  const wanted = Math.max(value * 1.05, floor);
  const unit = isTime && wanted > 60 ? (wanted > 3_600 ? 3_600 : 60) : 1;
  const power = 10 ** Math.floor(Math.log10(wanted / unit));
  return [1, 2, 2.5, 5, 10].find(step => step * power >= wanted / unit) * power * unit;
}

export class Chart {
  // lines: [{ name, color: 0 to 5, dash, read: point → number or nothing }]
  constructor({ title, hint, lines, format, floor, isTime }, onCursor) {
    Object.assign(this, { title, lines, format, floor, isTime, onCursor });
    this.svg = draw("svg", { height: HEIGHT, class: "plot", "aria-hidden": "true" });
    this.values = lines.map(() => make("b", {}, NOTHING));
    const legend = make("ul", { class: lines.length > 4 ? "legend many" : "legend" }, ...lines.map((line, i) => {
      const sample = draw("svg", { width: 18, height: 8, "aria-hidden": "true" });
      sample.append(draw("path", { d: "M0 4H18", class: `line c${line.color} ${line.dash ?? ""}` }));
      return make("li", {}, sample, make("span", {}, line.name), this.values[i]);
    }));
    this.moment = make("time", { class: "moment" });
    this.figure = make("figure", { class: "chart", tabindex: "0", role: "group", "aria-label": title },
      make("figcaption", {}, make("h2", {}, title), make("small", {}, hint), this.moment), this.svg, legend);
    this.points = [];
    this.svg.addEventListener("pointermove", event => onCursor(this.#timeAt(event.offsetX)));
    this.svg.addEventListener("pointerleave", () => onCursor(null));
    this.figure.addEventListener("keydown", event => this.#key(event));
    this.figure.addEventListener("blur", () => onCursor(null));
    new ResizeObserver(() => this.#render()).observe(this.figure);
  }

  show(points, now, span, cursor) {
    Object.assign(this, { points, now, span, cursor });
    this.#render();
  }

  // The arrows go from point to point, Home and End to the first and the last, Escape back to now.
  #key(event) {
    const at = this.points.map(point => point.at);
    const i = this.cursor ? at.indexOf(this.cursor) : at.length;
    const next = { ArrowLeft: at[Math.max(i - 1, 0)], ArrowRight: at[i + 1] ?? null, Home: at[0], End: null, Escape: null }[event.key];
    if (next === undefined || at.length === 0) return;
    event.preventDefault();
    this.onCursor(next);
  }

  #timeAt(x) {
    const wanted = this.now - this.span + (x - LEFT) / (this.width - LEFT - RIGHT) * this.span;
    const near = this.points.reduce((best, point) => Math.abs(point.at - wanted) < Math.abs(best - wanted) ? point.at : best, Infinity);
    return Number.isFinite(near) && Math.abs(near - wanted) < 4 * STEP ? near : null;
  }

  #render() {
    this.width = this.figure.clientWidth - 2 * 12; // its padding
    if (this.width < 60 || !this.now) return;
    const across = this.width - LEFT - RIGHT, up = HEIGHT - TOP - BOTTOM;
    const values = this.points.flatMap(point => this.lines.map(line => line.read(point) ?? 0));
    const top = ceiling(values.reduce((most, value) => Math.max(most, value), 0), this.floor, this.isTime);
    const x = at => LEFT + (at - (this.now - this.span)) / this.span * across;
    const y = value => TOP + up - Math.min(value / top, 1) * up;

    const drawn = [];
    for (const part of [0, 0.5, 1]) {
      drawn.push(draw("path", { d: `M${LEFT} ${Math.round(y(top * part)) + 0.5}H${this.width - RIGHT}`, class: part ? "grid" : "axis" }));
      drawn.push(draw("text", { x: LEFT - 6, y: y(top * part) + 4, "text-anchor": "end" }, this.format(top * part)));
    }
    for (const [part, anchor] of [[1, "start"], [0.5, "middle"], [0, "end"]])
      drawn.push(draw("text", { x: x(this.now - part * this.span), y: HEIGHT - 4, "text-anchor": anchor }, part ? `−${part * this.span / 60_000} min` : "now"));
    for (const line of this.lines) drawn.push(draw("path", { d: path(this.points, line.read, x, y), class: `line c${line.color} ${line.dash ?? ""}` }));

    const shown = this.points.find(point => point.at === this.cursor) ?? this.points[this.points.length - 1];
    if (this.cursor && shown) drawn.push(draw("path", { d: `M${x(shown.at)} ${TOP}V${TOP + up}`, class: "cursor" }));
    this.svg.setAttribute("width", this.width);
    this.svg.replaceChildren(...drawn);
    this.lines.forEach((line, i) => setText(this.values[i], this.format(shown ? line.read(shown) : null)));
    setText(this.moment, this.cursor && shown ? clock(shown.at) : "");
    this.figure.setAttribute("aria-label", `${this.title}: ${this.lines.map((line, i) => `${line.name} ${this.values[i].textContent}`).join(", ")}`);
  }
}

// A line from value to value; where there is none, or nothing for too long, it stops. A lonely value is a dot.
function path(points, read, x, y) {
  let d = "", before = null;
  for (const point of points) {
    const value = read(point);
    if (value === null || value === undefined) { before = null; continue; }
    const to = `${x(point.at).toFixed(1)} ${y(value).toFixed(1)}`;
    d += before !== null && point.at - before <= GAP ? `L${to}` : `M${to}h.01`;
    before = point.at;
  }
  return d;
}
