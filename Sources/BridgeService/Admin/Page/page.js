"use strict";
// Draws the status that /events tells. Unknown is drawn as "unknown", never as 0. Texts are set, never parsed as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const MINUTES = 10;
  const SILENCE = 5000;

  // Writing

  const isKnown = (value) => value !== null && value !== undefined;

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (isKnown(text)) element.textContent = text;
    return element;
  }

  // Only what changed is written: what somebody has selected or reads stays.
  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function mark(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function count(value) {
    return isKnown(value) ? value.toLocaleString("en") : null;
  }

  function rate(value) {
    if (!isKnown(value)) return null;
    return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
  }

  function duration(seconds) {
    if (!isKnown(seconds)) return null;
    // The words of `loops-bridge status`.
    if (seconds < 1) return seconds === 0 ? "0 s" : "< 1 s";
    if (seconds < 120) return `${Math.round(seconds)} s`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
    return `${Math.round(seconds / 86400)} days`;
  }

  // The form that reasons, logs and pauses have.
  function clock(seconds) {
    return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
  }

  function figure(id, text, unit) {
    const element = byId(id);
    if (element.dataset.text === `${text} ${unit}`) return;
    element.dataset.text = `${text} ${unit}`;
    if (!isKnown(text)) {
      element.replaceChildren(make("span", "unknown", "unknown"));
    } else {
      element.replaceChildren(text, ...(unit ? [make("span", "unit", unit)] : []));
    }
  }

  // A table's rows, kept where they are and written over. A cell: [label, text, class]; its first is the row's heading.
  function rows(body, list) {
    while (body.rows.length > list.length) body.deleteRow(-1);
    list.forEach((cells, index) => {
      const row = body.rows[index] || body.insertRow();
      mark(row, "role", "row");
      cells.forEach(([label, text, className], column) => {
        let cell = row.cells[column];
        if (!cell) {
          cell = row.appendChild(document.createElement(column === 0 ? "th" : "td"));
          mark(cell, "role", column === 0 ? "rowheader" : "cell");
          if (column === 0) cell.scope = "row"; else cell.dataset.label = label;
          cell.appendChild(document.createElement("span"));
        }
        const isTag = (className || "").startsWith("tag");
        const inner = cell.firstChild;
        const wanted = isKnown(text) ? text : "unknown";
        const innerClass = isTag ? className : isKnown(text) ? "" : "unknown";
        if (inner.className !== innerClass) inner.className = innerClass;
        const cellClass = isTag ? "" : className || "";
        if (cell.className !== cellClass) cell.className = cellClass;
        write(inner, wanted);
      });
    });
  }

  // State

  const SIGNS = {
    healthy: ["M16 3a13 13 0 1 0 0 26a13 13 0 1 0 0-26", "M10 16.5l4.2 4.2L22 12.5"],
    degraded: ["M16 4L30 28H2Z", "M16 13v7", "M16 24v.2"],
    blocked: ["M11 3h10l8 8v10l-8 8H11l-8-8V11Z", "M16 9v9", "M16 22.6v.2"],
    paused: ["M16 3a13 13 0 1 0 0 26a13 13 0 1 0 0-26", "M12.5 11v10", "M19.5 11v10"],
    shuttingDown: ["M16 3a13 13 0 1 0 0 26a13 13 0 1 0 0-26", "M12 12h8v8h-8Z"],
    lost: ["M16 3a13 13 0 1 0 0 26a13 13 0 1 0 0-26", "M11 11l10 10", "M21 11L11 21"],
    unknown: ["M16 3a13 13 0 1 0 0 26a13 13 0 1 0 0-26", "M10.5 16h.2", "M16 16h.2", "M21.5 16h.2"],
  };
  const TITLES = {
    healthy: "Healthy", degraded: "Degraded", blocked: "Blocked", paused: "Paused", shuttingDown: "Shutting down",
    lost: "Connection lost", unknown: "Connecting",
  };

  function showState(state, why) {
    const known = SIGNS[state] ? state : "unknown";
    write(byId("state-title"), TITLES[known]);
    write(byId("state-why"), why);
    if (document.body.dataset.state !== known) {
      document.body.dataset.state = known;
      byId("sign").replaceChildren();
    }
    if (!byId("sign").hasChildNodes()) {
      for (const shape of SIGNS[known]) {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("d", shape);
        byId("sign").append(path);
      }
    }
    const title = known === "healthy" ? "loops-bridge" : `${TITLES[known]} – loops-bridge`;
    if (document.title !== title) {
      document.title = title;
      showIcon(known);
    }
  }

  // The sign of the state in the tab: its form tells it as well as its colour.
  const COLOURS = { healthy: "#4c63d9", degraded: "#b87400", blocked: "#c8322a", paused: "#34558f", shuttingDown: "#545c68", lost: "#8a8f98", unknown: "#8a8f98" };
  const LOGO = ["M3 23C8 5 24 5 29 23", "M2 23h28M10 23v-9M16 23V10M22 23v-9"];

  function showIcon(state) {
    const shapes = (state === "healthy" ? LOGO : SIGNS[state]).map((shape) => `<path d='${shape}'/>`).join("");
    const picture = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><g fill='none' stroke='${COLOURS[state]}' stroke-width='3' stroke-linecap='round' stroke-linejoin='round'>${shapes}</g></svg>`;
    mark(document.querySelector("link[rel=icon]"), "href", `data:image/svg+xml,${encodeURIComponent(picture)}`);
  }

  // The clock of the day, in UTC; with the day where that is another one.
  function since(seconds, now) {
    const text = clock(seconds);
    const day = text.slice(0, 10) === clock(now).slice(0, 10) ? "" : `${text.slice(0, 10)} `;
    return `since ${day}${text.slice(11, 19)}, ${duration(Math.max(0, now - seconds))} ago`;
  }

  const CHECKS = { redis: "Redis", group: "consumer group", apiKey: "API key", address: "Loops' address", running: "running" };

  function showHealth(status) {
    const { state, reasons } = status.health;
    const well = "Events are carried to Loops in order, and nothing stands in the way.";
    // As they are, a line each: a reason may begin with a stream's name, and end as Loops or Redis ended it.
    showState(state, reasons.length ? reasons.join("\n") : well);
    write(byId("state-since"), isKnown(status.health.since) ? since(status.health.since, status.now) : "");
    const { advice } = status.health;
    byId("advice").hidden = !isKnown(advice);
    if (isKnown(advice)) {
      write(byId("advice-action"), advice.action);
      write(byId("advice-document"), advice.section);
      mark(byId("advice-document"), "href", `runbook#${encodeURIComponent(advice.section.toLowerCase())}`);
    }
    order(state !== "healthy" && status.failures.length > 0);
    const next = status.delivery.nextTrySeconds;
    byId("next-try").hidden = !isKnown(next);
    write(byId("next-try"), isKnown(next) ? `Next try in ${duration(Math.ceil(next))}` : "");
    const list = byId("checks");
    while (list.children.length > status.checks.length) list.lastChild.remove();
    status.checks.forEach((check, index) => {
      const item = list.children[index] || list.appendChild(make("li"));
      item.className = check.ok ? "" : "failed";
      write(item, `${check.ok ? "✓" : "✗"} ${CHECKS[check.name] || check.name}${check.ok ? "" : " fails"}`);
    });
  }

  // When something is wrong, what failed comes first. Whoever stands on one of these keeps the place.
  function order(areFailuresFirst) {
    const view = byId("view-overview");
    if (view.dataset.order === String(areFailuresFirst) || view.contains(document.activeElement)) return;
    view.dataset.order = String(areFailuresFirst);
    if (areFailuresFirst) view.prepend(byId("failures-pair")); else byId("settings-box").before(byId("failures-pair"));
  }

  // Figures

  function showFigures(status) {
    const { delivery, backlog, completed } = status;
    figure("requests", rate(delivery.requestsPerSecond), "/s");
    const share = isKnown(delivery.limit) && isKnown(delivery.requestsPerSecond) && delivery.limit > 0
      ? Math.min(100, Math.round((delivery.requestsPerSecond / delivery.limit) * 100)) : null;
    const meter = byId("budget");
    // A meter has a value: without one there is none to be seen.
    meter.hidden = !isKnown(share);
    if (isKnown(share)) {
      meter.firstElementChild.style.width = `${share}%`;
      mark(meter, "aria-valuenow", String(share));
      mark(meter, "aria-valuetext", `${share} % of the budget`);
    }
    const replicas = Math.max(...status.streams.map((stream) => stream.members), 0);
    const notes = [isKnown(delivery.limit)
      ? `${isKnown(share) ? `${share} %` : "unknown share"} of the ${replicas > 1 ? "team’s " : ""}budget of ${rate(delivery.limit).replace(/\.0$/, "")}/s`
      : "no budget known or set"];
    if (replicas > 1) notes.push("this replica alone");
    if (isKnown(delivery.effectiveRate) && isKnown(delivery.limit) && delivery.effectiveRate < delivery.limit * 0.9) notes.push(delivery.effectiveRate > 0 ? `slowed to ${rate(delivery.effectiveRate)}/s` : "all replicas pause");
    write(byId("budget-note"), notes.join(" · "));

    figure("ends", rate(backlog.completionsPerSecond), "/s");
    const ends = [`${count(completed.delivered)} delivered`, `${count(completed.ignored)} ignored`];
    if (completed.deleted) ends.push(`${count(completed.deleted)} deleted at Loops`);
    if (completed.expired) ends.push(`${count(completed.expired)} expired`);
    ends.push(`${count(completed.deadLettered)} dead-lettered`);
    if (completed.lost) ends.push(`${count(completed.lost)} lost`);
    write(byId("ends-note"), `${ends.join(" · ")}, by this replica since it began`);

    figure("oldest", duration(backlog.oldestSeconds));
    write(byId("oldest-note"), delivery.contactsInBackoff
      ? `${count(delivery.contactsInBackoff)} ${delivery.contactsInBackoff === 1 ? "contact waits" : "contacts wait"} for a retry`
      : backlog.waiting === 0 ? "nothing waits" : isKnown(backlog.oldestSeconds) ? "since it was added; no contact waits for a retry"
      : "no contact waits for a retry");

    figure("waiting", count(backlog.waiting));
    write(byId("catch-up"), backlog.waiting === 0 ? "caught up"
      : isKnown(backlog.catchUpSeconds) ? `caught up in about ${duration(backlog.catchUpSeconds)} if no more come`
      : "catch-up time unknown");
  }

  // The last minutes, drawn

  let samples = [];
  const COLUMNS = { at: 0, completionsPerSecond: 1, requestsPerSecond: 2, waiting: 3, oldestSeconds: 4, state: 5 };
  const BANDS = { blocked: "blocked", paused: "paused" };
  let intervalSeconds = 2;

  // A bridge that was started anew begins its history anew; what this page has seen before stays.
  function takeHistory(history) {
    intervalSeconds = history.intervalSeconds;
    const first = history.samples.length ? history.samples[0][0] : Infinity;
    samples = samples.filter((sample) => sample[0] < first).concat(history.samples);
  }

  function takeSample(sample) {
    if (!sample) return;
    if (!samples.length || sample[0] > samples[samples.length - 1][0]) samples.push(sample);
    const oldest = sample[0] - MINUTES * 60;
    while (samples.length && samples[0][0] < oldest) samples.shift();
  }

  function spark(id, column, label, text, limit) {
    const svg = byId(id);
    const end = samples.length ? samples[samples.length - 1][0] : 0;
    const known = samples.map((sample) => sample[column]).filter(isKnown);
    const most = Math.max(limit || 0, ...known) || 1;
    // What a young bridge has fills the width once it is a minute long, and begins further right until then. The label says how long the width is.
    const span = Math.min(MINUTES * 60, Math.max(60, samples.length ? end - samples[0][0] : 0));
    const x = (at) => 600 * (1 - (end - at) / span);
    const y = (value) => 97 - 86 * (value / most);
    // Where nothing is known, the line has a gap.
    const runs = [];
    let last = -Infinity;
    for (const sample of samples) {
      if (!isKnown(sample[column])) continue;
      if (sample[0] - last > intervalSeconds * 3) runs.push([]);
      last = sample[0];
      runs[runs.length - 1].push(`${x(sample[0]).toFixed(1)} ${y(sample[column]).toFixed(1)}`);
    }
    const lines = runs.map((run) => `M${run.join("L")}`).join("");
    const areas = runs.map((run) => `M${run[0].split(" ")[0]} 100L${run.join("L")}L${run[run.length - 1].split(" ")[0]} 100Z`).join("");
    const bands = {};
    samples.forEach((sample, index) => {
      const band = BANDS[sample[COLUMNS.state]];
      if (!band) return;
      const until = index + 1 < samples.length ? Math.min(samples[index + 1][0], sample[0] + intervalSeconds * 3) : end;
      bands[band] = `${bands[band] || ""}M${x(sample[0]).toFixed(1)} 0H${x(until).toFixed(1)}V100H${x(sample[0]).toFixed(1)}Z`;
    });
    const shapes = [["band blocked", bands.blocked || ""], ["band paused", bands.paused || ""], ["area", areas], ["line", lines]];
    if (limit) shapes.push(["limit", `M0 ${y(limit).toFixed(1)}H600`]);
    shapes.forEach(([name, shape], index) => {
      const path = svg.children[index] || svg.appendChild(document.createElementNS(SVG, "path"));
      mark(path, "class", name);
      mark(path, "d", shape);
    });
    while (svg.children.length > shapes.length) svg.lastChild.remove();
    const range = known.length ? `from ${text(Math.min(...known))} to ${text(Math.max(...known))}` : "unknown";
    const stops = Object.keys(bands).length ? `; ${Object.keys(bands).join(" and ")} at times` : "";
    mark(svg, "aria-label", `${label}, last ${duration(span)}: ${range}${stops}`);
    const axes = svg.nextElementSibling;
    write(axes.querySelector(".most"), known.length ? text(most) : "");
    write(axes.querySelector(".from"), `−${duration(Math.round(span / 60) * 60)}`);
    charts.set(svg, { column, text, end, span });
    point(svg);
  }

  // The value under the pointer, or at the place that the arrow keys have come to.

  const charts = new Map();
  const pointed = new Map();

  function point(svg) {
    const [chart, place, said] = [charts.get(svg), pointed.get(svg), svg.parentElement.querySelector(".value")];
    const line = svg.parentElement.querySelector(".pointer");
    const isPointed = isKnown(place) && chart && samples.length > 0;
    said.hidden = line.hidden = !isPointed;
    if (!isPointed) return;
    const at = chart.end - (1 - place) * chart.span;
    const nearest = samples.reduce((best, sample) => Math.abs(sample[0] - at) < Math.abs(best[0] - at) ? sample : best);
    const share = Math.min(1, Math.max(0, 1 - (chart.end - nearest[0]) / chart.span));
    line.style.left = `${(share * 100).toFixed(2)}%`;
    const value = isKnown(nearest[chart.column]) ? chart.text(nearest[chart.column]) : "unknown";
    const state = BANDS[nearest[COLUMNS.state]];
    write(said, `${clock(nearest[0]).slice(11, 19)}: ${value}${state ? `, ${state}` : ""}`);
  }

  for (const svg of document.querySelectorAll(".spark")) {
    const set = (place) => {
      pointed.set(svg, place);
      point(svg);
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      set(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    });
    svg.addEventListener("pointerleave", () => { if (document.activeElement !== svg) set(null); });
    svg.addEventListener("focus", () => set(1));
    svg.addEventListener("blur", () => set(null));
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const chart = charts.get(svg);
      if (!step || !chart) return;
      event.preventDefault();
      const place = isKnown(pointed.get(svg)) ? pointed.get(svg) : 1;
      set(Math.min(1, Math.max(0, place + (step * intervalSeconds) / chart.span)));
    });
  }

  function drawHistory(status) {
    spark("requests-spark", COLUMNS.requestsPerSecond, "Requests a second of this replica", rate, status.delivery.limit);
    spark("ends-spark", COLUMNS.completionsPerSecond, "Events a second that this replica finished", rate);
    spark("oldest-spark", COLUMNS.oldestSeconds, "Age of the oldest waiting event", duration);
    spark("waiting-spark", COLUMNS.waiting, "Events waiting", count);
  }

  // Streams and partitions

  function streamState(stream, health, isDrained) {
    if (stream.error) return [stream.error, "tag bad fault"];
    if (stream.paused) return ["paused", "tag calm"];
    if (health.state === "blocked") return ["blocked", "tag bad"];
    if (isKnown(stream.stillSeconds) && stream.stillSeconds >= 10) return ["stands still", "tag warn"];
    // Nobody has told this replica how the stream stands: it may be paused.
    if (!isKnown(stream.partitions.unassigned)) return isDrained ? ["drained", "tag calm"] : ["unknown", "tag"];
    if (stream.partitions.unassigned) return ["partitions without an owner", "tag warn"];
    if (isKnown(stream.secondsUntilTrimLoss) && stream.secondsUntilTrimLoss < 3600) return ["trimming is near", "tag warn"];
    return ["carried", "tag good"];
  }

  function showStreams({ streams, health, drained }) {
    rows(byId("streams"), streams.map((stream) => [
      ["Stream", stream.name],
      ["State", ...streamState(stream, health, drained)],
      ["Weight", count(stream.weight), "number"],
      ["Lag", count(stream.lag), "number"],
      ["Pending", count(stream.pending), "number"],
      ["In memory", count(stream.buffered), "number"],
      ["Oldest", duration(stream.pending > 0 ? stream.oldestUnackedSeconds : stream.pending === 0 && stream.lag === 0 ? 0 : null), "number"],
      ["Finished", isKnown(stream.completionsPerSecond) ? `${rate(stream.completionsPerSecond)}/s` : null, "number"],
      ["Catch-up", duration(stream.catchUpSeconds), "number"],
      ["Dead letters", count(stream.deadLetters), stream.deadLetters ? "number red" : "number"],
    ]));
  }

  function ranges(partitions) {
    const runs = [];
    for (const partition of partitions) {
      const run = runs[runs.length - 1];
      if (run && run[1] === partition - 1) run[1] = partition; else runs.push([partition, partition]);
    }
    return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
  }

  function showPartitions(streams) {
    const box = byId("partitions");
    const seen = JSON.stringify(streams.map((stream) => [stream.name, stream.partitions, stream.replicas]));
    if (box.dataset.seen === seen) return;
    box.dataset.seen = seen;
    box.replaceChildren(...streams.map(partitionGroup));
  }

  function partitionGroup(stream) {
    const owner = new Map();
    stream.replicas.forEach((replica, index) => replica.partitions.forEach((partition) => owner.set(partition, index)));
    const group = make("div", "group");
    group.append(make("h3", "", stream.name));
    const strip = make("div", "total");
    const isOpen = stream.partitions.unassigned === null;
    // One bar for each replica, on the same scale: who has more or less than the others is seen at once.
    const most = Math.max(1, stream.partitions.unassigned || 0, ...stream.replicas.map((replica) => replica.partitions.length));
    write(strip, `${count(stream.partitions.total)} partitions`);
    group.append(strip);
    const owners = make("ul", "owners");
    const bar = (number, className) => {
      const track = make("div", "meter");
      track.setAttribute("aria-hidden", "true");
      const fill = make("span", className);
      fill.style.width = `${(100 * number) / most}%`;
      track.append(fill);
      return track;
    };
    stream.replicas.forEach((replica) => {
      const item = make("li");
      const mine = replica.self ? " (this replica)" : "";
      const number = replica.partitions.length;
      const text = make("span", "", `${replica.name}${mine} `);
      text.append(make("span", "ranges", number ? `${number} ${number === 1 ? "partition" : "partitions"}: ${ranges(replica.partitions)}` : "owns nothing"));
      item.append(text, bar(number, ""));
      owners.append(item);
    });
    if (isOpen) owners.append(make("li", "unknown", "owners unknown"));
    if (stream.partitions.unassigned) {
      const item = make("li");
      const free = Array.from({ length: stream.partitions.total }, (_, partition) => partition).filter((partition) => !owner.has(partition));
      item.append(make("span", "red", `no owner: ${ranges(free)}`), bar(free.length, "none"));
      owners.append(item);
    }
    group.append(owners);
    return group;
  }

  // Failures, dead letters, settings

  // Of the whole group; null where one stream's number is unknown.
  function deadLetters(status) {
    // One dead-letter stream for all is counted once.
    const isShared = status.settings.some((setting) => setting.key === "bridge.deadLetterStream" && setting.value);
    const numbers = status.streams.map((stream) => stream.deadLetters);
    if (numbers.some((number) => !isKnown(number))) return null;
    return isShared ? Math.max(0, ...numbers) : numbers.reduce((sum, number) => sum + number, 0);
  }

  function showFailures(status) {
    byId("no-failures").hidden = status.failures.length > 0;
    byId("failures-box").hidden = status.failures.length === 0;
    rows(byId("failures"), status.failures.map((failure) => [
      ["Last seen", `${duration(Math.max(0, status.now - failure.lastSeenAt))} ago`],
      ["What", failure.type === "deadLetter" ? "dead letter" : "retry", failure.type === "deadLetter" ? "tag bad" : "tag warn"],
      ["Reason", failure.reason],
      ["Status", isKnown(failure.status) ? String(failure.status) : "none", "number"],
      ["Times", count(failure.count), "number"],
      ["Contact", isKnown(failure.contactHash) ? `${failure.contactHash}${failure.contacts > 1 ? ` and ${count(failure.contacts - 1)} more` : ""}` : "all"],
    ]));
    const reasons = Object.entries(status.deadLetterReasons).sort((a, b) => b[1] - a[1]);
    const total = deadLetters(status);
    write(byId("dead-total"), !isKnown(total) ? "How many there are is unknown"
      : total === 0 ? "None are there" : `${count(total)} ${total === 1 ? "is" : "are"} there, of all replicas and times`);
    byId("dead-total").className = total > 0 ? "caption red" : "caption";
    byId("no-dead").hidden = reasons.length > 0;
    const seen = JSON.stringify(reasons);
    if (byId("dead").dataset.seen === seen) return;
    byId("dead").dataset.seen = seen;
    const most = Math.max(1, ...reasons.map(([, number]) => number));
    byId("dead").replaceChildren(...reasons.map(([reason, number]) => {
      const item = make("div");
      const bar = make("dd", "meter");
      bar.setAttribute("aria-hidden", "true");
      bar.append(make("span"));
      bar.firstChild.style.width = `${(100 * number) / most}%`;
      item.append(make("dt", "", reason), make("dd", "", count(number)), bar);
      return item;
    }));
  }

  function showSettings(settings) {
    // Those that somebody has set come first.
    const changed = settings.filter((setting) => setting.source !== "default");
    write(byId("settings-title"), `Settings in force, ${count(changed.length)} of them set`);
    rows(byId("settings"), changed.concat(settings.filter((setting) => setting.source === "default")).map((setting) => [
      ["Setting", setting.key],
      ["Value", setting.value === "" ? "not set" : setting.value, "words"],
      ["From", setting.source, setting.source === "default" ? "" : "tag calm"],
    ]));
  }

  // Everything but the state, which goes on while the page is frozen.
  function show(status) {
    write(byId("instance"), status.instance);
    write(byId("group"), status.group);
    write(byId("version"), status.version);
    showFigures(status);
    drawHistory(status);
    showStreams(status);
    showPartitions(status.streams);
    showFailures(status);
    showSettings(status.settings);
    dispatchEvent(new CustomEvent("bridge-status", { detail: { ...status, deadLetters: deadLetters(status) } }));
    write(byId("seen"), `As of ${clock(status.now)}${isFrozen ? ", frozen" : ""}`);
  }

  // The connection

  let source = null;
  let lastEvent = 0;
  let lastStatus = null;
  let isFrozen = false;
  let failures = 0;
  let retry = null;

  function heard() {
    lastEvent = Date.now();
    failures = 0;
    document.body.dataset.link = "open";
  }

  function connect() {
    retry = null;
    lastEvent = Date.now();
    source = new EventSource("events");
    source.addEventListener("history", (event) => { heard(); takeHistory(JSON.parse(event.data)); });
    source.addEventListener("status", (event) => {
      heard();
      lastStatus = JSON.parse(event.data);
      takeSample(lastStatus.sample);
      showHealth(lastStatus);
      if (!isFrozen) show(lastStatus);
    });
    source.onerror = lose;
  }

  function lose() {
    if (retry) return;
    if (source) source.close();
    failures += 1;
    document.body.dataset.link = "lost";
    showLoss();
    retry = setTimeout(connect, Math.min(5000, 500 * 2 ** Math.min(failures, 4)));
  }

  function showLoss() {
    byId("next-try").hidden = true;
    byId("advice").hidden = true;
    write(byId("state-since"), "");
    showState("lost", lastStatus ? `Connection lost, last seen ${clock(lastStatus.now)}. What is below is ${isFrozen ? "frozen" : "from then"}; the page reconnects by itself.`
      : "Connection lost, nothing was seen yet. The page reconnects by itself.");
  }

  // Each second has its event: a longer silence is a broken connection, which the browser may not notice.
  setInterval(() => { if (!retry && Date.now() - lastEvent > SILENCE) lose(); }, 1000);

  byId("freeze").addEventListener("click", () => {
    isFrozen = !isFrozen;
    mark(byId("freeze"), "aria-pressed", String(isFrozen));
    if (lastStatus) show(lastStatus);
    if (document.body.dataset.link === "lost") showLoss();
  });

  for (const id of ["requests", "ends", "oldest", "waiting"]) figure(id, null);
  showState("unknown", "Nothing is known yet.");
  connect();
})();
