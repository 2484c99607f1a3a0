// The only file that knows MapLibre. Throws where there is no WebGL; the list then does without.

import { clusterToFit } from "detour/cluster"
import { fill, readPlaceField, seats } from "detour/format"
import { urls, words } from "detour/page"
import { Map as LibreMap, LngLatBounds, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl"

const EMPTY = { type: "FeatureCollection", features: [] }
const NEWS_MS = 900
// from here on, what still stands together stands in one place
const CLOSEST = 16

const darkness = matchMedia("(prefers-color-scheme: dark)")
const contrast = matchMedia("(prefers-contrast: more)")
const theme = () => (contrast.matches ? "contrast" : darkness.matches ? "dark" : "light")
const styleUrl = () => `${urls.mapStyle.replace("THEME", theme())}?lang=${document.documentElement.lang}`

function sheet() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: urls.mapSheet })
  return new Promise(done => {
    link.onload = done
    link.onerror = done
    document.head.prepend(link)
  })
}

export async function openMap(container, { bounds, center, zoom, fitted, covered }) {
  // MapLibre draws its labels with the page's typeface: it must be there before the first label
  await Promise.all([sheet(), document.fonts.load("16px Figtree"), document.fonts.load('600 16px "Figtree Semibold"')])
  setWorkerUrl(urls.mapWorker)
  const map = new LibreMap({
    container,
    style: styleUrl(),
    bounds: fitted ?? bounds,
    fitBoundsOptions: { padding: padding(covered()), maxZoom: 13 },
    ...(center && { center, zoom }),
    maxBounds: widened(bounds),
    minZoom: 8,
    maxZoom: 18.5,
    attributionControl: false,
    fadeDuration: 0,
    renderWorldCopies: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), "top-right")
  map.getCanvas().setAttribute("aria-label", words.mapLabel)
  await new Promise((done, fail) => {
    map.once("load", done)
    map.once("error", ({ error }) => fail(error))
  })
  container.rideMap = new RideMap(map, covered) // so that a test can ask where things are
  return container.rideMap
}

// Room for markers, the credit and the zoom buttons; `bottom` is what a sheet hides.
const padding = bottom => ({ top: bottom ? 50 : 70, left: 50, right: 80, bottom: bottom + 50 })

// A margin of half the region, so that its edge can be brought to the middle of what a sheet leaves free.
function widened([west, south, east, north]) {
  const [wide, high] = [(east - west) / 2, (north - south) / 2]
  return [west - wide, Math.max(south - high * 2.5, -85), east + wide, Math.min(north + high, 85)]
}

class RideMap {
  #markers = []
  #ends = []
  #rides = []
  #car = null
  #lit = null
  #select = () => {}

  constructor(map, covered) {
    Object.assign(this, { map, covered })
    this.#drawLines()
    map.on("moveend", () => this.#drawMarkers())
    for (const query of [darkness, contrast])
      query.addEventListener("change", () => map.setStyle(styleUrl()).once("styledata", () => this.#drawLines()))
  }

  bounds = () => this.map.getBounds().toArray().flat()
  has = id => this.#rides.some(ride => ride.id === id)
  onSelect = select => (this.#select = select)
  onMove = moved => this.map.on("moveend", moved)
  onTap = tapped => this.map.on("click", ({ lngLat }) => tapped({ lat: lngLat.lat, lon: lngLat.lng }))

  // `rides`: [{ id, url, lat, lon, from, to, time, seats_left }]
  setRides(rides) {
    this.#rides = rides
    this.#drawMarkers()
  }

  fit(points) {
    const box = points.reduce((grown, { lat, lon }) => grown.extend([lon, lat]), new LngLatBounds())
    const maxZoom = points.length > 1 ? 15 : 13
    if (!box.isEmpty()) this.map.fitBounds(box, { padding: padding(this.covered()), maxZoom, duration: 0 })
  }

  setSeats(id, count) {
    const ride = this.#rides.find(one => one.id === id)
    if (!ride || ride.seats_left === count) return
    ride.seats_left = count
    const button = this.#markers.find(marker => marker.ride?.id === id)?.getElement()
    if (!button) return
    face(button, ride)
    button.classList.add("is-news")
    setTimeout(() => button.classList.remove("is-news"), NEWS_MS)
  }

  light(id) {
    this.#lit = id
    for (const marker of this.#markers)
      marker.getElement().classList.toggle("is-lit", id !== null && marker.ids.has(id))
  }

  // `line`: { coordinates, walks: [[[lon, lat], …], …] } or null
  setLine(line) {
    const feature = (kind, coordinates) => ({
      type: "Feature",
      properties: { kind },
      geometry: { type: "LineString", coordinates },
    })
    const features = line
      ? [feature("ride", line.coordinates), ...(line.walks ?? []).map(walk => feature("walk", walk))]
      : []
    this.line = { type: "FeatureCollection", features }
    this.map.getSource("ride")?.setData(this.line)
  }

  // `ends`: [{ at: "lat,lon,key" , kind: 'start' | 'end' | 'stop', label }]
  setEnds(ends) {
    for (const marker of this.#ends) marker.remove()
    const places = ends.map(end => ({ ...end, ...readPlaceField(end.at) })).filter(({ lat }) => lat !== undefined)
    this.#ends = places.map(end => this.#pin(end.kind, end).addTo(this.map))
    return places
  }

  // the car that somebody waits for: { lat, lon, label }, or null
  setCar(car) {
    this.#car?.remove()
    this.#car = car && this.#pin("car", car).addTo(this.map)
  }

  #pin(kind, { lat, lon, label }) {
    const element = Object.assign(document.createElement("div"), {
      className: `marker marker--${kind}`,
      title: label ?? "",
    })
    element.append(Object.assign(document.createElement("span"), { className: "marker__face" }))
    return new Marker({ element }).setLngLat([lon, lat])
  }

  #drawLines() {
    if (this.map.getSource("ride")) return
    const pine = theme() === "dark" ? "#06251a" : "#14513f"
    this.map.addSource("ride", { type: "geojson", data: this.line ?? EMPTY })
    const add = (id, kind, paint) =>
      this.map.addLayer(
        {
          id,
          type: "line",
          source: "ride",
          filter: ["==", ["get", "kind"], kind],
          layout: { "line-cap": "round", "line-join": "round" },
          paint,
        },
        this.map.getLayer("towns") ? "towns" : undefined,
      )
    add("ride-edge", "ride", { "line-color": pine, "line-width": 9 })
    add("ride-line", "ride", { "line-color": "#ffc629", "line-width": 4.5 })
    add("ride-walk", "walk", {
      "line-color": theme() === "dark" ? "#ffffff" : "#17251f",
      "line-width": 4,
      "line-dasharray": [0.1, 1.9],
    })
  }

  #drawMarkers() {
    const seen = this.map.getBounds()
    const points = this.#rides
      .filter(({ lat, lon }) => seen.contains([lon, lat]))
      .map(ride => ({ ...this.map.project([ride.lon, ride.lat]), ride }))
    const focused = document.activeElement?.closest(".marker")?.dataset.marker
    for (const marker of this.#markers) marker.remove()
    this.#markers = clusterToFit(points.map(({ x, y, ride }) => ({ x, y, ride }))).map(group =>
      group.length === 1 ? this.#single(group[0].ride) : this.#crowd(group),
    )
    this.light(this.#lit)
    if (focused) this.map.getContainer().querySelector(`[data-marker="${focused}"]`)?.focus()
  }

  #single(ride) {
    const button = marker()
    button.dataset.marker = ride.id
    face(button, ride)
    button.addEventListener("click", event => {
      event.stopPropagation()
      this.#select(ride)
    })
    return Object.assign(new Marker({ element: button }).setLngLat([ride.lon, ride.lat]).addTo(this.map), {
      ride,
      ids: new Set([ride.id]),
    })
  }

  #crowd(group) {
    const button = marker("marker--cluster")
    button.firstChild.textContent = group.length
    button.setAttribute("aria-label", fill(words.cluster, { count: group.length }))
    const middle = ["x", "y"].map(axis => group.reduce((sum, point) => sum + point[axis], 0) / group.length)
    const at = this.map.unproject(middle)
    button.addEventListener("click", event => {
      event.stopPropagation()
      if (this.map.getZoom() > CLOSEST) this.#select(group[0].ride)
      else this.map.easeTo({ center: at, zoom: this.map.getZoom() + 1.6 })
    })
    return Object.assign(new Marker({ element: button }).setLngLat(at).addTo(this.map), {
      ids: new Set(group.map(({ ride }) => ride.id)),
    })
  }
}

function marker(extra = "") {
  const button = Object.assign(document.createElement("button"), { type: "button", className: `marker ${extra}` })
  button.append(Object.assign(document.createElement("span"), { className: "marker__face" }))
  return button
}

function face(button, ride) {
  button.classList.toggle("marker--full", ride.seats_left === 0)
  button.firstChild.textContent = ride.seats_left
  button.setAttribute("aria-label", fill(words.marker, { ...ride, seats: seats(words, ride.seats_left) }))
}
