// What the page computes from one look at the instances after another: rates, quantiles, a history. No DOM in here.

export const STEP = 2_000; // ms from look to look
export const SPAN = 600_000; // ms of history that are kept
export const STALE = 15_000; // ms; what grew over a longer pause says nothing about a moment

export const LANES = ["apns.urgent", "apns.bulk", "fcm.urgent", "fcm.bulk"];
const REPORTED = ["rejected", "unregistered", "expired"]; // outcomes with a line of their own

const METRIC = {
  accepted: "dispatcher_pushes_accepted_total",
  settled: "dispatcher_pushes_settled_total",
  dead: "dispatcher_pushes_dead_lettered_total",
  delayed: "dispatcher_pushes_delayed_total",
  latency: "dispatcher_attempt_duration_seconds_bucket",
  age: "dispatcher_push_age_seconds_bucket",
  requests: "http_server_request_duration_seconds_count",
};

const labelsOf = sample => Object.entries(sample).filter(([name]) => name !== "value").map(pair => pair.join("=")).join(" ");

export const samples = (instance, metric) => instance.metrics?.[metric] ?? [];

export const sum = (all, select = one => one) => all.reduce((total, one) => total + select(one), 0);

// How much each counter of a process grew between two looks at it; nothing where that cannot be said. A counter that
// fell began anew at 0, and one that was not there before was 0.
export function growth(before, now, metric) {
  if (!before || !now.metrics || now.at <= before.at || now.at - before.at > STALE) return null;
  const old = new Map(samples(before, metric).map(sample => [labelsOf(sample), sample.value]));
  const seconds = (now.at - before.at) / 1000;
  return samples(now, metric).map(sample => {
    const was = old.get(labelsOf(sample)) ?? 0;
    const count = sample.value >= was ? sample.value - was : sample.value;
    return { ...sample, value: count, rate: count / seconds };
  });
}

// The value below which a share of what was observed lies, from cumulative buckets { le: count }; linear within a bucket,
// as Prometheus has it. Nothing when nothing was observed; beyond the last bound, that bound.
export function quantile(share, buckets) {
  const bounds = Object.entries(buckets).map(([le, count]) => [le === "+Inf" ? Infinity : Number(le), count]).sort((a, b) => a[0] - b[0]);
  const total = bounds.length ? bounds[bounds.length - 1][1] : 0;
  if (!(total > 0) || bounds[bounds.length - 1][0] !== Infinity) return null;
  const rank = share * total;
  let lower = 0, below = 0;
  for (const [upper, count] of bounds) {
    if (count >= rank && count > below) return upper === Infinity ? lower : lower + (upper - lower) * (rank - below) / (count - below);
    if (upper !== Infinity) lower = upper;
    below = Math.max(below, count);
  }
  return lower;
}

function quantiles(grown, isOf) {
  const buckets = {};
  for (const sample of grown.filter(isOf)) buckets[sample.le] = (buckets[sample.le] ?? 0) + sample.value;
  return { p50: quantile(0.5, buckets), p99: quantile(0.99, buckets) };
}

// The sum or the largest of a gauge over all processes that have it.
function gauge(instances, metric, isOf, combine) {
  const values = instances.flatMap(instance => samples(instance, metric)).filter(isOf).map(sample => sample.value);
  return values.length ? combine(values) : null;
}

const most = values => values.reduce((largest, value) => Math.max(largest, value), -Infinity);
const total = values => sum(values);
const plus = (one, other) => one === null && other === null ? null : (one ?? 0) + (other ?? 0);
const byLane = read => Object.fromEntries(LANES.map(lane => [lane, read(sample => sample.dispatcher_lane === lane)]));

export class History {
  points = []; // oldest first
  #last = new Map(); // process id → the last look at it
  #seen = new Map(); // process id → what is known of it, for when it is missing
  #report = { at: 0, left: 0, instances: [] };

  // Takes a look at all instances.
  add(report) {
    const up = report.instances.filter(instance => instance.metrics);
    const grown = Object.fromEntries(Object.entries(METRIC).map(([name, metric]) => {
      const parts = up.map(instance => growth(this.#last.get(instance.id), instance, metric)).filter(part => part);
      return [name, parts.length ? parts.flat() : null];
    }));
    const apis = up.some(instance => instance.role === "api" && this.#last.has(instance.id));
    const workers = up.some(instance => instance.role === "worker" && this.#last.has(instance.id));
    const rate = (name, isOf, isKnown) => grown[name] && isKnown ? sum(grown[name].filter(isOf), sample => sample.rate) : null;
    const outcome = is => rate("settled", sample => is(sample.dispatcher_outcome), workers);
    const klass = name => quantiles(grown.age ?? [], sample => (sample.dispatcher_lane ?? "").endsWith(name));
    const provider = name => quantiles(grown.latency ?? [], sample => sample.dispatcher_provider === name);
    this.#push({
      at: report.at,
      missing: report.instances.length - up.length,
      accepted: rate("accepted", () => true, apis),
      settled: rate("settled", () => true, workers),
      outcomes: {
        ...Object.fromEntries(REPORTED.map(name => [name, outcome(word => word === name)])),
        other: outcome(word => word !== "accepted" && !REPORTED.includes(word)),
        delayed: rate("delayed", () => true, workers),
      },
      latency: { apns: provider("apns"), fcm: provider("fcm") },
      age: { urgent: klass(".urgent"), bulk: klass(".bulk") },
      oldest: byLane(isOf => gauge(up, "dispatcher_lane_oldest_unsettled_seconds", isOf, most)),
      backlog: byLane(isOf => plus(gauge(up, "dispatcher_lane_lag", isOf, total), gauge(up, "dispatcher_lane_delayed", isOf, total))),
      counts: counts(grown),
      instances: Object.fromEntries(up.map(instance => [instance.id, flow(instance, this.#last.get(instance.id))])),
    });
    for (const instance of up) {
      this.#last.set(instance.id, instance);
      this.#seen.set(instance.id, { ...instance, metrics: undefined, seen: instance.at });
    }
    for (const [id, instance] of this.#seen) if (report.at - instance.seen > SPAN) { this.#seen.delete(id); this.#last.delete(id); }
    this.#report = report;
  }

  // Nobody answered: a gap.
  miss(at) {
    if (this.points.length) this.#push({ at, missing: 0 });
  }

  // The last look.
  get report() { return this.#report; }

  // Processes as the last look found them, and those that have gone since: { id, role, version, address, seen, problem, metrics }.
  instances() {
    const found = this.#report.instances.map(instance => {
      if (instance.metrics) return { ...instance, seen: instance.at };
      const was = [...this.#seen.values()].filter(seen => seen.address === instance.address).sort((a, b) => b.seen - a.seen)[0];
      return { ...was, ...instance, id: was?.id ?? instance.address };
    });
    const known = new Set(found.map(instance => instance.id));
    const addresses = new Set(found.map(instance => instance.address));
    const gone = [...this.#seen.values()].filter(seen =>
      !known.has(seen.id) && !addresses.has(seen.address) && this.#report.at - seen.seen > STALE);
    return [...found, ...gone.map(seen => ({ ...seen, problem: "not found any more" }))]
      .sort((a, b) => (a.role ?? "~").localeCompare(b.role ?? "~") || String(a.id).localeCompare(String(b.id)));
  }

  // What was counted within the last milliseconds: { seconds, accepted: { app: n }, settled: { app: { outcome: n } }, dead: { reason: n } }.
  within(milliseconds) {
    const end = this.points[this.points.length - 1]?.at ?? 0;
    const some = this.points.filter((point, i) => i > 0 && point.at > end - milliseconds && point.counts);
    const none = () => Object.create(null); // an app may be called __proto__
    const all = { seconds: 0, accepted: none(), settled: none(), dead: none() };
    for (const point of some) {
      all.seconds += point.seconds;
      for (const [app, count] of point.counts.accepted) all.accepted[app] = (all.accepted[app] ?? 0) + count;
      for (const [app, outcome, count] of point.counts.settled) (all.settled[app] ??= none())[outcome] = (all.settled[app][outcome] ?? 0) + count;
      for (const [reason, count] of point.counts.dead) all.dead[reason] = (all.dead[reason] ?? 0) + count;
    }
    return all;
  }

  #push(point) {
    const before = this.points[this.points.length - 1];
    if (before && point.at <= before.at) return; // two looks within the same second are one
    point.seconds = before ? Math.min(point.at - before.at, STALE) / 1000 : 0;
    this.points.push(point);
    while (this.points[0].at < point.at - SPAN) this.points.shift();
  }
}

// Only what grew, in short rows: a history of it is kept.
function counts(grown) {
  const some = name => (grown[name] ?? []).filter(sample => sample.value > 0);
  return {
    accepted: some("accepted").map(sample => [sample.dispatcher_app ?? "", sample.value]),
    settled: some("settled").map(sample => [sample.dispatcher_app ?? "", sample.dispatcher_outcome, sample.value]),
    dead: some("dead").map(sample => [sample.dispatcher_reason, sample.value]),
  };
}

// What a process does a second: a worker settles, an API answers requests for pushes.
function flow(instance, before) {
  const rate = (metric, isOf = () => true) => {
    const grown = growth(before, instance, metric);
    return grown ? sum(grown.filter(isOf), sample => sample.rate) : null;
  };
  const isPush = sample => (sample.http_route ?? "").startsWith("/push");
  return {
    pushes: rate(instance.role === "api" ? METRIC.accepted : METRIC.settled),
    requests: instance.role === "api" ? rate(METRIC.requests, isPush) : null,
    failed: instance.role === "api" ? rate(METRIC.requests, sample => isPush(sample) && sample.http_response_status_code >= "500") : null,
  };
}
