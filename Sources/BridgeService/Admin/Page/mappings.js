"use strict";
// The view of mappings. Texts are set, never parsed as markup.
(() => {
  const { add, ask, byId, code, controls, get, instant, isKnown, lineOf, make, number, part, showAccess } = globalThis.bridge;

  let loads = 0;

  function line(mapping) {
    const line = lineOf(make("span", "", mapping.name), [
      ["Action", mapping.enabled ? mapping.action : `${mapping.action}, off`],
      ["Trigger", isKnown(mapping.trigger) ? mapping.trigger : "hidden"],
      ["Delivered", number(mapping.delivered), "number"],
      ["Deleted", number(mapping.deleted), "number"],
      ["Expired", number(mapping.expired), "number"],
      ["Dead-lettered", number(mapping.deadLettered), mapping.deadLettered ? "tag bad" : "number"],
      ["Last event", instant(mapping.lastAt)],
    ]);
    line.querySelector("[data-label=Dead-lettered]").classList.add("number");
    return line;
  }

  // What requests name that Loops does not have: by name, the most frequent first.
  function unknowns(account) {
    const groups = [["property that Loops does not have", account.unknownProperties], ["property of another type", account.differingTypes], ["list that Loops does not have", account.unknownLists]];
    return groups.flatMap(([what, counts]) => Object.entries(counts).map(([name, count]) => [name, what, count])).sort((a, b) => b[2] - a[2]);
  }

  function showAccount(answer) {
    const { account } = answer;
    const list = unknowns(account);
    const findings = answer.mappings.flatMap((mapping) => mapping.findings || []);
    byId("account-rows").replaceChildren(...list.map(([name, what, count]) => lineOf(make("span", "", name), [["What", what], ["Requests", number(count), "number"]])));
    byId("account-box").hidden = list.length === 0;
    byId("account-findings").replaceChildren(...findings.map((text) => make("li", "", text)));
    const unknown = isKnown(account.problem) ? `Loops could not be asked: ${account.problem}` : "Loops has not said yet what it has.";
    byId("account-note").textContent = !isKnown(account.checkedAt) ? unknown
      : `Loops has ${number(account.properties)} contact properties and ${number(account.lists)} lists, as of ${instant(account.checkedAt)} UTC.`
        + (list.length || findings.length ? " It drops what it does not know without a word." : " The mappings and all requests name none that it does not have.")
        + (account.otherNames ? ` ${number(account.otherNames)} uses of further names are counted together.` : "");
  }

  async function load() {
    const mine = ++loads;
    try {
      const answer = await get("mappings.json");
      if (mine !== loads) return;
      showAccess(answer.access);
      byId("mappings-rows").replaceChildren(...answer.mappings.map(line));
      byId("mappings-box").hidden = false;
      byId("mappings-note").textContent = `${answer.source || "The presets: bridge.mappings is not set"}. Loaded ${instant(answer.loadedAt)} UTC${answer.digest ? `, digest ${answer.digest.slice(0, 12)}` : ""}. Counts are this replica's, since it began.`
        + (answer.access === "anyone" ? " Sign in to see triggers, and to try an event." : "");
      byId("mappings-refused").textContent = isKnown(answer.refusedAt)
        ? `The file was refused at ${instant(answer.refusedAt)} UTC; these mappings stay in force.${answer.refusal ? ` ${answer.refusal}` : " Sign in to see why."}` : "";
      showAccount(answer);
    } catch (fault) {
      if (mine === loads) byId("mappings-note").textContent = fault.message;
    }
  }

  byId("try").addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = byId("try-answer");
    try {
      const answer = await (await ask("mappings/try", { method: "POST", body: byId("try-event").value })).json();
      const requests = answer.requests.map((request) => part(`Request of ${request.mapping}`, code(`${request.method} ${request.path}\n${JSON.stringify(request.body, null, 2)}`)));
      const way = make("details", "part");
      way.open = requests.length === 0;
      way.append(make("summary", "", "The way there, as map --explain shows it"), code(answer.explanation));
      box.replaceChildren(...(requests.length ? requests : [make("p", "empty", "Nothing would be sent.")]), way);
    } catch (fault) {
      box.replaceChildren(make("p", "refusal", fault.message));
    }
    box.focus();
  });

  byId("reload").append(controls([["Reload", "control/reload"]], load));

  let timer = null;

  add("mappings", {
    show() {
      load();
      clearInterval(timer);
      timer = setInterval(load, 5000);
    },
    hide() { clearInterval(timer); },
    reload: load,
    forget() {
      loads += 1;
      for (const id of ["mappings-rows", "account-findings", "try-answer"]) byId(id).replaceChildren();
      byId("mappings-refused").textContent = "";
      byId("try-event").value = "";
    },
  });
})();
