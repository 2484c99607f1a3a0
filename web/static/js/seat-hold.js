// <seat-hold data-offer data-trip data-minutes>: keeps the seat while the form in it is open, and says for how long.
// It ends by itself on the server; without this, booking works as well.
import { post } from "detour/api"
import { euros, fill, minutesLeft } from "detour/format"
import { words } from "detour/page"

const CALM_MS = 600
const MINUTE_MS = 60_000

// Numbers and things of the form, as the hold wants them; who rides in a wheelchair takes no seat.
export function carried(form) {
  const number = name => Number(form.elements[name]?.value || 0)
  const load = form.querySelector("[name=load]:checked")?.dataset ?? {}
  return {
    seats: Math.max((number("seats") || 1) - number("wheelchairs"), 0),
    child_seats: number("child_seats"),
    wheelchairs: number("wheelchairs"),
    litres: Number(load.litres ?? 0),
    length_cm: Number(load.length_cm ?? 0),
  }
}

class SeatHold extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form")
    this.form.addEventListener("change", () => this.#changed())
    this.#nameCompanions()
    if (!this.dataset.trip) return
    const form = this.querySelector("details")
    form.addEventListener("toggle", ({ target }) => target === form && form.open && this.#keep())
    if (form.open) this.#keep()
  }

  disconnectedCallback() {
    clearInterval(this.clock)
  }

  #changed() {
    this.#nameCompanions()
    if (!this.kept) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#keep(), CALM_MS)
  }

  #nameCompanions() {
    this.querySelector("[data-companions]").hidden = Number(this.form.elements.seats.value) < 2
  }

  async #keep() {
    const wanted = JSON.stringify({ ...JSON.parse(this.dataset.trip), ...carried(this.form) })
    if (wanted === this.kept && Date.now() < this.until) return
    this.kept = wanted
    try {
      const { price_cents } = await post(`offers/${this.dataset.offer}/hold/`, JSON.parse(wanted))
      const price = this.form.querySelector("[data-price]")
      if (price) price.textContent = euros(words, price_cents, document.documentElement.lang)
      this.#count()
    } catch ({ message }) {
      this.#say(message)
    }
  }

  #count() {
    const minutes = Number(this.dataset.minutes)
    this.until = Date.now() + minutes * MINUTE_MS
    clearInterval(this.clock)
    const tick = () => {
      const left = Math.ceil((this.until - Date.now()) / MINUTE_MS)
      const less = left < minutes ? minutesLeft(words, left) : ""
      if (left > 0) return this.#say(fill(words.seatKept, { count: minutes }), less)
      clearInterval(this.clock)
      this.#say(words.seatNotKept)
    }
    this.clock = setInterval(tick, MINUTE_MS / 4)
    tick()
  }

  #say(text, left = "") {
    const line = this.querySelector(".kept")
    line.hidden = false
    const status = line.querySelector("[role=status]")
    if (status.textContent !== text) status.textContent = text
    line.querySelector("[role=timer]").textContent = left
  }
}

customElements.define("seat-hold", SeatHold)
