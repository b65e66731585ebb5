"use strict";
// The view of replicas: all members of the group, and its totals. Texts are set, never parsed as markup.
(() => {
  const { add, byId, controls, facts, isKnown, lineOf, make, number } = globalThis.bridge;

  function rate(value) { return isKnown(value) ? `${value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1)}/s` : "unknown"; }

  const sum = (values) => values.some((value) => !isKnown(value)) ? null : values.reduce((total, value) => total + value, 0);

  // Replicas by name, over all streams.
  function members(status) {
    const found = new Map();
    for (const stream of status.streams) {
      for (const replica of stream.replicas) {
        const member = found.get(replica.name) || { name: replica.name, url: null, self: false, owns: 0, streams: [] };
        member.self = member.self || replica.self;
        member.url = member.url || replica.url || null;
        member.owns += replica.partitions.length;
        member.streams.push([stream.name, replica.partitions.length]);
        found.set(replica.name, member);
      }
    }
    return [...found.values()];
  }

  // What another member published. The bridge has looked at it already; a link that could run something is made of nothing.
  function safe(url) {
    try { return ["http:", "https:"].includes(new URL(url).protocol) ? url : null; } catch (error) { return null; }
  }

  function line(member) {
    const url = member.self ? null : safe(member.url);
    const head = make(url ? "a" : "span", "", member.name);
    if (url) {
      head.href = `${url}#replicas`;
      head.rel = "noreferrer";
    }
    return lineOf(head, [
      ["Partitions", number(member.owns), "number"],
      ["Of streams", member.streams.map(([name, count]) => `${name}: ${count}`).join(", ")],
      ["Page", member.self ? "this page" : url || "no address published", "words"],
    ]);
  }

  function draw(status) {
    const list = members(status);
    const isOpen = status.streams.some((stream) => !isKnown(stream.partitions.unassigned));
    byId("replicas-note").textContent = status.drained ? "This replica is drained: it owns nothing, and hears of the others no more."
      : isOpen ? "Who is in the group is not known yet." : "Members of the group, as this replica heard at its last heartbeat."
        + (list.some((member) => !member.self && !safe(member.url)) ? " A replica with http.publicURL (HTTP_PUBLIC_URL) has a link here." : "");
    const seen = JSON.stringify(list);
    if (byId("replicas-rows").dataset.seen !== seen) {
      byId("replicas-rows").dataset.seen = seen;
      byId("replicas-rows").replaceChildren(...list.map(line));
    }
    byId("replicas-box").hidden = list.length === 0;
    const unassigned = sum(status.streams.map((stream) => stream.partitions.unassigned));
    byId("totals").replaceChildren(facts([
      ["Replicas", isOpen ? "unknown" : number(list.length)],
      ["Partitions", number(sum(status.streams.map((stream) => stream.partitions.total)))],
      ["Without an owner", number(unassigned)],
      ["Events waiting", number(status.backlog.waiting)],
      ["Finished", rate(status.backlog.completionsPerSecond)],
      ["Dead letters", number(status.deadLetters)],
      ["Rate limit of the team", rate(status.delivery.limit)],
    ]));
  }

  byId("drain").append(controls([["Drain this replica", "control/drain", "danger"], ["Let it take part again", "control/resume"]]));

  let isShown = false;
  let latest = null;

  addEventListener("bridge-status", (event) => {
    latest = event.detail;
    if (isShown) draw(latest);
  });

  add("replicas", {
    show() {
      isShown = true;
      if (latest) draw(latest);
    },
    hide() { isShown = false; },
  });
})();
