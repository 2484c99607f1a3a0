// <coming-car booking offer version lat lon zone label>: the car of a ride under way, for who rides in it.
// The server draws it, and for whom a rider gave a link to that is all (there is no offer then); a hint says that there is something new, and what of it we may see is fetched.
import { get, Refusal } from "detour/api"
import { clock } from "detour/format"
import { refresh } from "detour/live-part"

const CALM_MS = 500

let live = null
let map = null
const cars = () => [...document.querySelectorAll("coming-car")]

export function watchCars(socket) {
  live = socket
  live.addEventListener(
    "public",
    ({ detail }) => detail.kind === "position" && hear(detail.position_id, detail.version),
  )
  live.addEventListener("versions", ({ detail }) => {
    for (const car of cars()) hear(car.offer, detail[car.topic] ?? 0)
  })
  for (const car of cars()) car.join()
}

document.addEventListener("drawn", ({ detail }) => {
  map = detail
  for (const car of cars()) car.draw()
})

function hear(offer, version) {
  for (const car of cars()) if (car.offer === String(offer) && version > car.version) car.look()
}

class ComingCar extends HTMLElement {
  #timer = null

  connectedCallback() {
    this.offer = this.getAttribute("offer")
    this.topic = `ride.${this.offer}`
    this.version = Number(this.getAttribute("version"))
    if (live) this.join()
    this.draw()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    if (this.offer) live?.leave([this.topic])
    map?.setCar(null)
  }

  join() {
    if (this.offer) live.join([this.topic])
  }

  draw() {
    const [lat, lon] = ["lat", "lon"].map(name => Number.parseFloat(this.getAttribute(name)))
    map?.setCar(Number.isFinite(lat) ? { lat, lon, label: this.getAttribute("label") } : null)
  }

  // what comes while we wait is in the answer
  look() {
    this.#timer ??= setTimeout(async () => {
      try {
        this.#show(await get(`bookings/${this.getAttribute("booking")}/car/`))
      } catch (error) {
        // offline: the next heartbeat says that we are behind
        if (!(error instanceof Refusal)) throw error
      } finally {
        this.#timer = null
      }
    }, CALM_MS)
  }

  // numbers are filled in; for another sentence the server draws the part anew
  #show(car) {
    const is = [car.is_shared && "shared", car.is_hidden && "hidden", car.point && "seen", car.arrives_at && "timed"]
    if (is.filter(Boolean).join(" ") !== this.dataset.is || car.comes_to !== this.dataset.to) {
      refresh()
      return
    }
    this.version = car.version
    for (const [name, at] of [
      ["arrives", car.arrives_at],
      ["seen", car.seen_at],
    ]) {
      const time = this.querySelector(`[data-${name}] time`)
      if (!time || !at) continue
      time.dateTime = at
      time.textContent = clock(at, this.getAttribute("zone"), document.documentElement.lang)
    }
    const near = this.querySelector("[data-near]")
    if (near) near.textContent = car.near
    if (car.point) for (const name of ["lat", "lon"]) this.setAttribute(name, car.point[name])
    this.draw()
  }
}

customElements.define("coming-car", ComingCar)
