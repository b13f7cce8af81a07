/* The form of /new, one step at a time. The server takes the whole form either way. */
"use strict";
(function () {
  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  const steps = [...form.querySelectorAll("[data-step]")];
  const marks = [...form.querySelectorAll("[data-stepper] li")];
  const back = form.querySelector("[data-back]");
  const next = form.querySelector("[data-next]");
  const send = form.querySelector("[data-send]");
  let now = 0;

  function show(place, focus) {
    now = place;
    steps.forEach(function (step, number) { step.hidden = number !== now; });
    marks.forEach(function (mark, number) {
      mark.classList.toggle("done", number < now);
      if (number === now) mark.setAttribute("aria-current", "step"); else mark.removeAttribute("aria-current");
    });
    back.hidden = now === 0;
    next.hidden = now === steps.length - 1;
    send.hidden = now !== steps.length - 1;
    if (focus) {
      steps[now].querySelector("h2").focus({ preventScroll: true });
      form.scrollIntoView({ block: "start" });
    }
  }

  function given(step) {
    if (step.dataset.needs === "place") {
      return Boolean(form.querySelector('[name="place"]:checked') || [...form.querySelectorAll("#ladder select")].some(function (box) { return box.value; }));
    }
    if (step.dataset.needs === "agree") {
      const reachable = ["name", "phone", "email"].some(function (name) { return form.elements[name].value.trim(); });
      return !reachable || form.elements.agree.checked;
    }
    if (step.dataset.needs === "body") return form.elements.body.value.trim() !== "";
    return true;
  }

  const BOXES = { place: "#id_search", body: "#id_body", agree: "#id_agree" };

  function complain(step) {
    const box = step.querySelector(BOXES[step.dataset.needs]);
    let line = step.querySelector("[data-step-fault]");
    if (!line) {
      line = document.createElement("p");
      line.className = "field-error";
      line.id = `${box.id}_step_fault`;
      line.dataset.stepFault = "";
      line.setAttribute("role", "alert");
      (box.closest(".find, .form-check") || box).before(line);
    }
    line.textContent = step.dataset.fault;
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", line.id);
    box.focus();
  }

  function settle(step) {
    step.querySelector("[data-step-fault]")?.remove();
    step.querySelectorAll("[aria-invalid]").forEach(function (box) { box.removeAttribute("aria-invalid"); });
  }

  function forward() {
    const step = steps[now];
    if (!given(step)) return complain(step);
    settle(step);
    if (step.dataset.needs === "body") return beforeContact();
    return show(now + 1, true);
  }

  /* Neighbours may have said it already: asked while she writes, shown between the second step and the third. It is
     only a help: late or failed, it shows nothing. The form says by `plain` whether this ran. */
  const near = document.getElementById("near");
  const LATE = 900, PAUSE = 700, SHORT = 4;
  let asked = "", answer = Promise.resolve(""), seen = "", timer = 0, stop = null;
  form.elements.plain.value = "";

  function ask() {
    const typed = new FormData(form);
    typed.delete("photos");
    const chosen = ["place", "compound", "community", "subdistrict"].map(function (name) { return typed.get(name); }).find(Boolean);
    const about = `${chosen} ${typed.get("body").trim()}`;
    if (about === asked || !chosen || typed.get("body").trim().length < SHORT) return;
    asked = about;
    stop?.abort();
    stop = new AbortController();
    answer = fetch(form.dataset.near, { method: "POST", body: new URLSearchParams(typed), signal: stop.signal })
      .then(function (found) { return found.status === 200 ? found.text() : ""; })
      .catch(function () { return ""; });
  }

  async function beforeContact() {
    const contact = now + 1;
    ask();
    next.disabled = true;
    const found = await Promise.race([answer, new Promise(function (done) { setTimeout(done, LATE, ""); })]);
    next.disabled = false;
    if (!found || seen === asked) return show(contact, true);
    near.innerHTML = found;
    window.gongzhi.furnish(near);
    form.hidden = true;
    near.hidden = false;
    near.querySelector("h2").focus({ preventScroll: true });
    near.scrollIntoView({ block: "start", behavior: "instant" });
    return undefined;
  }

  near.addEventListener("click", function (event) {
    if (!event.target.closest("[data-differs]")) return;
    seen = asked;
    near.hidden = true;
    form.hidden = false;
    show(steps.findIndex(function (step) { return step.dataset.needs === "agree"; }), true);
  });
  form.elements.body.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  next.addEventListener("click", forward);
  back.addEventListener("click", function () { show(now - 1, true); });
  form.addEventListener("keydown", function (event) {
    /* Enter in a line of text means "go on", not "send half a form". */
    if (event.key === "Enter" && event.target.matches("input:not([type=radio]):not([type=checkbox])") && now < steps.length - 1) {
      event.preventDefault();
      if (event.target.id !== "id_search") forward();
    }
  });

  form.addEventListener("change", function (event) {
    /* The list and the search are two ways to one place: the later choice counts. */
    if (event.target.closest("#ladder")) form.querySelectorAll('[name="place"]').forEach(function (box) { box.checked = false; });
    if (steps[now].querySelector("[data-step-fault]") && given(steps[now])) settle(steps[now]);
  });
  /* Asked here so that the photos, which a browser forgets, need not be chosen again. */
  form.addEventListener("submit", function (event) {
    const short = steps.find(function (step) { return !given(step); });
    if (!short || event.submitter?.name === "find") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    show(steps.indexOf(short), false);
    complain(short);
  }, true);

  const button = form.querySelector("[data-position]");
  const said = document.getElementById("position-said");
  button?.addEventListener("click", function () {
    const refuse = function () { said.textContent = button.dataset.refused; };
    if (!navigator.geolocation) return refuse();
    return navigator.geolocation.getCurrentPosition(function (position) {
      const { longitude, latitude } = position.coords;
      form.elements.lon.value = longitude.toFixed(6);
      form.elements.lat.value = latitude.toFixed(6);
      said.textContent = "";
      htmx.ajax("GET", `${button.dataset.position}?lon=${longitude}&lat=${latitude}`, { target: "#place-choices" });
    }, refuse, { enableHighAccuracy: true, timeout: 10000 });
  });

  const wrong = form.querySelector(".field-bad");
  show(Math.max(0, steps.findIndex(function (step) { return wrong && step.contains(wrong); })), false);
  document.querySelector(".error-summary")?.addEventListener("click", function (event) {
    const target = document.getElementById(event.target.hash?.slice(1));
    const place = steps.findIndex(function (step) { return target && step.contains(target); });
    if (place >= 0) show(place, false);
  });
})();
