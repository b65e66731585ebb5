import JSON
import Testing

/// What keeps people from using a page: the rules that a checker for accessibility applies, as far as they fit this page.
enum PageAudit {
    /// The body of a function that returns what is wrong, one text for each fault.
    static let script = """
        const faults = [];
        const name = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className && e.className.baseVal === undefined ? "." + e.className : ""}`;
        const all = [...document.querySelectorAll("body *")];
        const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const unseen = (e) => { for (let p = e; p; p = p.parentElement) { if (getComputedStyle(p).clipPath !== "none") return true; } return false; };

        // Structure
        if (!document.documentElement.lang) faults.push("no language");
        if (!document.title) faults.push("no title");
        if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
        if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main");
        for (const landmark of ["header", "footer", "nav"]) if (!document.querySelector(landmark)) faults.push(`no ${landmark}`);
        let level = 0;
        for (const heading of document.querySelectorAll("h1,h2,h3,h4,h5,h6")) {
          if (!shown(heading)) continue;
          const next = Number(heading.tagName[1]);
          if (next > level + 1) faults.push(`heading skips a level: ${heading.innerText}`);
          if (!heading.textContent.trim()) faults.push(`empty heading: ${name(heading)}`);
          level = next;
        }
        const ids = all.map((e) => e.id).filter(Boolean);
        for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
        for (const e of all) for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
          for (const id of (e.getAttribute(attribute) || "").split(" ").filter(Boolean)) if (!document.getElementById(id)) faults.push(`${name(e)} points at nothing: ${id}`);
        }

        // Names
        const label = (e) => e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => (document.getElementById(id) || {}).textContent || "").join(" ").trim();
        for (const e of all) {
          const role = e.getAttribute("role");
          if (e.matches("a, button, summary, input, select, textarea") && !(label(e) || e.textContent.trim())) faults.push(`no name: ${name(e)}`);
          if ((e.tagName === "svg" || e.tagName === "IMG") && !(e.getAttribute("aria-hidden") === "true" || (role === "img" && label(e)) || e.alt)) faults.push(`picture without a text: ${name(e)}`);
          if (["img", "meter", "region"].includes(role) && !label(e)) faults.push(`no label: ${name(e)}`);
          if (role === "meter" && shown(e) && !e.hasAttribute("aria-valuenow")) faults.push(`meter without a value: ${name(e)}`);
          if (e.tagName === "SECTION" && !label(e)) faults.push(`section without a name: ${name(e)}`);
          if (e.tagName === "TABLE") {
            if (!label(e) && !e.caption) faults.push(`table without a name: ${name(e)}`);
            for (const th of e.querySelectorAll("th")) if (!th.scope) faults.push(`th without scope: ${th.innerText}`);
            // Drawn as blocks on a phone, a table is one only by its roles.
            for (const part of e.querySelectorAll("tr, th, td, thead, tbody")) if (!part.getAttribute("role")) faults.push(`no role: ${name(part)} of ${name(e)}`);
          }
          if (e.hasAttribute("tabindex") && e.tabIndex > 0) faults.push(`tabindex above 0: ${name(e)}`);
          if (e.hasAttribute("style") && e.getAttribute("style").includes("url(")) faults.push(`outside style: ${name(e)}`);
          if (e.matches("button, summary") && shown(e) && e.getBoundingClientRect().height < 24) faults.push(`too small to hit: ${name(e)}`);
        }
        if (document.querySelectorAll("[aria-live], [role=status], [role=alert]").length !== 1) faults.push("not exactly one live region");

        // Contrast
        const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
        const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
        const ground = (e) => {
          const layers = [];
          for (let p = e; p; p = p.parentElement) { const c = parse(getComputedStyle(p).backgroundColor); layers.push(c); if (c[3] === 1) break; }
          return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
        };
        const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let texts = 0;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const e = node.parentElement;
          if (!node.data.trim() || e.matches("script, style, noscript, noscript *, title") || !shown(e) || unseen(e)) continue;
          texts += 1;
          const under = ground(e);
          const [a, b] = [light(over(parse(getComputedStyle(e).color), under)), light(under)];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${name(e)} "${node.data.trim().slice(0, 30)}"`);
        }
        if (texts < 40) faults.push(`only ${texts} texts were looked at`);

        // Room
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth > width) faults.push(`wider than the window: ${document.documentElement.scrollWidth} > ${width}`);
        for (const e of all) {
          if (!shown(e) || unseen(e) || e.closest("svg")) continue;
          const box = e.getBoundingClientRect();
          if (box.width > 0 && (box.right > width + 0.5 || box.left < -0.5)) faults.push(`sticks out: ${name(e)} ${box.left}-${box.right}`);
        }

        // Nothing from elsewhere
        for (const entry of performance.getEntriesByType("resource")) if (new URL(entry.name).origin !== location.origin && !entry.name.startsWith("data:")) faults.push(`from elsewhere: ${entry.name}`);
        return faults;
        """
}

extension Browser {
    /// Looks for faults of the page as it stands, on a phone and on a desk, light and dark, and keeps a picture of each.
    func audit(_ name: String) async throws {
        for width in [390, 1360] as [Int64] {
            for scheme in [Scheme.light, .dark] {
                try await look(width: width, scheme)
                let faults = try await run(PageAudit.script)
                #expect(faults == [], "\(name) \(width) \(scheme): \(faults)")
                try await picture("\(name)-\(width)-\(scheme)", width: width, scheme)
            }
        }
    }
}
