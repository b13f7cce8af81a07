/* The desk's quickness: places picked by typing, the caller's form sent by Ctrl+Enter, the bar for chosen rows.
   Every page that uses it works without it. */
"use strict";
(function () {
  /* A field that suggests places: arrows move, Enter or Tab takes, Escape closes. */
  function pick(input) {
    if (input.dataset.ready) return;
    input.dataset.ready = "1";
    const form = input.form;
    const kept = form.elements[input.dataset.placePick];
    const hidden = kept instanceof RadioNodeList ? form.querySelector(`input[type=hidden][name="${input.dataset.placePick}"]`) : kept;
    const box = document.createElement("div");
    box.className = "pick";
    input.replaceWith(box);
    const list = document.createElement("ul");
    list.className = "pick-list";
    list.id = `${input.id}_list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.firstChild?.textContent || "");
    list.hidden = true;
    box.append(input, list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let active = -1;
    let timer = 0;
    let asked = 0;

    const options = function () { return [...list.querySelectorAll("[role=option]")]; };
    const show = function (open) {
      list.hidden = !open || !list.children.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (list.hidden) { active = -1; input.removeAttribute("aria-activedescendant"); }
    };
    const mark = function (place) {
      const all = options();
      if (!all.length) return;
      active = (place + all.length) % all.length;
      all.forEach(function (option, at) { option.setAttribute("aria-selected", String(at === active)); });
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    };
    const take = function (option) {
      input.value = option.dataset.name;
      hidden.value = option.dataset.place;
      box.classList.add("picked");
      list.replaceChildren();
      show(false);
      input.dispatchEvent(new CustomEvent("place:picked", { bubbles: true, detail: option.dataset.place }));
    };
    const ask = async function () {
      const mine = ++asked;
      const words = input.value.trim();
      if (!words) { list.replaceChildren(); show(false); return; }
      try {
        const answer = await fetch(`${input.dataset.search}?q=${encodeURIComponent(words)}`);
        if (!answer.ok || mine !== asked || hidden.value) return;
        /* Our own server's fragment, escaped by its templates. */
        list.innerHTML = await answer.text();
        show(document.activeElement === input);
        if (!list.hidden) mark(0);
      } catch { show(false); }
    };
    input.addEventListener("input", function () {
      hidden.value = "";
      box.classList.remove("picked");
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      const all = options();
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) ask(); else mark(active + (event.key === "ArrowDown" ? 1 : -1));
        event.preventDefault();
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (!list.hidden && all[active]) { take(all[active]); next(input); }
      } else if (event.key === "Tab" && !event.shiftKey && !list.hidden && all[active]) {
        take(all[active]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        show(false);
      }
    });
    input.addEventListener("blur", function () { setTimeout(function () { show(false); }, 150); });
    list.addEventListener("mousedown", function (event) {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); take(option); next(input); }
    });
  }

  function next(input) {
    const all = [...input.form.querySelectorAll("input:not([type=hidden]), textarea, select, button")].filter(function (one) { return !one.disabled && one.offsetParent; });
    all[all.indexOf(input) + 1]?.focus();
  }

  function furnish(root) {
    root.querySelectorAll("[data-place-pick]").forEach(pick);
    for (const form of root.querySelectorAll("form[data-quick]")) {
      form.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
        /* Enter goes to the next field: a half-filled form must not be sent by a habit. */
        else if (event.key === "Enter" && event.target.matches("input:not([data-place-pick])") && !event.isComposing) { event.preventDefault(); next(event.target); }
      });
    }
    const bulk = root.querySelector("#bulk");
    if (bulk) {
      const bar = bulk.querySelector(".bulk-bar");
      const look = function () { bar?.classList.toggle("some", Boolean(bulk.querySelector("input[name=demand]:checked"))); };
      bulk.addEventListener("change", function () { setTimeout(look); });
      look();
    }
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", function () { furnish(document); });
  else furnish(document);
  document.addEventListener("htmx:load", function (event) { if (event.target !== document.body) furnish(event.target); });
})();
/* A suggestion that fills a field of the same form, by hand only. */
document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-sets]");
  if (!button) return;
  const field = button.form.elements[button.dataset.sets];
  field.value = button.dataset.value;
  for (const other of button.form.querySelectorAll("[data-sets]")) other.setAttribute("aria-pressed", String(other === button));
});
