/* What every page may use: focus on what is wrong, counters, photos made smaller, maps and charts fetched when needed.
   Nothing here is needed to get something done; it only makes it quicker. */
"use strict";
(function () {
  const own = document.currentScript.dataset;
  const loaded = {};

  function load(address) {
    loaded[address] ||= new Promise(function (done, failed) {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loaded[address];
  }

  function style(address) {
    if (document.querySelector(`link[href="${address}"]`)) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    document.head.append(link);
  }

  function counters(root) {
    for (const box of root.querySelectorAll("[data-counter]")) {
      const most = Number(box.dataset.counter);
      const line = document.createElement("p");
      line.className = "counter";
      const count = function () { line.textContent = `${[...box.value].length} / ${most}`; };
      box.after(line);
      box.addEventListener("input", count);
      count();
    }
  }

  function submitters(root) {
    /* A choice that sends its form at once; without JavaScript the form's own button does it. */
    for (const choice of root.querySelectorAll("[data-submits]")) {
      choice.addEventListener("change", function () { choice.form.requestSubmit(); });
    }
    for (const all of root.querySelectorAll("[data-checks-all]")) {
      all.addEventListener("change", function () {
        for (const box of document.querySelectorAll(`input[name="${all.dataset.checksAll}"]`)) box.checked = all.checked;
      });
    }
    for (const form of root.querySelectorAll("form[data-once]")) {
      form.addEventListener("submit", function () {
        for (const button of form.querySelectorAll("button:not([name])")) setTimeout(function () { button.disabled = true; });
      });
    }
    for (const button of root.querySelectorAll("[data-opens]")) {
      /* On a narrow screen a button stands for a part of the page; where there is room the part is simply there. */
      button.addEventListener("click", function () { open(button, button.getAttribute("aria-expanded") !== "true"); });
    }
    for (const button of root.querySelectorAll("[data-print]")) button.addEventListener("click", function () { window.print(); });
    for (const button of root.querySelectorAll("[data-copies]")) {
      button.addEventListener("click", async function () {
        await navigator.clipboard.writeText(button.dataset.copies);
        button.querySelector("[data-copied]").hidden = false;
      });
    }
  }

  /* What was typed outlives a switch of language or size, and a session that ended: it waits in this tab until the same
     page comes back, and goes with any other page. Passwords, files and hidden fields are not kept. */
  const KEPT = "gongzhi-kept", NOT_KEPT = ["hidden", "password", "file", "submit", "button"];

  function typed(form) {
    return [...form.elements].filter(function (field) { return field.name && !NOT_KEPT.includes(field.type); });
  }

  function store(kept) {
    try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* Full or forbidden: it is only a help. */ }
  }

  function keep(form) {
    const address = new URL(form.getAttribute("action") || "", location.href).pathname;
    const switches = address.startsWith("/switch/");
    if (!switches && !form.matches("[data-once]")) return;
    const forms = switches ? [...document.querySelectorAll("form[data-once]")] : [form];
    const values = forms.flatMap(typed).map(function (field) { return [field.name, field.value, Boolean(field.checked)]; });
    store({ path: switches ? location.pathname : address, wanted: switches, values: values });
  }

  function putBack() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    if (!kept) return;
    if (location.pathname === "/login") { store({ ...kept, wanted: true }); return; }
    sessionStorage.removeItem(KEPT);
    if (!kept.wanted || kept.path !== location.pathname) return;
    for (const field of [...document.querySelectorAll("form[data-once]")].flatMap(typed)) {
      const choice = field.type === "radio" || field.type === "checkbox";
      const found = kept.values.find(function (one) { return one[0] === field.name && (!choice || one[1] === field.value); });
      if (!found) continue;
      if (choice) field.checked = found[2]; else field.value = found[1];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  document.addEventListener("submit", function (event) { keep(event.target); }, true);

  function open(button, yes) {
    const part = document.getElementById(button.dataset.opens);
    part.classList.toggle("open", yes);
    button.setAttribute("aria-expanded", String(yes));
    if (yes && part.classList.contains("quick-search")) part.querySelector("input").focus();
  }

  function pictures(root) {
    const maps = root.querySelectorAll(".map-box[data-map]");
    if (maps.length) {
      style(own.leafletCss);
      load(own.leaflet).then(function () { return load(own.map); }).then(function () { maps.forEach(window.gongzhi.drawMap); });
    }
    const charts = root.querySelectorAll("figure[data-chart]");
    if (charts.length) {
      load(own.echarts).then(function () { return load(own.chart); }).then(function () { charts.forEach(window.gongzhi.drawChart); });
    }
  }

  function furnish(root) {
    counters(root);
    submitters(root);
    pictures(root);
  }

  function say(words) {
    const place = document.getElementById("messages");
    if (!place) return;
    const line = document.createElement("div");
    line.className = "note tone-late";
    line.textContent = words;
    place.replaceChildren(line);
    line.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    for (const button of document.querySelectorAll('[data-opens][aria-expanded="true"]')) { open(button, false); button.focus(); }
  });

  window.gongzhi = { load: load, furnish: furnish, say: say };
  document.addEventListener("DOMContentLoaded", function () {
    furnish(document);
    putBack();
    document.querySelector("[data-focus]")?.focus();
  });
  document.addEventListener("htmx:load", function (event) {
    if (event.target === document.body) return;
    furnish(event.target);
    event.target.querySelector("[data-focus]")?.focus();
  });
  /* A refused form comes back as 422 with its errors: show it like any page. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, function () { say(own.lost); });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) for (const button of document.querySelectorAll("form[data-once] button")) button.disabled = false;
  });
})();
