"use strict";
// The views' addresses, who asks, and what the views share. Texts are set, never parsed as markup.
globalThis.bridge = (() => {
  const byId = (id) => document.getElementById(id);
  const isKnown = (value) => value !== null && value !== undefined;
  const TOKEN = "loops-bridge-token";

  // Writing

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (isKnown(text)) element.textContent = text;
    return element;
  }

  const code = (text) => make("pre", "", text);

  // A part of a view under its own heading.
  function part(title, ...content) {
    const box = make("div", "part");
    box.append(make("h3", "", title), ...content);
    return box;
  }

  function facts(list) {
    const box = make("dl", "facts");
    for (const [name, text] of list) {
      if (!isKnown(text)) continue;
      const item = make("div");
      item.append(make("dt", "", name), make("dd", "", String(text)));
      box.append(item);
    }
    return box;
  }

  function pretty(text) {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch (error) { return text; }
  }

  // A line of a table: its head, and [label, text, class] for each cell.
  function lineOf(head, cells) {
    const line = make("tr");
    line.setAttribute("role", "row");
    const first = make("th");
    first.scope = "row";
    first.setAttribute("role", "rowheader");
    first.append(head);
    line.append(first);
    for (const [label, text, className] of cells) {
      const cell = make("td", className === "number" ? "number" : className ? "" : "words-wide");
      cell.dataset.label = label;
      cell.setAttribute("role", "cell");
      cell.append(make("span", className && className !== "number" ? className : "", text));
      line.append(cell);
    }
    return line;
  }

  function offer(select, value) {
    if (!value || [...select.options].some((option) => option.value === value)) return;
    const option = make("option", "", value);
    option.value = value;
    select.append(option);
  }

  const number = (value) => isKnown(value) ? value.toLocaleString("en") : "unknown";
  const instant = (seconds) => isKnown(seconds) ? `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")}` : "never";

  // Who asks: the token stays in this tab, and goes along as a header, which no other site's page can make a browser send.

  let level = "anyone";

  const token = () => sessionStorage.getItem(TOKEN);

  async function ask(path, options = {}) {
    const used = token();
    const headers = used ? { Authorization: `Bearer ${used}` } : {};
    let response;
    try {
      response = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit", redirect: "error" });
    } catch (error) {
      if (options.signal && options.signal.aborted) throw error;
      throw new Error("The bridge does not answer.");
    }
    if (response.ok) return response;
    let words = `it answered ${response.status}`;
    try { words = (await response.json()).error || words; } catch (error) { /* Not in our words: the status has to do. */ }
    // Refusals come late: by then there may be another token.
    if (response.status === 401 && used && used === token()) forget();
    const fault = new Error(words);
    fault.status = response.status;
    throw fault;
  }

  const get = async (path) => (await ask(path)).json();

  // An answer of one JSON object a line; the last one counts, those before it tell how far it is.
  async function work(path, body, onProgress) {
    const response = await ask(path, { method: "POST", body: JSON.stringify(body) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let last = null;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      const lines = text.split("\n");
      text = lines.pop();
      for (const line of lines.filter(Boolean)) {
        last = JSON.parse(line);
        onProgress(last);
      }
    }
    if (!last || (!isKnown(last.action) && !last.error)) throw new Error("The bridge was cut off. Do a dry run again to see what is left.");
    if (!isKnown(last.action)) throw new Error(last.error);
    return last;
  }

  function forget() {
    sessionStorage.removeItem(TOKEN);
    showAccess("anyone");
    // Nothing that the token has shown stays.
    for (const view of views.values()) if (view.forget) view.forget();
  }

  function showAccess(access) {
    level = access;
    document.body.dataset.access = access;
    byId("sign-in").hidden = access !== "anyone";
    byId("signed-in").hidden = access === "anyone";
    byId("access-title").textContent = access === "anyone" ? "Sign in" : "Signed in";
    byId("access").textContent = access === "control" ? "Signed in with the control token: you may look, and change something." : "Signed in with the view token: you may look, and change nothing.";
  }

  byId("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = byId("token").value.trim();
    byId("token").value = "";
    byId("sign-in-note").textContent = "";
    if (!/^[\x21-\x7e]+$/.test(typed)) {
      byId("sign-in-note").textContent = "That is no token.";
      return;
    }
    sessionStorage.setItem(TOKEN, typed);
    try {
      showAccess((await get("access.json")).access);
      byId("access-box").open = false;
      reload();
    } catch (fault) {
      if (token() === typed) forget();
      byId("sign-in-note").textContent = fault.message;
      reload();
    }
  });

  byId("sign-out").addEventListener("click", () => {
    forget();
    const address = `#${current || "overview"}`;
    if (location.hash === address) reload(); else location.hash = address;
  });

  // What a person tells the bridge, where its state is shown: with a reason, for the log and for whoever looks next.
  // `actions`: [text, address, class] for each button.
  function controls(actions, onDone) {
    const form = make("form", "filter control-only");
    const label = make("label", "wide", "Reason");
    const reason = make("input");
    Object.assign(reason, { maxLength: 200, autocomplete: "off" });
    reason.setAttribute("aria-label", `Reason to ${actions.map(([text]) => text.toLowerCase()).join(" or ")}`);
    label.append(reason);
    const said = make("p", "caption said");
    said.tabIndex = -1;
    const say = (text, className) => {
      said.className = `${className} said`;
      said.textContent = text;
      said.focus();
    };
    form.append(label, ...actions.map(([text, address, className]) => {
      const button = make("button", className || "", text);
      button.type = "button";
      button.addEventListener("click", async () => {
        if (!reason.value.trim()) {
          reason.setAttribute("aria-invalid", "true");
          reason.focus();
          return;
        }
        reason.removeAttribute("aria-invalid");
        button.disabled = true;
        try {
          const asked = typeof address === "function" ? address() : address;
          const answer = await (await ask(`${asked}${asked.includes("?") ? "&" : "?"}reason=${encodeURIComponent(reason.value.trim())}`, { method: "POST" })).json();
          reason.value = "";
          say(`${text}: done${isKnown(answer.mappings) ? `, ${number(answer.mappings)} mappings are in force` : ""}.`, "caption");
          if (onDone) onDone();
        } catch (fault) {
          say(fault.message, "refusal");
        }
        button.disabled = false;
      });
      return button;
    }), said);
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }

  // Views: each has `show`, and may have `hide`, `reload` (who asks has changed), `forget` (nothing of a token stays).

  const views = new Map();
  let current = null;

  function add(name, view) { views.set(name, view); }

  function reload() {
    const view = views.get(current);
    if (view && view.reload) view.reload();
  }

  function route() {
    let parts;
    try { parts = location.hash.slice(1).split("/").map(decodeURIComponent); } catch (error) { return; }
    // The link to the content is no view.
    if (parts[0] && !byId(`view-${parts[0]}`)) return;
    const name = parts[0] || "overview";
    for (const box of document.querySelectorAll(".view")) box.hidden = box.id !== `view-${name}`;
    for (const link of document.querySelectorAll(".views a")) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    const before = views.get(current);
    if (current !== name && before && before.hide) before.hide();
    current = name;
    const view = views.get(name);
    if (view) view.show(...parts.slice(1));
  }

  addEventListener("hashchange", route);
  document.addEventListener("DOMContentLoaded", () => {
    route();
    // The tab was loaded again: what its token may do is asked anew.
    if (token()) get("access.json").then((answer) => showAccess(answer.access), () => { /* The views say so themselves. */ });
  });

  return {
    access: () => level, add, ask, byId, code, controls, facts, get, instant, isKnown, lineOf, make, number, offer, part, pretty, showAccess, token, work,
  };
})();
