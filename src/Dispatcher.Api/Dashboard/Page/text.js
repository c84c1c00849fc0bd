// How things are said. Names come from outside: text is only ever set as text, never as markup.

export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const NOTHING = "–";

const known = write => value => value === null || value === undefined || Number.isNaN(value) ? NOTHING : write(value);

function short(value) {
  if (value === 0) return "0";
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

// 0.42, 7.50, 83.1, 912, 12.3k, 4.56M
export const amount = known(value => {
  if (value >= 999_500) return `${short(value / 1e6)}M`;
  return value >= 9_999.5 ? `${short(value / 1e3)}k` : value >= 1_000 ? value.toFixed(0) : short(value);
});

// Things that are counted have no fractions: 42, 9,120, 12.3k
export const count = known(value => value < 9_999.5 ? Math.round(value).toLocaleString("en") : amount(value));

// 4.20 ms, 83 ms, 1.32 s, 4.2 min, 3.1 h, 12 d
export const duration = known(seconds => {
  if (seconds === 0) return "0 s";
  if (seconds < 0.9995) return `${short(seconds * 1000)} ms`;
  if (seconds < 99.95) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  if (seconds < 5_970) return `${(seconds / 60).toFixed(1)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(0)} d`;
});

export const percent = known(share => share === 0 ? "0 %" : share < 0.0001 ? "<0.01 %" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`);

export function clock(milliseconds) {
  const time = new Date(milliseconds);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(part => String(part).padStart(2, "0")).join(":");
}
