// Run by FiguresScriptTests, and by hand: node --test tests/Dispatcher.Api.Tests/Dashboard/figures.test.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const page = process.env.DASHBOARD_PAGE ?? new URL("../../../src/Dispatcher.Api/Dashboard/Page/", import.meta.url);
const load = name => import("data:text/javascript;base64," + readFileSync(new URL(name, page)).toString("base64"));
const { growth, quantile, History, STEP, STALE, SPAN } = await load("figures.js");
const { amount, count, duration, percent } = await load("text.js");

const SETTLED = "dispatcher_pushes_settled_total", ACCEPTED = "dispatcher_pushes_accepted_total";
const worker = (at, value, id = "w1", more = {}) => ({
  id, role: "worker", address: `http://${id}`, at,
  metrics: { [SETTLED]: [{ dispatcher_lane: "apns.urgent", dispatcher_app: "a", dispatcher_outcome: "accepted", value }], ...more },
});
const report = (at, ...instances) => ({ at, left: 0, instances });
const last = history => history.points[history.points.length - 1];

test("a counter's growth is what it grew by, a second", () => {
  assert.deepEqual(growth(worker(0, 10), worker(2000, 30), SETTLED).map(one => [one.value, one.rate]), [[20, 10]]);
});

test("a counter that fell began anew", () => {
  assert.equal(growth(worker(0, 1000), worker(2000, 30), SETTLED)[0].value, 30);
});

test("a counter that was not there before was nothing", () => {
  assert.equal(growth({ ...worker(0, 0), metrics: {} }, worker(2000, 30), SETTLED)[0].value, 30);
});

test("without an earlier look, or with one long ago, nothing is known", () => {
  assert.equal(growth(undefined, worker(2000, 30), SETTLED), null);
  assert.equal(growth(worker(0, 10), worker(STALE + 1, 30), SETTLED), null);
  assert.equal(growth(worker(2000, 10), worker(2000, 30), SETTLED), null);
});

test("quantiles are linear within a bucket", () => {
  assert.equal(quantile(0.5, { "0.1": 50, "0.2": 100, "+Inf": 100 }), 0.1);
  assert.equal(quantile(0.75, { "0.1": 50, "0.2": 100, "+Inf": 100 }).toFixed(6), "0.150000");
  assert.equal(quantile(0.5, { "0.1": 100, "+Inf": 100 }), 0.05);
});

test("quantiles take buckets in any order and with bounds that look like text", () => {
  assert.equal(quantile(0.5, { "+Inf": 4, "10": 4, "2.5": 2 }), 2.5);
});

test("beyond the last bound it is that bound, and of nothing there is none", () => {
  assert.equal(quantile(0.99, { "0.1": 1, "30": 2, "+Inf": 100 }), 30);
  assert.equal(quantile(0.5, { "0.1": 0, "+Inf": 0 }), null);
  assert.equal(quantile(0.5, {}), null);
});

test("workers are added up, each over its own time", () => {
  const history = new History();
  history.add(report(0, worker(0, 0, "w1"), worker(0, 0, "w2")));
  assert.equal(last(history).settled, null);
  history.add(report(2000, worker(2000, 20, "w1"), worker(1000, 20, "w2")));
  assert.equal(last(history).settled, 10 + 20);
});

test("a worker that comes later counts from its second look on", () => {
  const history = new History();
  history.add(report(0, worker(0, 0)));
  history.add(report(2000, worker(2000, 20), worker(2000, 5000, "w2")));
  assert.equal(last(history).settled, 10);
  history.add(report(4000, worker(4000, 40), worker(4000, 5020, "w2")));
  assert.equal(last(history).settled, 20);
});

test("a missing worker stays, with what it was and when it was seen", () => {
  const history = new History();
  history.add(report(0, worker(0, 0)));
  history.add(report(2000, { address: "http://w1", at: 2000, problem: "no connection" }));
  const [one] = history.instances();
  assert.deepEqual([one.id, one.role, one.problem, one.seen, one.metrics], ["w1", "worker", "no connection", 0, undefined]);
  assert.equal(last(history).settled, null);
});

test("a worker whose address is not found any more is said to be gone, and forgotten in the end", () => {
  const history = new History();
  history.add(report(0, worker(0, 0, "w1"), worker(0, 0, "w2")));
  for (let at = STEP; at <= STALE + STEP; at += STEP) history.add(report(at, worker(at, 0, "w1")));
  assert.deepEqual(history.instances().map(one => [one.id, one.problem]), [["w1", undefined], ["w2", "not found any more"]]);
  history.add(report(SPAN + 1, worker(SPAN + 1, 0, "w1")));
  assert.equal(history.instances().length, 1);
});

test("silence is a point without values, and history has an end", () => {
  const history = new History();
  history.add(report(0, worker(0, 0)));
  history.miss(2000);
  assert.equal(last(history).settled, undefined);
  for (let at = STEP; at <= 2 * SPAN; at += STEP) history.add(report(at, worker(at, at)));
  assert.equal(history.points.length, SPAN / STEP + 1);
});

test("two looks within the same second are one", () => {
  const history = new History();
  history.add(report(0, worker(0, 0)));
  history.add(report(0, worker(0, 0)));
  assert.equal(history.points.length, 1);
});

test("what happened lately is counted by app, outcome and reason", () => {
  const dead = value => ({ dispatcher_pushes_dead_lettered_total: [{ dispatcher_lane: "apns.urgent", dispatcher_reason: "exhausted", value }] });
  const api = (at, value) => ({ id: "api", role: "api", address: "this API", at, metrics: { [ACCEPTED]: [{ dispatcher_app: "a", value }] } });
  const history = new History();
  history.add(report(0, api(0, 100), worker(0, 100, "w1", dead(7))));
  history.add(report(2000, api(2000, 130), worker(2000, 120, "w1", dead(9))));
  assert.deepEqual(JSON.parse(JSON.stringify(history.within(SPAN))), { seconds: 2, accepted: { a: 30 }, settled: { a: { accepted: 20 } }, dead: { exhausted: 2 } });
  assert.equal(last(history).accepted, 15);
});

test("backlog is lag and what is delayed, and the oldest push of any worker counts", () => {
  const load = (lag, oldest) => ({
    dispatcher_lane_lag: [{ dispatcher_lane: "fcm.bulk", value: lag }], dispatcher_lane_delayed: [{ dispatcher_lane: "fcm.bulk", value: 1 }],
    dispatcher_lane_oldest_unsettled_seconds: [{ dispatcher_lane: "fcm.bulk", value: oldest }],
  });
  const history = new History();
  history.add(report(0, worker(0, 0, "w1", load(10, 3)), worker(0, 0, "w2", load(20, 9))));
  assert.deepEqual([last(history).backlog["fcm.bulk"], last(history).oldest["fcm.bulk"]], [32, 9]);
  assert.deepEqual([last(history).backlog["apns.bulk"], last(history).oldest["apns.bulk"]], [null, null]);
});

test("names that look like something else are names", () => {
  const strange = ["__proto__", "constructor", "toString"];
  const look = (at, value) => report(at, { id: "w", role: "worker", address: "w", at, metrics: {
    [SETTLED]: strange.map(app => ({ dispatcher_lane: "apns.urgent", dispatcher_app: app, dispatcher_outcome: "accepted", value })) } });
  const history = new History();
  history.add(look(0, 0));
  history.add(look(2000, 4));
  const { settled } = history.within(SPAN);
  assert.deepEqual(strange.map(app => settled[app]?.accepted), [4, 4, 4]);
});

test("figures keep their width", () => {
  assert.deepEqual([0, 0.424, 7.5, 83.14, 912.4, 9120, 12345, 4560000, null].map(amount), ["0", "0.42", "7.50", "83.1", "912", "9120", "12.3k", "4.56M", "–"]);
  assert.deepEqual([0, 42, 9120, 12345, undefined].map(count), ["0", "42", "9,120", "12.3k", "–"]);
  assert.deepEqual([0, 0.0042, 0.083, 1.32, 42.04, 252, 11160, 1e6].map(duration), ["0 s", "4.20 ms", "83.0 ms", "1.32 s", "42.0 s", "4.2 min", "3.1 h", "12 d"]);
  assert.deepEqual([0, 0.00001, 0.034, 0.42, null].map(percent), ["0 %", "<0.01 %", "3.40 %", "42.0 %", "–"]);
});
