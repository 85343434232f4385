"use strict";
(() => {
  const stored = document.getElementById("sound");
  if (!stored) return;
  document.documentElement.classList.add("js");
  const audio = document.getElementById("audio");
  const $ = (id) => document.getElementById(id);
  const words = [...document.querySelectorAll(".words span[data-t]")];
  const times = words.map((word) => word.dataset.t.split(" ").map((each) => Number(each) / 100));
  const order = words.map((_, i) => i).sort((a, b) => times[a][0] - times[b][0]);
  const starts = (all) => all.map((each) => Number(each.dataset.at)).sort((a, b) => a - b);
  const answers = starts([...document.querySelectorAll(".turn.candidate[data-at]")]);
  const evidence = [...new Set(starts([...document.querySelectorAll("a.evidence[data-at]")]))];
  const clock = (s) => {
    const whole = Math.max(0, Math.round(s)), minutes = Math.floor(whole / 60);
    const hours = Math.floor(minutes / 60), two = (n) => String(n).padStart(2, "0");
    return (hours ? hours + ":" + two(minutes % 60) : minutes) + ":" + two(whole % 60);
  };
  let length = Number(stored.dataset.length);
  let marked = -1;

  // The sound is turned from text into a file of its own when it is first wanted, not while the page opens.
  const load = () => {
    if (audio.src) return;
    const text = atob(stored.textContent.trim());
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/webm" }));
    audio.playbackRate = Number($("speed").value);
  };
  const at = () => audio.currentTime;
  const seek = (s) => { load(); audio.currentTime = Math.min(Math.max(s, 0), length); show(); };
  const toggle = () => { load(); if (audio.paused) audio.play(); else audio.pause(); };
  const next = (list) => { const to = list.find((s) => s > at() + 0.05); if (to !== undefined) seek(to); };
  const before = (list) => { const to = list.filter((s) => s < at() - 1).pop(); if (to !== undefined) seek(to); };

  const show = () => {
    const now = at();
    $("time").textContent = clock(now) + " / " + clock(length);
    $("place").value = String(now);
    $("place").setAttribute("aria-valuetext", clock(now));
    let low = 0, high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[order[middle]][0] <= now + 0.02) low = middle + 1; else high = middle;
    }
    const found = low ? order[low - 1] : -1;
    const current = found >= 0 && now <= times[found][1] + 0.25 ? found : -1;
    if (current === marked) return;
    if (marked >= 0) words[marked].classList.remove("now");
    marked = current;
    if (current < 0) return;
    words[current].classList.add("now");
    const box = words[current].getBoundingClientRect();
    if (!audio.paused && (box.top < 90 || box.bottom > innerHeight - 40))
      words[current].scrollIntoView({ block: "center" });
  };
  const follow = () => { show(); if (!audio.paused) requestAnimationFrame(follow); };

  audio.addEventListener("play", () => { $("play").textContent = "Pause"; follow(); });
  audio.addEventListener("pause", () => { $("play").textContent = "Play"; show(); });
  audio.addEventListener("seeked", show);
  audio.addEventListener("timeupdate", show);
  $("play").addEventListener("click", toggle);
  $("back").addEventListener("click", () => seek(at() - 5));
  $("forward").addEventListener("click", () => seek(at() + 5));
  $("previous").addEventListener("click", () => before(answers));
  $("next").addEventListener("click", () => next(answers));
  $("evidence").addEventListener("click", () => next(evidence));
  $("speed").addEventListener("change", () => { audio.playbackRate = Number($("speed").value); });
  $("place").addEventListener("input", () => seek(Number($("place").value)));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.evidence[data-at]");
    if (link) { seek(Number(link.dataset.at)); return; }
    const word = event.target.closest(".words span[data-t]");
    if (word && getSelection().isCollapsed) seek(times[words.indexOf(word)][0]);
  });
  const speeds = [...$("speed").options].map((option) => option.value);
  const faster = (step) => {
    const to = speeds[speeds.indexOf($("speed").value) + step];
    if (to) { $("speed").value = to; audio.playbackRate = Number(to); }
  };
  const keys = {
    " ": toggle, k: toggle, ArrowLeft: () => seek(at() - 5), ArrowRight: () => seek(at() + 5),
    n: () => next(answers), p: () => before(answers), e: () => next(evidence), E: () => before(evidence),
    "+": () => faster(1), "-": () => faster(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target.tagName;
    if (on === "SELECT" || on === "INPUT" || ((on === "BUTTON" || on === "A") && event.key === " ")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  if (location.hash.startsWith("#t=")) seek(Number(location.hash.slice(3)) || 0); else show();
})();
