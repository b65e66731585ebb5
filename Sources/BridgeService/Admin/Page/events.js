"use strict";
// The view of events: what the journal of this replica tells. Texts are set, never parsed as markup.
(() => {
  const { add, ask, byId, code, facts, isKnown, lineOf, make, offer, part, pretty, showAccess } = globalThis.bridge;
  const MOST_ROWS = 100;

  // The list

  let entries = [];
  let waiting = [];
  let cursor = null;
  let stop = null;
  let query = "";
  let isFollowing = true;

  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 23);

  function time(seconds) {
    if (!isKnown(seconds)) return "unknown";
    if (seconds < 10) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 120) return `${Math.round(seconds)} s`;
    return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  }

  const TONES = { delivered: "tag good", deleted: "tag calm", deadLettered: "tag bad", lost: "tag bad", expired: "tag warn", ignored: "tag" };

  // Its contact was deleted at Loops: what it held and what was sent of it is not kept.
  const isForgotten = (entry) => entry.contactHash === "deleted";

  function eventText(entry) {
    const first = entry.events[0];
    if (!first) return isForgotten(entry) ? "forgotten" : "unread";
    const more = entry.eventCount > 1 ? ` and ${entry.eventCount - 1} more` : "";
    return `${first.type || "other"}${isKnown(first.name) ? ` “${first.name}”` : ""}${more}`;
  }

  function resultText(entry) {
    const parts = entry.requests.map((request) => `${request.mapping} → ${isKnown(request.status) ? request.status : "no answer"}${request.attempts > 1 ? `, ${request.attempts} attempts` : ""}`);
    if (entry.coalesced) parts.push(`with ${entry.coalesced.with || "another"} (${entry.coalesced.kind})`);
    for (const failure of entry.failures) parts.push(failure.reason);
    if (entry.outcome === "ignored") parts.push("no mapping takes it");
    const nothing = !isForgotten(entry) ? "nothing was sent" : entry.outcome === "deleted" ? "the contact is gone from Loops" : "forgotten with its contact";
    return parts.join(" · ") || nothing;
  }

  const address = (entry) => `#events/${encodeURIComponent(entry.entry)}/${encodeURIComponent(entry.stream)}`;

  function row(entry) {
    const link = make("a", "", clock(entry.completedAt));
    link.href = address(entry);
    link.setAttribute("aria-label", `Event ${entry.entry}, ${entry.outcome}, at ${clock(entry.completedAt)}`);
    return lineOf(link, [
      ["Outcome", entry.outcome, TONES[entry.outcome] || "tag"],
      ["Event", eventText(entry)],
      ["Contact", isKnown(entry.contact) ? entry.contact : entry.contactHash],
      ["Result", resultText(entry)],
      ["Took", time(entry.seconds), "number"],
    ]);
  }

  function passes(entry) {
    const [outcome, stream, mapping] = ["outcome", "stream", "mapping"].map((name) => byId(`events-${name}`).value);
    const mappings = entry.requests.concat(entry.failures).map((part) => part.mapping);
    return (!outcome || entry.outcome === outcome) && (!stream || entry.stream === stream) && (!mapping || mappings.includes(mapping));
  }

  function learn(entry) {
    offer(byId("events-stream"), entry.stream);
    for (const part of entry.requests.concat(entry.failures)) offer(byId("events-mapping"), part.mapping);
  }

  function drawAll() {
    const shown = entries.filter(passes).slice(0, MOST_ROWS);
    byId("events-rows").replaceChildren(...shown.map(row));
    byId("events-box").hidden = shown.length === 0;
    byId("events-empty").hidden = shown.length > 0;
    byId("events-empty").textContent = query ? "The journal has no such event, or has it no more. loops-bridge why looks through the stream."
      : entries.length ? "None of the last events passes the filters." : "Nothing was completed yet.";
  }

  // What has come since the last time, over what is there: who has a link in focus keeps it.
  function drawNew() {
    if (!waiting.length || !isFollowing || query) return;
    const fresh = waiting.slice(-2 * MOST_ROWS).reverse();
    waiting = [];
    fresh.forEach(learn);
    entries = fresh.concat(entries).slice(0, 2 * MOST_ROWS);
    const rows = fresh.filter(passes).map(row);
    const body = byId("events-rows");
    body.prepend(...rows);
    while (body.rows.length > MOST_ROWS) body.deleteRow(-1);
    if (rows.length) {
      byId("events-box").hidden = false;
      byId("events-empty").hidden = true;
    }
  }

  function note(text) { if (byId("events-note").textContent !== text) byId("events-note").textContent = text; }

  let loads = 0;

  // False when another load began meanwhile: what that one brings holds.
  async function load() {
    const mine = ++loads;
    const answer = await (await ask(`journal.json?limit=${MOST_ROWS}&query=${encodeURIComponent(query)}`)).json();
    if (mine !== loads) return false;
    showAccess(answer.access);
    entries = answer.entries;
    waiting = [];
    cursor = `${answer.run}-${answer.newest}`;
    entries.forEach(learn);
    drawAll();
    note(`What ${answer.replica} completed, newest first; it remembers ${answer.kept.toLocaleString("en")} of at most ${answer.maxEntries.toLocaleString("en")}. Times are UTC.`
      + (answer.access === "anyone" ? " Contacts are hashes; sign in to see what events hold." : ""));
    return true;
  }

  function followOn() { if (isShown && isFollowing && !query) follow(); }

  async function refresh() {
    unfollow();
    try {
      if (await load()) followOn();
    } catch (fault) {
      entries = [];
      drawAll();
      byId("events-empty").textContent = "";
      note(fault.message === "Failed to fetch" ? "The bridge does not answer; the page asks again." : fault.message);
      if (fault.status !== 404 && fault.status !== 401) again();
    }
  }

  let retry = null;
  function again() {
    clearTimeout(retry);
    retry = setTimeout(() => { if (isShown && isFollowing && !query) refresh(); }, 3000);
  }

  function unfollow() {
    clearTimeout(retry);
    if (stop) stop.abort();
    stop = null;
  }

  // Server-sent events over fetch: an EventSource sends no header.
  async function follow() {
    const control = new AbortController();
    stop = control;
    try {
      const response = await ask(`journal/events?after=${encodeURIComponent(cursor)}`, { signal: control.signal });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        let end = text.indexOf("\n\n");
        for (; end >= 0; end = text.indexOf("\n\n")) {
          take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } catch (fault) {
      if (control.signal.aborted) return;
      if (fault.status) note(fault.message);
    }
    if (stop === control) again();
  }

  function take(text) {
    const field = (name) => (text.split("\n").find((line) => line.startsWith(`${name}: `)) || "").slice(name.length + 2);
    const data = field("data");
    if (field("event") === "entry") {
      waiting.push(JSON.parse(data));
      // While the page is not drawn, the newest are enough.
      if (waiting.length > 4 * MOST_ROWS) waiting = waiting.slice(-2 * MOST_ROWS);
      cursor = field("id");
    } else if (field("event") === "missed") {
      note(`${JSON.parse(data).count} events were completed faster than this page read them, and are not listed.`);
    }
  }

  setInterval(drawNew, 250);

  byId("events-filter").addEventListener("submit", (event) => {
    event.preventDefault();
    query = byId("events-query").value.trim();
    refresh();
  });
  byId("events-query").addEventListener("input", () => {
    if (byId("events-query").value === "" && query) { query = ""; refresh(); }
  });
  for (const name of ["outcome", "stream", "mapping"]) byId(`events-${name}`).addEventListener("change", drawAll);
  byId("events-follow").addEventListener("click", () => {
    isFollowing = !isFollowing;
    byId("events-follow").setAttribute("aria-pressed", String(isFollowing));
    if (isFollowing) refresh(); else unfollow();
  });

  // One event

  let opened = null;

  function closeEvent() {
    opened = null;
    byId("event").hidden = true;
    byId("event-body").replaceChildren();
  }

  function requestPart(request) {
    const answer = `${isKnown(request.status) ? request.status : "no answer"}${request.message ? `: ${request.message}` : ""}`;
    const list = facts([
      ["Answer", answer], ["Attempts", request.attempts], ["In the queue", time(request.queuedSeconds)],
      ["Of which for a permit", time(request.permitWaitSeconds)], ["At Loops", time(request.loopsSeconds)],
      ["Entries of this request", request.entries > 1 ? request.entries : null],
      ["Request ID", request.requestId], ["Idempotency-Key", request.idempotencyKey],
    ]);
    const body = request.path ? [code(`${request.method} ${request.path}\n${isKnown(request.body) ? JSON.stringify(request.body, null, 2) : "The body was too large to be kept."}`)] : [];
    return part(`Request of ${request.mapping}: ${request.operation}`, ...body, list);
  }

  function draw(entry) {
    const parts = [facts([
      ["Outcome", entry.outcome], ["Completed", `${new Date(entry.completedAt * 1000).toISOString()}`], ["Took", time(entry.seconds)],
      ["Stream", entry.stream], ["Partition", entry.partition], ["Replica", entry.replica],
      ["Contact", isKnown(entry.contact) ? entry.contact : entry.contactHash], ["Message ID", entry.events[0] && entry.events[0].messageId],
      ["Events", entry.eventCount > 1 ? entry.eventCount : null],
      ["Shared the request of", entry.coalesced ? `${entry.coalesced.with} (${entry.coalesced.kind})` : null],
      ["Left out as too old", entry.expiredRequests || null],
    ])];
    if (entry.access === "anyone") parts.push(make("p", "empty", "Sign in to see what the event holds, what was sent of it and what Loops said."));
    for (const failure of entry.failures) parts.push(part(`Not delivered: ${failure.reason}`, make("p", "", [failure.mapping, failure.detail].filter(isKnown).join(": "))));
    if (entry.fields && entry.fields.length) parts.push(part(entry.cut ? "Payload, cut" : "Payload", ...entry.fields.map((field) => code(`${field.name}\n${pretty(field.value)}`))));
    if (entry.outcome === "ignored" && entry.reasons && entry.reasons.length) {
      const list = make("ul", "reasons");
      list.append(...entry.reasons.map((reason) => make("li", "", reason)));
      parts.push(part("Why nothing was sent", list));
    }
    if (entry.explanations && entry.explanations.length) parts.push(part("Mappings, as map --explain shows them", ...entry.explanations.map(code)));
    if (isForgotten(entry)) parts.push(make("p", "empty", "Its contact was deleted at Loops: what it held and what was sent of it is not kept."));
    else if (entry.unexplained) parts.push(make("p", "empty", entry.unexplained));
    parts.push(...entry.requests.map(requestPart));
    byId("event-title").textContent = `Event ${entry.entry}`;
    byId("event-body").replaceChildren(...parts);
  }

  async function open(place) {
    opened = place;
    byId("event").hidden = false;
    byId("event-title").textContent = `Event ${place.id}`;
    byId("event-body").replaceChildren();
    try {
      const answer = await (await ask(`journal/entry.json?id=${encodeURIComponent(place.id)}${place.stream ? `&stream=${encodeURIComponent(place.stream)}` : ""}`)).json();
      if (opened === place) draw(answer);
    } catch (fault) {
      if (opened === place) byId("event-body").replaceChildren(make("p", "empty", `${fault.message} loops-bridge why ${place.id} looks through the stream.`));
    }
  }

  // The view

  let isShown = false;

  add("events", {
    show(id, stream) {
      if (!isShown) {
        isShown = true;
        refresh();
      }
      if (!id) return closeEvent();
      return open({ id, stream: stream || "" }).then(() => byId("event-title").focus());
    },
    hide() {
      isShown = false;
      unfollow();
    },
    // With another token, or none.
    reload() {
      refresh();
      if (opened) open(opened);
    },
    forget() {
      unfollow();
      closeEvent();
      entries = [];
      waiting = [];
      drawAll();
    },
  });
})();
