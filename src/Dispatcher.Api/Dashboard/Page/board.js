// What is on the page: troubles, charts, tables, each a reading of the history.
import { Chart } from "./chart.js";
import { LANES, SPAN, samples, sum } from "./figures.js";
import { Table } from "./tables.js";
import { make, setText, amount, clock, count, duration, percent, NOTHING } from "./text.js";
import { PAUSES, troubles } from "./troubles.js";

const RECENT = 30_000; // ms over which a table's rates are taken

const laneLines = read => LANES.map((lane, i) => ({ name: lane, color: i, dash: lane.endsWith(".bulk") ? "dashed" : "", read: point => read(point)?.[lane] }));
const quantileLines = (read, names) => names.flatMap((name, i) => ["p50", "p99"].map(part =>
  ({ name: `${name} ${part}`, color: 2 * i, dash: part === "p50" ? "dashed" : "", read: point => read(point)?.[name]?.[part] })));

const CHARTS = [
  {
    title: "Throughput", hint: "pushes a second, taken and done", format: amount, floor: 1,
    lines: [
      { name: "accepted", color: 0, read: point => point.accepted },
      { name: "settled", color: 1, dash: "dashed", read: point => point.settled },
    ],
  },
  {
    title: "Not accepted", hint: "pushes a second", format: amount, floor: 1,
    lines: ["rejected", "unregistered", "expired", "other", "delayed"].map((name, i) =>
      ({ name, color: [3, 1, 5, 4, 0][i], dash: ["", "", "dashed", "dotted", "dotted"][i], read: point => point.outcomes?.[name] })),
  },
  {
    title: "Oldest unsettled", hint: "age of a lane's oldest push", format: duration, floor: 1, isTime: true,
    lines: laneLines(point => point.oldest),
  },
  { title: "Provider latency", hint: "of an attempt", format: duration, floor: 0.05, isTime: true, lines: quantileLines(point => point.latency, ["apns", "fcm"]) },
  { title: "Age at the provider", hint: "from 202 to the final answer", format: duration, floor: 0.1, isTime: true, lines: quantileLines(point => point.age, ["urgent", "bulk"]) },
  { title: "Backlog", hint: "pushes that wait: lag and delay tiers", format: count, floor: 10, lines: laneLines(point => point.backlog) },
];

const TABLES = {
  lanes: {
    title: "Lanes", empty: "No worker answers.",
    columns: [
      { name: "Lane", isText: true, cell: row => row.lane },
      { name: "Oldest", hint: "Age of its oldest push that is not settled", cell: row => ({ text: duration(row.oldest), sort: row.oldest }) },
      { name: "Lag", hint: "Records behind the end of its topic", cell: row => ({ text: count(row.lag), sort: row.lag }) },
      { name: "Delayed", hint: "Pushes that workers know to wait in delay tiers; an estimate", cell: row => ({ text: count(row.delayed), sort: row.delayed }) },
      { name: "Queued", hint: "Pushes in the workers' queues", cell: row => ({ text: count(row.queued), sort: row.queued }) },
      { name: "In flight", cell: row => ({ text: count(row.inFlight), sort: row.inFlight }) },
      { name: "Partitions", hint: "Partitions that workers have", cell: row => ({ text: count(row.partitions), sort: row.partitions }) },
      { name: "State", isText: true, cell: row => row.paused.length ? { text: `paused: ${row.paused.join(", ")}`, tone: ["bad", "warn"].find(tone => row.paused.some(reason => (PAUSES[reason]?.[0] ?? "bad") === tone)) } : row.partitions ? "runs" : { text: "no worker", tone: "bad" } },
    ],
  },
  apps: {
    title: "Apps", hint: "rates of the last 30 s", empty: "No push yet. Send one with POST /push, or ./dispatcher load --count 1000.",
    columns: [
      { name: "App", isText: true, cell: row => row.app },
      { name: "In /s", hint: "Accepted by the API", cell: row => ({ text: amount(row.in), sort: row.in }) },
      { name: "Settled /s", cell: row => ({ text: amount(row.out), sort: row.out }) },
      { name: "Not accepted", hint: "Share of what was settled within 10 minutes", cell: row => ({ text: percent(row.share), sort: row.share ?? -1, tone: row.share > 0.05 ? "warn" : "" }) },
      { name: "of that", hint: "The most frequent outcomes within 10 minutes", isText: true, cell: row => row.outcomes },
      { name: "In flight", hint: "Attempts, and the limit of all workers", cell: row => ({ text: `${count(row.inFlight)} / ${count(row.limit)}`, sort: row.inFlight ?? -1 }) },
      { name: "Breaker", isText: true, cell: row => row.open ? { text: `open on ${row.open}`, tone: "bad" } : row.inFlight === null ? NOTHING : "closed" },
      { name: "Credential", hint: "Age of the provider token, or time until the certificate ends", cell: row => row.left !== null ? { text: `ends in ${duration(row.left)}`, sort: row.left } : { text: duration(row.age), sort: row.age ?? -1 } },
    ],
  },
  instances: {
    title: "Instances", empty: "None.",
    columns: [
      { name: "Instance", isText: true, cell: row => row.address },
      { name: "Role", isText: true, cell: row => row.role ?? NOTHING },
      { name: "Pushes /s", hint: "A worker settles, an API accepts", cell: row => ({ text: amount(row.flow?.pushes), sort: row.flow?.pushes ?? -1 }) },
      { name: "Requests /s", hint: "Requests for pushes that an API answered", cell: row => ({ text: amount(row.flow?.requests), sort: row.flow?.requests ?? -1 }) },
      { name: "5xx /s", cell: row => ({ text: amount(row.flow?.failed), sort: row.flow?.failed ?? -1, tone: row.flow?.failed > 0 ? "bad" : "" }) },
      { name: "Partitions", cell: row => ({ text: count(row.partitions), sort: row.partitions ?? -1 }) },
      { name: "In flight", cell: row => ({ text: count(row.inFlight), sort: row.inFlight ?? -1 }) },
      { name: "Seen", isText: true, cell: row => row.problem ? { text: row.seen ? `missing since ${clock(row.seen)}` : "never", tone: "bad" } : "now" },
      { name: "Version", isText: true, cell: row => row.version ?? NOTHING },
    ],
  },
  breakers: {
    title: "Breakers of endpoints", empty: "All are closed: none has opened since the workers started.",
    columns: [
      { name: "Endpoint", isText: true, cell: row => row.name },
      { name: "State", isText: true, cell: row => row.open ? { text: `open on ${row.open} of ${row.all}`, tone: "bad" } : `closed on ${row.all}` },
    ],
  },
  dead: {
    title: "Dead letters", empty: "None since the workers started.",
    columns: [
      { name: "Reason", isText: true, cell: row => row.reason },
      { name: "10 min", hint: "Within 10 minutes, as long as this page is open", cell: row => ({ text: count(row.recent), sort: row.recent, tone: row.recent > 0 ? "warn" : "" }) },
      { name: "All", hint: "Since the workers started", cell: row => ({ text: count(row.all), sort: row.all }) },
      { name: "Lanes", isText: true, cell: row => row.lanes.join(", ") },
    ],
  },
};

export class Board {
  constructor(main) {
    this.span = SPAN;
    this.troubles = make("ul", { class: "troubles", "aria-label": "What is wrong" });
    this.charts = CHARTS.map(chart => new Chart(chart, at => { this.cursor = at; this.#drawCharts(); }));
    this.tables = Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, new Table(table)]));
    for (const [name, table] of Object.entries(this.tables)) table.section.id = name;
    const column = (...names) => make("div", { class: "column" }, ...names.map(name => this.tables[name].section));
    main.replaceChildren(this.troubles, make("div", { class: "charts" }, ...this.charts.map(chart => chart.figure)),
      make("div", { class: "tables" }, column("apps", "instances"), column("lanes", "breakers", "dead")));
  }

  show(history, silence) {
    this.history = history;
    if (this.cursor && this.cursor < (history.points[0]?.at ?? 0)) this.cursor = null;
    this.#showTroubles(silence ? [{ tone: "bad", text: silence }] : troubles(history));
    this.#drawCharts();
    const up = history.instances().filter(instance => instance.metrics);
    this.tables.lanes.show(up.some(instance => instance.role === "worker") ? LANES.map(lane => laneRow(up, lane)) : []);
    this.tables.apps.show(appRows(up, history));
    this.tables.instances.show(history.instances().map(instance => instanceRow(instance, history)));
    this.tables.breakers.show(breakerRows(up));
    this.tables.dead.show(deadRows(up, history));
  }

  // How far back the charts go, in ms.
  setSpan(span) {
    this.span = span;
    if (this.history) this.#drawCharts();
  }

  #drawCharts() {
    const now = this.history.points[this.history.points.length - 1]?.at;
    const points = this.history.points.filter(point => point.at >= now - this.span);
    for (const chart of this.charts) chart.show(points, now, this.span, this.cursor);
  }

  #showTroubles(found) {
    const shown = found.length ? found : [{ tone: "good", text: "Nothing is wrong: every instance answers, nothing is paused, no breaker is open." }];
    while (this.troubles.children.length > shown.length) this.troubles.lastChild.remove();
    while (this.troubles.children.length < shown.length) this.troubles.append(make("li"));
    shown.forEach((trouble, i) => {
      setText(this.troubles.children[i], trouble.text);
      this.troubles.children[i].dataset.tone = trouble.tone;
    });
  }
}

const all = (instances, metric, isOf = () => true) => instances.flatMap(instance => samples(instance, metric)).filter(isOf);
const totalOf = some => some.length ? sum(some, sample => sample.value) : null;
const mostOf = some => some.length ? Math.max(...some.map(sample => sample.value)) : null;

function laneRow(up, lane) {
  const of = name => all(up, `dispatcher_lane_${name}`, sample => sample.dispatcher_lane === lane);
  return {
    lane, oldest: mostOf(of("oldest_unsettled_seconds")), lag: totalOf(of("lag")), delayed: totalOf(of("delayed")), queued: totalOf(of("queued")),
    inFlight: totalOf(of("in_flight")), partitions: totalOf(of("partitions")),
    paused: [...new Set(of("paused").filter(sample => sample.value > 0).map(sample => sample.dispatcher_reason))],
  };
}

function appRows(up, history) {
  const recent = history.within(RECENT), long = history.within(SPAN);
  const gauges = all(up, "dispatcher_app_in_flight");
  const counted = ["dispatcher_pushes_accepted_total", "dispatcher_pushes_settled_total"].flatMap(metric => all(up, metric));
  const apps = new Set([...gauges, ...counted].map(sample => sample.dispatcher_app).filter(app => app));
  return [...apps].sort().map(app => {
    const of = metric => all(up, metric, sample => sample.dispatcher_app === app);
    const rate = count => recent.seconds ? count / recent.seconds : null;
    const settled = Object.values(long.settled[app] ?? {}).reduce((total, count) => total + count, 0);
    const others = Object.entries(long.settled[app] ?? {}).filter(([outcome]) => outcome !== "accepted").sort((a, b) => b[1] - a[1]);
    return {
      app,
      in: rate(recent.accepted[app] ?? 0),
      out: rate(Object.values(recent.settled[app] ?? {}).reduce((total, count) => total + count, 0)),
      share: settled ? others.reduce((total, [, count]) => total + count, 0) / settled : null,
      outcomes: others.slice(0, 3).map(([outcome, some]) => `${outcome} ${count(some)}`).join(", "),
      inFlight: totalOf(of("dispatcher_app_in_flight")), limit: totalOf(of("dispatcher_app_concurrency_limit")),
      open: of("dispatcher_breaker_open").filter(sample => sample.value > 0).length,
      age: mostOf(of("dispatcher_credential_token_age_seconds")),
      left: of("dispatcher_credential_life_left_seconds").reduce((least, sample) => Math.min(least ?? Infinity, sample.value), null),
    };
  });
}

function instanceRow(instance, history) {
  const points = history.points, isUp = !!instance.metrics;
  return {
    ...instance, flow: isUp ? points[points.length - 1]?.instances?.[instance.id] : null,
    partitions: totalOf(samples(instance, "dispatcher_lane_partitions")), inFlight: totalOf(samples(instance, "dispatcher_lane_in_flight")),
  };
}

function breakerRows(up) {
  const found = all(up, "dispatcher_breaker_open", sample => sample.dispatcher_endpoint !== undefined);
  return [...new Set(found.map(sample => sample.dispatcher_endpoint))].sort().map(name => {
    const same = found.filter(sample => sample.dispatcher_endpoint === name);
    return { name, all: same.length, open: same.filter(sample => sample.value > 0).length };
  });
}

function deadRows(up, history) {
  const found = all(up, "dispatcher_pushes_dead_lettered_total"), recent = history.within(SPAN).dead;
  return [...new Set(found.map(sample => sample.dispatcher_reason))].sort().map(reason => {
    const same = found.filter(sample => sample.dispatcher_reason === reason);
    return { reason, recent: recent[reason] ?? 0, all: totalOf(same), lanes: [...new Set(same.map(sample => sample.dispatcher_lane))].sort() };
  });
}
