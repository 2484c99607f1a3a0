// <seat-bar data-offer data-left data-version>: small people and a number, drawn by the server, kept true here.
import { seats } from "detour/format"
import { words } from "detour/page"
import { state } from "detour/state"

class SeatBar extends HTMLElement {
  connectedCallback() {
    const { offer, left, version } = this.dataset
    this.offerId = Number(offer)
    state.apply({ offer_id: this.offerId, seats_left: Number(left), version: Number(version) })
    this.stop = state.watch((now, before) => now.offer_id === this.offerId && this.show(now, before))
    const known = state.get(this.offerId)
    if (known.seats_left !== Number(left)) this.show(known)
  }

  disconnectedCallback() {
    this.stop()
  }

  show({ seats_left: left, version }, before) {
    this.dataset.version = version
    if (left === undefined || left === Number(this.dataset.left)) return
    this.dataset.left = left
    this.querySelector(".seat-bar__text").textContent = seats(words, left)
    const figures = this.querySelector(".seats")
    while (figures.children.length < Math.min(left, 8)) figures.append(document.createElement("i"))
    for (const [index, figure] of [...figures.children].entries()) figure.classList.toggle("is-free", index < left)
    if (!before) return
    this.classList.remove("is-news")
    void this.offsetWidth // so that the animation starts again
    this.classList.add("is-news")
  }
}

customElements.define("seat-bar", SeatBar)
