// <place-field>: a text field that offers places while one types. Plain text still works without it.
import { get, nearest } from "detour/api"
import { fill, placeField } from "detour/format"
import { urls, words } from "detour/page"
import { toast } from "detour/toast"

const TYPING_MS = 140
let count = 0

class PlaceField extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=text], input[type=search]")
    this.chosen = this.querySelector("input[type=hidden]")
    this.list = this.#makeList()
    this.said = this.#makeSaid()
    this.places = []
    this.active = -1
    const combobox = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false" }
    for (const [name, value] of Object.entries(combobox)) this.input.setAttribute(name, value)
    this.input.setAttribute("aria-controls", this.list.id)
    this.input.addEventListener("input", () => this.#typed())
    this.input.addEventListener("keydown", event => this.#key(event))
    this.input.addEventListener("blur", () => this.#close())
    this.#offerPosition()
  }

  // The place as { lat, lon, label, osm_key }; also used by a tap on the map.
  choose(place) {
    this.input.value = place.label
    this.chosen.value = placeField(place)
    this.#close()
    this.dispatchEvent(new CustomEvent("place", { bubbles: true, detail: place }))
  }

  #makeList() {
    const list = Object.assign(document.createElement("ul"), {
      className: "place__list",
      id: `places-${++count}`,
      hidden: true,
    })
    list.setAttribute("role", "listbox")
    list.setAttribute("aria-label", this.input.labels[0]?.textContent.trim() ?? "")
    // pointerdown, not click: the field must not lose its focus first
    list.addEventListener("pointerdown", event => event.preventDefault())
    list.addEventListener("click", event => {
      const index = [...list.children].indexOf(event.target.closest("li"))
      if (index >= 0) this.choose(this.places[index])
    })
    this.append(list)
    return list
  }

  #makeSaid() {
    const said = Object.assign(document.createElement("span"), { className: "visually-hidden" })
    said.setAttribute("role", "status")
    this.append(said)
    return said
  }

  #typed() {
    this.chosen.value = ""
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#search(), TYPING_MS)
  }

  async #search() {
    const text = this.input.value.trim()
    this.asking?.abort()
    if (text.length < 2) return this.#close()
    this.asking = new AbortController()
    try {
      const answer = await get("places/", { q: text, near: this.dataset.near }, { signal: this.asking.signal })
      this.places = (answer.results ?? answer).slice(0, 7)
    } catch (error) {
      if (error.name !== "AbortError") this.#close()
      return
    }
    this.#show()
  }

  #show() {
    this.list.replaceChildren(...this.places.map((place, index) => this.#option(place, index)))
    this.said.textContent = this.places.length ? fill(words.placesFound, { count: this.places.length }) : words.noPlace
    this.list.hidden = !this.places.length
    this.input.setAttribute("aria-expanded", String(!this.list.hidden))
    this.#activate(-1)
  }

  #option(place, index) {
    const option = Object.assign(document.createElement("li"), { id: `${this.list.id}-${index}` })
    option.setAttribute("role", "option")
    const picture = { street: "street", address: "home", home: "home", shop: "shop" }[place.kind] ?? "pin"
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    svg.setAttribute("class", "icon")
    svg.setAttribute("aria-hidden", "true")
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
    use.setAttribute("href", `${urls.icons}#${picture}`)
    svg.append(use)
    option.append(svg, Object.assign(document.createElement("span"), { textContent: place.label }))
    return option
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && this.places.length) {
      event.preventDefault()
      if (this.list.hidden) this.#show()
      const from = this.active < 0 && step < 0 ? 0 : this.active
      this.#activate((from + step + this.places.length) % this.places.length)
    } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault()
      this.choose(this.places[this.active])
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault()
      this.#close()
    }
  }

  #activate(index) {
    this.active = index
    for (const [at, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", String(at === index))
    const option = this.list.children[index]
    option?.scrollIntoView({ block: "nearest" })
    if (option) this.input.setAttribute("aria-activedescendant", option.id)
    else this.input.removeAttribute("aria-activedescendant")
  }

  #close() {
    clearTimeout(this.timer)
    this.list.hidden = true
    this.input.setAttribute("aria-expanded", "false")
    this.input.removeAttribute("aria-activedescendant")
  }

  #offerPosition() {
    const button = this.querySelector(".place__locate")
    if (!button || !navigator.geolocation) return
    button.hidden = false
    button.addEventListener("click", () =>
      navigator.geolocation.getCurrentPosition(
        async ({ coords }) => {
          try {
            this.choose(await nearest({ lat: coords.latitude, lon: coords.longitude }))
          } catch {
            toast(words.outside)
          }
        },
        () => toast(words.noPosition),
        { timeout: 8000, maximumAge: 60_000 },
      ),
    )
  }
}

customElements.define("place-field", PlaceField)
