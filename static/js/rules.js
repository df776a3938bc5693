// What is wrong with a draft of rules, said while it is typed; without this file the same is said by the page that comes back.
const form = document.querySelector("form[data-check]");

function show(row, text) {
  const input = row.querySelector("input, select, textarea");
  const id = `${input.id}-wrong`;
  let note = document.getElementById(id);
  if (!text) {
    note?.remove();
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    input.classList.remove("is-wrong");
    return;
  }
  if (!note) {
    note = document.createElement("p");
    note.id = id;
    note.className = "x-wrong";
    row.append(note);
  }
  note.textContent = text;
  input.classList.add("is-wrong");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
}

let waiting = 0;
let asked = 0;

async function check() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
  if (!answer.ok || mine !== asked) return;
  const { wrong } = await answer.json();
  form.querySelectorAll("[data-field]").forEach((row) => show(row, wrong?.[row.dataset.field]));
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(check, 350);
});
