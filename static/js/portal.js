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

// A row that the keyboard or the mouse reaches becomes the current one.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || row.classList.contains("is-here")) return;
  rows().forEach((other) => other.classList.remove("is-here"));
  row.classList.add("is-here");
});

const boxOf = (row) => row?.querySelector("input[type=checkbox]");
const boxes = () => rows().map(boxOf).filter(Boolean);

// In a list with picking, a key acts on what is picked, and on the current row when nothing is. Without a current row it only
// shows where the first one is, so that a stray key changes nothing.
function act(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  if (target.name === "verb" && !boxes().some((box) => box.checked)) {
    const list = rows();
    if (here(list) < 0) {
      move(1);
      return;
    }
    const box = boxOf(list[here(list)]);
    if (!box) return;
    box.checked = true;
    picked(box);
  }
  target.click();
  if (target.matches("summary")) target.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  if (target.hash) document.querySelector(target.hash)?.querySelector("textarea")?.focus();
}

function picked(box) {
  box.closest("[data-row]")?.classList.toggle("is-picked", box.checked);
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-row] input[type=checkbox]")) picked(event.target);
});

const help = document.querySelector("[data-help]");
document.querySelectorAll("[data-help-open]").forEach((el) => {
  el.hidden = false;
  el.addEventListener("click", () => help?.showModal());
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (typing(event.target)) event.target.blur();
    else closeMenu();
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
    case "?":
      event.preventDefault();
      help?.showModal();
      break;
    case "x": {
      const list = rows();
      boxOf(list[here(list)] || list[0])?.click();
      break;
    }
    case "a":
    case "c":
    case "d":
    case "s":
    case "n":
    case "u":
    case "y":
    case "z":
      event.preventDefault();
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

// The menu of a narrow window opens as the target of its link. Closing it gives the focus back to the link.
const menu = document.querySelector("[data-menu]");
const menuOpen = () => location.hash === "#nav";
function menuState() {
  menu?.setAttribute("aria-expanded", String(menuOpen()));
}
function closeMenu() {
  if (!menu || !menuOpen()) return;
  location.hash = "#main";
  menu.focus();
}
if (menu) {
  menu.setAttribute("role", "button");
  menuState();
  menu.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      menu.click();
    }
  });
  menu.addEventListener("click", (event) => {
    event.preventDefault();
    if (menuOpen()) {
      closeMenu();
      return;
    }
    location.hash = "#nav";
    document.querySelector("#nav a")?.focus();
  });
  window.addEventListener("hashchange", menuState);
  document.querySelector("[data-menu-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    closeMenu();
  });
}

document.querySelectorAll("[data-tick-all]").forEach((el) => {
  el.addEventListener("change", () => {
    boxes().forEach((box) => {
      box.checked = el.checked;
      picked(box);
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

// A text of the office goes into its field where the cursor stands; without this the link loads the page with it.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-phrase]") : null;
  const field = link && document.getElementById(link.dataset.for);
  if (!field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const at = field.selectionStart ?? field.value.length;
  field.setRangeText(link.dataset.phrase, at, field.selectionEnd ?? at, "end");
  field.focus();
});
