// What has just happened, said once: in a corner for the eye, in a live region for the ear.
const READING_MS = 7000

const place = () => document.getElementById("toasts")

function leaveSoon(toast) {
  toast.querySelector("button")?.addEventListener("click", () => toast.remove())
  let timer = setTimeout(() => toast.remove(), READING_MS)
  toast.addEventListener("pointerenter", () => clearTimeout(timer))
  toast.addEventListener("focusin", () => clearTimeout(timer))
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), READING_MS)
  })
}

export function toast(text, { href } = {}) {
  const shape = document.getElementById("toast-shape").content.cloneNode(true)
  const line = shape.querySelector("span")
  if (href) {
    const link = Object.assign(document.createElement("a"), { href, textContent: text })
    line.append(link)
  } else line.textContent = text
  const made = shape.querySelector(".toast")
  while (place().children.length > 2) place().firstElementChild.remove()
  place().append(made)
  leaveSoon(made)
}

export const greetServerToasts = () => place().querySelectorAll(".toast").forEach(leaveSoon)
