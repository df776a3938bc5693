// Keyboard and small comforts; every act works without this file.
const rows = () => [...document.querySelectorAll("[data-row]")];
const typing = (el) => el && (el.matches("input, textarea, select") || el.isContentEditable);

function here(list) {
  return list.findIndex((row) => row.classList.contains("is-here"));
}

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = here(list);
  const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
  list.forEach((row) => row.classList.remove("is-here"));
  next.classList.add("is-here");
  const link = next.querySelector("a[data-open]");
  if (link) link.focus();
}

function act(key) {
  const list = rows();
  const row = list[here(list)] || list[0];
  const scope = row && document.querySelector("[data-row]") ? row : document;
  const target = scope.querySelector(`[data-key="${key}"]`) || document.querySelector(`[data-key="${key}"]`);
  if (target) target.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (typing(event.target) && !event.target.matches("[type=checkbox]")) return;
  switch (event.key) {
    case "j":
      move(1);
      break;
    case "k":
      move(-1);
      break;
    case "/": {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
      break;
    }
    case "?": {
      const help = document.querySelector("[data-help]");
      if (help) help.showModal ? help.showModal() : (help.open = true);
      break;
    }
    case "x": {
      const list = rows();
      const box = (list[here(list)] || list[0])?.querySelector("input[type=checkbox]");
      if (box) box.click();
      break;
    }
    case "a":
    case "c":
    case "d":
    case "s":
    case "n":
      act(event.key);
      break;
    default:
      return;
  }
});

document.querySelectorAll("[data-print]").forEach((el) => {
  el.hidden = false;
  el.addEventListener("click", () => window.print());
});

document.querySelectorAll("[data-menu]").forEach((el) => {
  el.addEventListener("click", () => {
    const open = document.body.classList.toggle("is-menu");
    el.setAttribute("aria-expanded", String(open));
  });
});

document.querySelectorAll("[data-tick-all]").forEach((el) => {
  el.addEventListener("change", () => {
    rows().forEach((row) => {
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.checked = el.checked;
    });
  });
});

// A form is sent once: a second click while the first is on its way does nothing.
document.querySelectorAll("form[method=post]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
