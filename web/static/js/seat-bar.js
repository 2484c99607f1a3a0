// <seat-bar data-offer data-left data-held data-version>: small people and words, drawn by the server, kept true here.
import { seats } from "detour/format"
import { words } from "detour/page"
import { state } from "detour/state"

const MOST_FIGURES = 8

class SeatBar extends HTMLElement {
  connectedCallback() {
    const { offer, left, held, version } = this.dataset
    this.offerId = Number(offer)
    state.apply({
      offer_id: this.offerId,
      seats_left: Number(left),
      seats_held: Number(held),
      version: Number(version),
    })
    this.stop = state.watch((now, before) => now.offer_id === this.offerId && this.show(now, before))
    this.show(state.get(this.offerId))
  }

  disconnectedCallback() {
    this.stop()
  }

  show({ seats_left: left, seats_held, seats_total: total = 0, version }, before) {
    this.dataset.version = version
    if (left === undefined) return
    const figures = this.querySelector(".seats")
    const most = Math.max(total, figures.children.length)
    const held = Math.min(seats_held ?? 0, Math.max(most - left, 0))
    if (left === Number(this.dataset.left) && held === Number(this.dataset.held)) return
    Object.assign(this.dataset, { left, held })
    this.querySelector(".seat-bar__text").textContent = seats(words, left, held)
    while (figures.children.length < Math.min(left + held, MOST_FIGURES)) figures.append(document.createElement("i"))
    for (const [index, figure] of [...figures.children].entries())
      figure.className = index < left ? "is-free" : index < left + held ? "is-held" : ""
    if (!before) return
    this.classList.remove("is-news")
    void this.offsetWidth // so that the animation starts again
    this.classList.add("is-news")
  }
}

customElements.define("seat-bar", SeatBar)
