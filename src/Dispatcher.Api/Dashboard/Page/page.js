// The page: asks for the key, looks every two seconds, and only while somebody looks at it.
import { Board } from "./board.js";
import { History, STEP } from "./figures.js";
import { clock, setText } from "./text.js";

const PATIENCE = 8_000; // ms that an answer may take
const KEPT = "dispatcher.key"; // in sessionStorage: this tab, until it is closed

const [state, ask, key, refusal, range, forget, main] = ["state", "ask", "key", "refusal", "range", "forget", "board"].map(id => document.getElementById(id));
let board, history, timer, skew = 0, round = 0;

const REFUSALS = {
  401: "The API does not know this key (any more). Give another one.",
  403: "This key may not read figures: it needs the scope ops:read (Access:Keys:{name}:Scopes).",
};

function begin() {
  board ??= new Board(main);
  history = new History();
  ask.hidden = true;
  main.hidden = range.hidden = forget.hidden = false;
  look();
}

function askForKey(reason) {
  sessionStorage.removeItem(KEPT);
  clearTimeout(timer);
  round++;
  main.hidden = range.hidden = forget.hidden = true;
  ask.hidden = false;
  setText(refusal, reason ?? "");
  setText(state, "");
  key.value = "";
  key.focus();
}

async function look() {
  clearTimeout(timer);
  const mine = ++round, begun = performance.now();
  let silence;
  try {
    const answer = await fetch("dashboard/data", {
      headers: { Authorization: `Bearer ${sessionStorage.getItem(KEPT)}` }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    if (mine !== round) return;
    if (REFUSALS[answer.status]) return askForKey(REFUSALS[answer.status]);
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    const report = await answer.json();
    if (mine !== round) return;
    skew = report.at - Date.now();
    history.add(report);
  } catch (problem) {
    if (mine !== round) return;
    silence = `This API does not answer (${problem.name === "TimeoutError" ? "within 8 s" : problem.message}); the page goes on trying.`;
    history.miss(Date.now() + skew);
  }
  const up = history.report.instances.filter(instance => instance.metrics).length;
  setText(state, `${up} of ${history.instances().length} instances · ${clock(Date.now())}`);
  state.dataset.tone = silence || up < history.instances().length ? "bad" : "good";
  if (history.points.length || silence) board.show(history, silence);
  if (!document.hidden) timer = setTimeout(look, Math.max(0, STEP - (performance.now() - begun)));
}

// The key in the address is taken once; nobody finds it there afterwards, nor in the history.
function takeKey() {
  const given = /^#key=(.+)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem(KEPT, decodeURIComponent(given[1]));
    window.history.replaceState(null, "", location.pathname + location.search);
  }
  sessionStorage.getItem(KEPT) ? begin() : askForKey();
}

ask.addEventListener("submit", event => {
  event.preventDefault();
  const given = key.value.trim();
  if (!/^[\x21-\x7e]+$/.test(given)) return setText(refusal, "A key has letters, digits and signs, and no spaces.");
  sessionStorage.setItem(KEPT, given);
  key.value = "";
  begin();
});
range.addEventListener("click", event => {
  if (event.target.tagName !== "BUTTON") return;
  for (const button of range.children) button.setAttribute("aria-pressed", button === event.target);
  board.setSpan(Number(event.target.value));
});
forget.addEventListener("click", () => askForKey());
document.addEventListener("visibilitychange", () => { if (!document.hidden && !main.hidden) look(); });
window.addEventListener("hashchange", takeKey);
takeKey();
