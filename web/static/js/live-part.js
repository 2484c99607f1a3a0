// <live-part id on="booking outing">: a part of the page that is fetched again when something of these kinds happens.
// The server draws it, always; a form in it with data-quiet is answered in place.
import { page, Refusal, submit } from "detour/api"
import { toast } from "detour/toast"

export const concerns = (kinds, kind) =>
  kinds.split(" ").some(wanted => kind === wanted || kind.startsWith(`${wanted}.`) || kind.startsWith(`${wanted}_`))

const parts = () => [...document.querySelectorAll("live-part")]

// What somebody has unfolded and typed in a part; a function that does the same once it is drawn again.
function keep(part) {
  const inputs = "input:is([type=text], [type=number], [type=date], [type=time])[id]"
  const unfolded = [...part.querySelectorAll("details[open] > summary")].map(summary => summary.textContent)
  const typed = [...part.querySelectorAll(inputs)].filter(input => input.value !== input.defaultValue)
  return () => {
    for (const summary of part.querySelectorAll("details > summary"))
      if (unfolded.includes(summary.textContent)) summary.parentElement.open = true
    for (const { id, value } of typed) {
      const input = document.getElementById(id)
      if (input) input.value = value
    }
  }
}

// A form that was answered has said what it had to; news of others leaves what is being written alone.
function swapFrom(fresh, { answered = false } = {}) {
  for (const part of parts()) {
    const next = fresh.getElementById(part.id)
    if (next) part.dataset.again = next.dataset.again ?? ""
    if (!next || next.innerHTML === part.innerHTML) continue
    const focused = part.contains(document.activeElement) ? document.activeElement.id : ""
    const again = answered ? () => {} : keep(part)
    part.replaceChildren(...document.importNode(next, true).childNodes)
    again()
    if (focused) document.getElementById(focused)?.focus()
  }
  comeAgain()
  const badge = document.querySelector("[data-badge]")
  const freshBadge = fresh.querySelector("[data-badge]")
  if (badge && freshBadge) badge.replaceWith(document.importNode(freshBadge, true))
}

// Some things may be done only from an hour on: a part with data-again (seconds) is fetched again when it has come.
const LONGEST_TIMER_S = 86_400
let again = null
export function comeAgain() {
  clearTimeout(again)
  const soonest = Math.min(...parts().map(({ dataset }) => Number(dataset.again) || Infinity))
  if (soonest < LONGEST_TIMER_S) again = setTimeout(refresh, soonest * 1000)
}

let running = null
// One fetch at a time, and one more when something happened meanwhile.
export async function refresh() {
  if (running) {
    running.again = true
    return
  }
  running = { again: false }
  try {
    swapFrom(await page())
  } catch (error) {
    // Offline, or on the answer to a form that was refused: what is there stays until there is more news.
    if (!(error instanceof Refusal)) throw error
  } finally {
    const { again } = running
    running = null
    if (again) await refresh()
  }
}

export function watchEvents(live) {
  live.addEventListener("event", ({ detail }) => {
    const concerned = parts().some(part => concerns(part.getAttribute("on"), detail.kind))
    if (concerned || detail.kind.startsWith("asking")) refresh()
  })
  live.addEventListener("resync", refresh)
}

export function answerInPlace() {
  document.addEventListener("submit", async event => {
    const form = event.target
    if (!form.matches("[data-quiet]")) return
    event.preventDefault()
    if (event.submitter) event.submitter.disabled = true
    try {
      const { url, page: fresh } = await submit(form, event.submitter)
      if (new URL(url).pathname !== location.pathname) {
        location.assign(url)
        return
      }
      swapFrom(fresh, { answered: true })
      for (const message of fresh.querySelectorAll("#toasts .toast")) toast(message.textContent.trim())
    } catch (error) {
      toast(error.message)
      if (event.submitter) event.submitter.disabled = false
    }
  })
}
