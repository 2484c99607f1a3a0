// List and map: opens the map when the page is quiet, links a card with its marker, moves the sheet on a phone.
import { get, nearest } from "detour/api"
import { readPlaceField } from "detour/format"
import { facts, urls, words } from "detour/page"
import { state } from "detour/state"
import { toast } from "detour/toast"

const isPhone = matchMedia("(max-width: 63.99rem)")
const CALM_MS = 350

export function openStage(live) {
  const box = document.querySelector("[data-map]")
  if (!box) return
  handle()
  const open = () => draw(box, live).catch(error => giveUp(box, error))
  if ("requestIdleCallback" in globalThis) requestIdleCallback(open, { timeout: 1500 })
  else setTimeout(open, 200)
}

function giveUp(box, error) {
  box.querySelector(".map__note").textContent = words.noMap
  box.querySelector(".map__note").hidden = false
  console.info("no map:", error.message)
}

async function draw(box, live) {
  const { openMap } = await import("detour/map")
  const map = await openMap(box.querySelector(".map__view"), {
    ...facts.map,
    covered: () => (isPhone.matches ? coveredByPanel() : 0),
  })
  box.classList.add("is-drawn")
  linkCards(map)
  state.watch(now => map.setSeats(now.offer_id, now.seats_left))
  if (box.dataset.map === "live") followView(map, live)
  if (box.dataset.map === "pick") pickPlaces(map)
  box.dispatchEvent(new CustomEvent("drawn", { bubbles: true, detail: map }))
}

// How many pixels of the map the sheet hides.
function coveredByPanel() {
  const panel = document.querySelector(".stage__panel")
  return Math.max(0, innerHeight - Math.max(panel.getBoundingClientRect().top, innerHeight * 0.35))
}

const cards = () => [...document.querySelectorAll("[data-ride]")]
const rideOf = card => ({ ...JSON.parse(card.dataset.ride), card })

function linkCards(map) {
  const rides = cards().map(rideOf)
  map.setRides(rides)
  const ends = map.setEnds(facts.map.ends ?? [])
  const road = (facts.map.line?.coordinates ?? []).map(([lon, lat]) => ({ lat, lon }))
  if (!facts.map.fixed) map.fit([...rides, ...ends, ...road])
  // on a page of results the best ride's road is there from the start
  const best = cards().find(card => rideOf(card).off)
  const light = card => {
    for (const other of cards()) other.classList.toggle("is-lit", other === card)
    map.light(card ? rideOf(card).id : null)
    const shown = card ?? best
    if (shown) drawLine(map, shown)
    else {
      wanted = null
      map.setLine(facts.map.line ?? null)
    }
  }
  const cardOf = target => {
    const marker = target?.closest?.("[data-marker]")
    if (!marker) return target?.closest?.("[data-ride]") ?? null
    return cards().find(card => rideOf(card).id === Number(marker.dataset.marker)) ?? null
  }
  for (const [event, back] of [
    ["pointerover", "pointerout"],
    ["focusin", "focusout"],
  ]) {
    document.addEventListener(event, ({ target }) => cardOf(target) && light(cardOf(target)))
    document.addEventListener(back, ({ relatedTarget }) => cardOf(relatedTarget) || light(null))
  }
  map.onSelect(ride => {
    const card = cards().find(one => rideOf(one).id === ride.id)
    if (!card) return location.assign(ride.url)
    light(card)
    card.scrollIntoView({ block: "center" })
    card.querySelector("a, button")?.focus({ preventScroll: true })
  })
  light(null)
}

const lines = new Map()
let wanted = null
async function drawLine(map, card) {
  wanted = card
  const url = card.dataset.line
  if (!lines.has(url))
    lines.set(
      url,
      get(url).catch(() => null),
    )
  const line = await lines.get(url)
  const { off } = rideOf(card)
  if (line && off) line.walks = walks(rideOf(card))
  if (wanted === card) map.setLine(line)
}

// From my door to where the car stops, and at the other end.
function walks({ lat, lon, off }) {
  const door = kind => readPlaceField((facts.map.ends ?? []).find(end => end.kind === kind)?.at ?? "")
  const [start, end] = [door("start"), door("end")]
  return start && end
    ? [
        [
          [start.lon, start.lat],
          [lon, lat],
        ],
        [off, [end.lon, end.lat]],
      ]
    : []
}

// The map of the home page: the rides in view, and the topics of its cells.
function followView(map, live) {
  let joined = []
  let timer
  const look = async () => {
    const { offers, topics } = await get(urls.view, {
      bbox: map
        .bounds()
        .map(degrees => degrees.toFixed(4))
        .join(","),
    }).catch(() => ({ offers: null }))
    if (!offers) return
    live.join(topics)
    live.leave(joined)
    joined = topics
    for (const { id, seats_left, seats_held, version } of offers)
      state.apply({ offer_id: id, seats_left, seats_held, version })
    const inList = new Map(cards().map(card => [rideOf(card).id, card]))
    map.setRides(offers.map(offer => ({ ...offer, card: inList.get(offer.id) })))
  }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(look, CALM_MS)
  }
  map.onMove(soon)
  state.watch(
    (now, before) =>
      (!before || now.state !== before.state) && map.has(now.offer_id) !== (now.state === "published") && soon(),
  )
  live.addEventListener("open", ({ detail }) => detail.again && soon())
  look()
}

// A tap fills the field that was used last, or the first empty one.
function pickPlaces(map) {
  const fields = [...document.querySelectorAll("place-field")]
  let last = null
  for (const field of fields) {
    field.addEventListener("focusin", () => (last = field))
    field.addEventListener("place", () => showEnds())
  }
  const showEnds = () =>
    map.fit(
      map.setEnds(
        fields
          .map((field, index) => ({ at: field.chosen.value, kind: index ? "end" : "start" }))
          .filter(({ at }) => at),
      ),
    )
  map.onTap(async ({ lat, lon }) => {
    const field = last ?? fields.find(({ chosen }) => !chosen.value) ?? fields.at(-1)
    const place = await nearest({ lat, lon }).catch(error => toast(error.message))
    if (place) field.choose({ ...place, lat, lon })
  })
  showEnds()
}

function handle() {
  const button = document.querySelector(".sheet-handle")
  const panel = document.querySelector(".stage__panel")
  if (!button) return
  const isUp = () => panel.getBoundingClientRect().top < innerHeight * 0.25
  const name = () => {
    button.setAttribute("aria-expanded", String(isUp()))
    button.setAttribute("aria-label", isUp() ? words.showMap : words.showList)
  }
  button.addEventListener("click", () => {
    if (isUp()) scrollTo({ top: 0 })
    else panel.scrollIntoView()
  })
  addEventListener("scroll", name, { passive: true })
  name()
}
