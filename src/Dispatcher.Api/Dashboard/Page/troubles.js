// What is wrong now, worst first, in words: [{ tone: "bad" or "warn", text }].
import { LANES, samples, sum } from "./figures.js";
import { clock, count, duration } from "./text.js";

const LATE = 60; // seconds that an urgent push may wait before this page speaks of it; alerts have their own
const ROLES = { api: "API", worker: "Worker" };
const ENDS_SOON = 14 * 86_400; // seconds

// Why partitions are not fetched from; who shuts down or reads back what came before is all right.
export const PAUSES = {
  window: ["bad", "one push in flight holds up a whole window of later ones"],
  unreadable: ["bad", "a batch cannot be read, and going on would skip it"],
  full: ["warn", "its queue has been full for long"],
  drain: ["", "a worker shuts down"],
  tail: ["", "what came before is read back"],
};

export function troubles(history) {
  const found = [];
  const bad = text => found.push({ tone: "bad", text });
  const warn = text => found.push({ tone: "warn", text });
  const instances = history.instances();
  const workers = instances.filter(instance => instance.role === "worker" && instance.metrics);

  for (const instance of instances.filter(one => one.problem)) {
    const seen = instance.seen ? `, last seen ${clock(instance.seen)}` : "";
    bad(`${ROLES[instance.role] ?? "Instance"} ${instance.address} is missing: ${instance.problem}${seen}. Sums are without it.`);
  }
  if (!instances.some(instance => instance.role === "worker"))
    warn("No worker is known: give their URLs as Dashboard:Instances.");
  for (const [key, open] of openBreakers(workers)) bad(`The breaker of ${key} is open on ${open} of ${workers.length} workers.`);
  for (const lane of LANES) {
    const of = metric => workers.flatMap(worker => samples(worker, metric)).filter(sample => sample.dispatcher_lane === lane);
    for (const reason of new Set(of("dispatcher_lane_paused").filter(sample => sample.value > 0).map(sample => sample.dispatcher_reason))) {
      const [tone, words] = PAUSES[reason] ?? ["bad", reason];
      if (tone) (tone === "bad" ? bad : warn)(`${lane} is paused: ${words}.`);
    }
    if (workers.length && !sum(of("dispatcher_lane_partitions"), sample => sample.value)) bad(`${lane} has no worker: no partition is assigned to any.`);
    const oldest = Math.max(0, ...of("dispatcher_lane_oldest_unsettled_seconds").map(sample => sample.value));
    if (lane.endsWith(".urgent") && oldest > LATE) warn(`${lane} is late: its oldest push waits for ${duration(oldest)}.`);
  }
  const ends = new Map();
  for (const sample of workers.flatMap(worker => samples(worker, "dispatcher_credential_life_left_seconds")))
    if (sample.value < ENDS_SOON) ends.set(sample.dispatcher_app, Math.min(sample.value, ends.get(sample.dispatcher_app) ?? Infinity));
  for (const [app, left] of ends) (left > 0 ? warn : bad)(left > 0 ? `The certificate of ${app} ends in ${duration(left)}.` : `The certificate of ${app} has ended.`);
  if (history.report.left > 0) warn(`${count(history.report.left)} more instances were found and not asked.`);
  return found.sort((one, other) => one.tone.localeCompare(other.tone));
}

function openBreakers(workers) {
  const open = new Map();
  for (const sample of workers.flatMap(worker => samples(worker, "dispatcher_breaker_open"))) {
    const key = sample.dispatcher_app !== undefined ? `app ${sample.dispatcher_app}` : `endpoint ${sample.dispatcher_endpoint}`;
    if (sample.value > 0) open.set(key, (open.get(key) ?? 0) + 1);
  }
  return open;
}
