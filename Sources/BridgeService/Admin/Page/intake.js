"use strict";
// What comes in over HTTP, beside what goes out. Unknown is said, never shown as 0. Texts are set, never parsed as markup.
(() => {
  const { byId, facts, isKnown, lineOf, make, number, part } = globalThis.bridge;

  const rate = (value) => isKnown(value) ? `${value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1)}/s` : "unknown";
  const seconds = (value) => value < 120 ? `${Math.round(value)} s` : value < 7200 ? `${Math.round(value / 60)} min` : value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;

  // In the words of the reference of logs and metrics.
  const REASONS = {
    not_an_object: "not an object", type_not_allowed: "type not allowed for its key", event_not_allowed: "event not allowed for its key",
    email_not_allowed: "e-mail address from a public key", page: "page (ingest.drop)", screen: "screen (ingest.drop)", group: "group (ingest.drop)",
    alias: "alias (ingest.drop)", anonymous: "anonymous (ingest.drop)", unmapped: "no mapping matches (ingest.drop)",
  };
  const LIBRARIES = { none: "says no library", other: "an unknown library" };
  const FAILURES = {
    memory: "Redis' memory is full", refused: "Redis refuses", unreachable: "Redis is away", stream_full: "stream full (ingest.maxLength)",
    late: "Redis is late", replicas: "too few replicas of Redis",
  };

  // A report comes every two seconds; with many streams less often. Whoever has missed some was killed, or is cut off from Redis.
  const SILENT = 10;

  function state(intake) {
    if (intake.silentSeconds > SILENT) return [`silent for ${seconds(intake.silentSeconds)}`, "tag warn"];
    if (isKnown(intake.outageSeconds)) return [`${FAILURES[intake.failure] || intake.failure || "nothing is added"}, for ${seconds(intake.outageSeconds)}`, "tag bad fault"];
    return ["adds", "tag good"];
  }

  function table(label, heads, lines) {
    const made = make("table", "stack");
    made.setAttribute("role", "table");
    made.setAttribute("aria-label", label);
    const head = make("thead");
    head.setAttribute("role", "rowgroup");
    const line = make("tr");
    line.setAttribute("role", "row");
    heads.forEach(([text, className]) => {
      const cell = make("th", className || "", text);
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      line.append(cell);
    });
    head.append(line);
    const body = make("tbody");
    body.setAttribute("role", "rowgroup");
    body.append(...lines);
    made.append(head, body);
    return made;
  }

  const counts = (item) => [["Accepted", number(item.accepted), "number"], ["Duplicate", number(item.duplicates), "number"], ["Dropped", number(item.dropped), "number"]];
  const COUNTS = [["Accepted", "number"], ["Duplicate", "number"], ["Dropped", "number"]];

  function tally(title, head, list, words) {
    const lines = Object.entries(list).map(([name, count]) => lineOf(make("span", "", words[name] || name), [["Events", number(count), "number"]]));
    return part(title, lines.length ? table(title, [[head], ["Events", "number"]], lines) : make("p", "empty", "None."));
  }

  function body(incoming) {
    const keys = incoming.keys.map((key) => lineOf(make("span", "", isKnown(key.name) ? key.name : "all other keys"), counts(key)));
    const intakes = incoming.intakes.map((intake) => lineOf(make("span", "", intake.name), [
      ["State", ...state(intake)],
      ["Accepted a second", rate(intake.acceptedPerSecond), "number"],
      ["Held", number(intake.held), "number"],
      ...counts(intake),
      ["Since", `${new Date(intake.since * 1000).toISOString().slice(0, 19).replace("T", " ")}`],
    ]));
    return [
      part("By write key", keys.length ? table("By write key", [["Key"], ...COUNTS], keys) : make("p", "empty", "Nothing has come in yet.")),
      tally("By library", "Library", incoming.libraries, LIBRARIES),
      tally("Dropped, by reason", "Reason", incoming.drops, REASONS),
      part("Intakes", table("Intakes", [["Intake"], ["State"], ["Accepted a second", "number"], ["Held", "number"], ...COUNTS, ["Since (UTC)"]], intakes)),
    ];
  }

  function figures(incoming) {
    const held = !isKnown(incoming.held) ? "unknown" : incoming.held ? `${number(incoming.held)}, the oldest for ${isKnown(incoming.oldestHeldSeconds) ? seconds(incoming.oldestHeldSeconds) : "unknown"}` : "none";
    return facts([
      ["Accepted a second", rate(incoming.acceptedPerSecond)],
      ["Accepted", number(incoming.accepted)],
      ["Duplicate", number(incoming.duplicates)],
      ["Dropped", number(incoming.dropped)],
      ["Held requests", held],
    ]);
  }

  // Redrawn when something has changed; an opened part stays open, since it is kept.
  function replace(id, seen, make) {
    const box = byId(id);
    const text = JSON.stringify(seen);
    if (box.dataset.seen === text) return;
    box.dataset.seen = text;
    box.replaceChildren(...make());
  }

  function draw({ incoming }) {
    const isThere = isKnown(incoming) && incoming.intakes.length > 0;
    const note = !isKnown(incoming) ? "Unknown: Redis has not said yet what intakes tell of these streams, or does not answer."
      : !isThere ? "No intake has told anything of these streams within the last 30 seconds: none runs, or it adds to other streams."
      : `What ${incoming.intakes.length === 1 ? "one intake has" : `${number(incoming.intakes.length)} intakes have`} done since ${incoming.intakes.length === 1 ? "it" : "they"} began. Producers that write to Redis themselves are not counted here.`;
    if (byId("incoming-note").textContent !== note) byId("incoming-note").textContent = note;
    byId("incoming-box").hidden = byId("incoming-figures").hidden = !isThere;
    if (!isThere) return;
    replace("incoming-figures", [incoming.accepted, incoming.duplicates, incoming.dropped, incoming.held, incoming.oldestHeldSeconds, incoming.acceptedPerSecond], () => [figures(incoming)]);
    replace("incoming-body", [incoming.keys, incoming.libraries, incoming.drops, incoming.intakes], () => body(incoming));
  }

  addEventListener("bridge-status", (event) => draw(event.detail));
})();
