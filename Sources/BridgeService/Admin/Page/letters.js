"use strict";
// The view of dead letters. Texts are set, never parsed as markup.
(() => {
  const { add, byId, code, facts, get, instant, isKnown, lineOf, make, number, offer, part, pretty, showAccess, work } = globalThis.bridge;
  const PAGE = 50;

  const address = (letter) => `#dead/${encodeURIComponent(letter.id)}/${encodeURIComponent(letter.stream)}`;

  // The list, page by page

  let loads = 0;
  let before = null;
  let next = null;

  // What the filters say, as the bridge takes it.
  function chosen() {
    const letters = {};
    for (const name of ["reason", "mapping"]) if (byId(`letters-${name}`).value) letters[name] = byId(`letters-${name}`).value;
    const [kind, age] = byId("letters-age").value.split(" ");
    if (age) letters[kind] = age;
    return letters;
  }

  function line(letter) {
    const link = make("a", "", instant(letter.deadAt));
    link.href = address(letter);
    link.setAttribute("aria-label", `Dead letter ${letter.id}, ${letter.reason}, of ${instant(letter.deadAt)}`);
    return lineOf(link, [
      ["Reason", letter.reason, "tag bad"],
      ["Event", isKnown(letter.event) ? letter.event : "hidden"],
      ["Contact", isKnown(letter.contact) ? letter.contact : letter.contactHash || "none"],
      ["Mapping", letter.mapping || "none"],
      ["Said", isKnown(letter.detail) ? letter.detail : isKnown(letter.status) ? `status ${letter.status}` : "hidden"],
    ]);
  }

  async function load() {
    const mine = ++loads;
    const query = new URLSearchParams({ limit: PAGE, ...chosen() });
    if (before) query.set("before", before);
    try {
      const answer = await get(`dead.json?${query}`);
      if (mine !== loads) return;
      showAccess(answer.access);
      next = answer.next;
      if (answer.access !== "control") byId("letters-bulk").replaceChildren();
      else if (!byId("letters-bulk").hasChildNodes()) drawBulk();
      for (const letter of answer.letters) for (const name of (letter.mapping || "").split(",")) offer(byId("letters-mapping"), name);
      byId("letters-rows").replaceChildren(...answer.letters.map(line));
      byId("letters-box").hidden = answer.letters.length === 0;
      const count = answer.letters.length === 0 ? `None among the ${number(answer.looked)} that were looked at.`
        : `${answer.letters.length} of ${number(answer.looked)} that were looked at, the newest first. Times are UTC.`;
      byId("letters-note").textContent = answer.letters.length === 0 && answer.looked === 0 && !next ? "There are none."
        : `${count}${answer.access === "anyone" ? " Contacts are hashes; sign in to see what they hold." : ""}`;
    } catch (fault) {
      if (mine !== loads) return;
      next = null;
      byId("letters-rows").replaceChildren();
      byId("letters-box").hidden = true;
      byId("letters-note").textContent = fault.message;
    }
    byId("letters-older").hidden = !next;
    byId("letters-newest").hidden = !before;
  }

  function turn(to) {
    before = to;
    load().then(() => byId("letters-title").focus());
  }

  byId("letters-older").addEventListener("click", () => turn(next));
  byId("letters-newest").addEventListener("click", () => turn(null));
  byId("letters-filter").addEventListener("submit", (event) => { event.preventDefault(); change(); });
  for (const name of ["reason", "mapping", "age"]) byId(`letters-${name}`).addEventListener("change", change);

  function change() {
    before = null;
    // What was planned was planned for other letters.
    byId("letters-bulk").replaceChildren();
    load();
  }

  // What is done to letters: always a dry run first, then with a reason.

  const VERBS = { replay: ["Replay", "replayed"], drop: ["Drop", "dropped"] };
  let boxes = 0;

  const counted = (count, word = "dead letter") => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

  // `letters`: which are meant. `isOne`: it is a single letter, asked for by its ID.
  function actions(letters, isOne, onDone) {
    const box = make("div", "actions");
    const form = make("form", "filter");
    const label = make("label", "wide", "Reason, for the log");
    const reason = make("input");
    const id = `letters-why-${++boxes}`;
    Object.assign(reason, { id, maxLength: 200, autocomplete: "off", spellcheck: true });
    reason.setAttribute("aria-label", "Reason, for the log");
    label.append(reason);
    const said = make("div", "said");
    said.tabIndex = -1;
    const buttons = ["replay", "drop"].map((action) => {
      const button = make("button", "", isOne ? `${VERBS[action][0]}…` : `${VERBS[action][0]} what the filters show…`);
      button.type = "button";
      button.dataset.action = action;
      button.addEventListener("click", () => plan(action));
      return button;
    });
    form.append(label, ...buttons);
    form.addEventListener("submit", (event) => event.preventDefault());
    box.append(form, said);

    function say(...content) {
      said.replaceChildren(...content);
      said.focus();
    }

    async function run(action, body, title) {
      const bar = make("progress");
      bar.setAttribute("aria-label", title);
      const words = make("p", "caption", title);
      say(words, bar);
      for (const button of buttons) button.disabled = true;
      try {
        return await work(`dead/${action}`, body, (line) => {
          if (isKnown(line.looked)) words.textContent = `${title}: ${counted(line.looked)} looked at`;
          if (isKnown(line.checked)) words.textContent = `${title}: ${number(line.checked)} entries looked at for newer events`;
          if (!isKnown(line.progress)) return;
          words.textContent = `${title}: ${number(line.progress)} of ${number(line.of)}`;
          bar.max = Math.max(1, line.of);
          bar.value = line.progress;
        });
      } catch (fault) {
        say(make("p", "refusal", fault.message));
        return null;
      } finally {
        for (const button of buttons) button.disabled = false;
      }
    }

    async function plan(action) {
      const [verb, participle] = VERBS[action];
      const found = await run(action, { letters, dryRun: true }, "Dry run");
      if (!found) return;
      const content = [make("p", "", `Dry run: ${counted(found.done)} would be ${participle}, ${number(found.left)} left alone.${found.more ? " One run takes 10,000, those with the oldest entries." : ""}`)];
      content.push(...leftAlone(found));
      const only = isOne && found.letters[0];
      if (found.done > 0) content.push(confirm(`${verb} ${isOne ? "it" : counted(found.done)} now`, action, isOne ? {} : { upTo: found.upTo }, {}));
      else if (only && only.overtaken) content.push(confirm("Replay it all the same", action, {}, { evenIfOvertaken: true }));
      if (found.found === 0) content.push(make("p", "", "It is there no more: it was replayed, dropped or evicted."));
      say(...content);
    }

    function confirm(text, action, more, options) {
      const button = make("button", action === "drop" || options.evenIfOvertaken ? "danger" : "primary", text);
      button.type = "button";
      button.dataset.confirm = action;
      button.addEventListener("click", () => {
        if (!reason.value.trim()) {
          reason.setAttribute("aria-invalid", "true");
          reason.focus();
          return;
        }
        reason.removeAttribute("aria-invalid");
        finish(action, { letters: { ...letters, ...more }, reason: reason.value.trim(), ...options });
      });
      return button;
    }

    async function finish(action, body) {
      const found = await run(action, body, VERBS[action][0]);
      if (!found) return;
      const text = `${counted(found.done)} ${VERBS[action][1]}, ${number(found.left)} left alone${found.gone ? `, ${number(found.gone)} gone already` : ""}.`;
      const content = [make("p", "", text)];
      if (found.error) content.push(make("p", "refusal", found.error));
      if (found.entries.length) {
        const list = make("ul", "reasons");
        list.append(...found.entries.slice(0, 20).map((entry) => {
          const item = make("li", "", "goes on as ");
          const link = make("a", "", entry.entry);
          link.href = `#events/${encodeURIComponent(entry.entry)}/${encodeURIComponent(entry.stream)}`;
          item.append(link);
          return item;
        }));
        content.push(list);
      }
      content.push(...leftAlone(found));
      say(...content);
      onDone();
    }

    function leftAlone(found) {
      if (!found.letters.length) return [];
      const list = make("ul", "reasons");
      list.append(...found.letters.map((letter) => {
        const item = make("li");
        if (!isOne) {
          const link = make("a", "", letter.id);
          link.href = address(letter);
          item.append(link, ": ");
        }
        item.append(letter.obstacle);
        return item;
      }));
      return [make("p", "", found.left > found.letters.length ? `Left alone, the first ${found.letters.length}:` : "Left alone:"), list];
    }

    return box;
  }

  function drawBulk() { byId("letters-bulk").replaceChildren(actions(chosen(), false, load)); }

  // One letter

  let opened = null;

  function close() {
    opened = null;
    byId("letter").hidden = true;
    byId("letter-body").replaceChildren();
  }

  async function open(place) {
    opened = place;
    byId("letter").hidden = false;
    byId("letter-title").textContent = `Dead letter ${place.id}`;
    byId("letter-body").replaceChildren();
    const query = new URLSearchParams({ id: place.id, ...(place.stream ? { stream: place.stream } : {}) });
    try {
      const answer = await get(`dead.json?${query}`);
      if (opened !== place) return;
      showAccess(answer.access);
      const found = answer.letters[0];
      byId("letter-body").replaceChildren(...(found ? parts(found, answer.access) : [make("p", "empty", "It is there no more: it was replayed, dropped or evicted.")]));
    } catch (fault) {
      if (opened === place) byId("letter-body").replaceChildren(make("p", "empty", fault.message));
    }
  }

  function parts(letter, level) {
    const list = [facts([
      ["Reason", letter.reason], ["Dead since", `${instant(letter.deadAt)} UTC`], ["Stream", letter.stream], ["Entry", letter.entry],
      ["Mapping", letter.mapping], ["Status", letter.status], ["Attempts", letter.attempts],
      ["Contact", isKnown(letter.contact) ? letter.contact : letter.contactHash], ["Request ID", letter.requestId], ["Idempotency-Key", letter.idempotencyKey],
    ])];
    if (level === "anyone") list.push(make("p", "empty", "Sign in to see what it holds and what Loops said."));
    if (letter.detail) list.push(part("Why", make("p", "", letter.detail), ...(letter.answer && letter.answer !== letter.detail ? [make("p", "", `Loops: ${letter.answer}`)] : [])));
    if (level === "control") {
      list.push(part("What to do", ...(letter.obstacle ? [make("p", "", `It cannot be replayed: ${letter.obstacle}.`)] : []),
        actions({ id: letter.id, stream: letter.stream }, true, load)));
    } else {
      list.push(part("What to do", letter.replayable ? code(`loops-bridge dead replay --id ${letter.id}\nloops-bridge dead drop --id ${letter.id}`)
        : make("p", "", letter.obstacle || "It cannot be replayed: what its entry held is not in it.")));
    }
    if (letter.fields && letter.fields.length) list.push(part("Payload", ...letter.fields.map((field) => code(`${field.name}\n${pretty(field.value)}`))));
    if (letter.explanations && letter.explanations.length) list.push(part("Today's mappings, as map --explain shows them", ...letter.explanations.map(code)));
    return list;
  }

  // The view

  let isShown = false;

  function show(id, stream) {
    if (!isShown) change();
    isShown = true;
    if (!id) return close();
    return open({ id, stream: stream || "" }).then(() => byId("letter-title").focus());
  }

  add("dead", {
    show,
    hide() { isShown = false; },
    reload() {
      change();
      if (opened) open(opened);
    },
    forget() {
      close();
      loads += 1;
      for (const id of ["letters-rows", "letters-bulk"]) byId(id).replaceChildren();
    },
  });
})();
