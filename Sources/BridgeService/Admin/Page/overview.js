"use strict";
// The actions of the overview. What it shows is drawn by page.js.
(() => {
  const { add, byId, controls, make, offer } = globalThis.bridge;

  const select = make("select");
  select.setAttribute("aria-label", "Stream");
  const all = make("option", "", "all streams");
  all.value = "";
  select.append(all);
  const label = make("label", "", "Stream ");
  label.append(select);
  const address = (action) => () => `control/${action}${select.value ? `?stream=${encodeURIComponent(select.value)}` : ""}`;
  const form = controls([["Pause", address("pause"), "danger"], ["Resume", address("resume")]]);
  form.prepend(label);
  byId("pause").append(form);

  addEventListener("bridge-status", (event) => { for (const stream of event.detail.streams) offer(select, stream.name); });

  add("overview", { show() {} });
})();
