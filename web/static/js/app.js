// Starts a page: the small elements, the socket, and last of all the map.
import { get } from "detour/api"
import { watchCars } from "detour/coming-car"
import { watchConnection } from "detour/connection"
import { Live } from "detour/live"
import { answerInPlace, comeAgain, refresh, watchEvents } from "detour/live-part"
import { ofSeats, read } from "detour/news"
import { facts, urls, words } from "detour/page"
import { openStage } from "detour/stage"
import { state } from "detour/state"
import { greetServerToasts, toast } from "detour/toast"
import "detour/place-field"
import "detour/seat-bar"
import "detour/seat-hold"
import "detour/share-position"
import "detour/stepper"

document.documentElement.classList.add("has-js")
greetServerToasts()
answerInPlace()
comeAgain()

const socketUrl = Object.assign(new URL(urls.socket, location.origin), {
  protocol: location.protocol === "https:" ? "wss:" : "ws:",
})
const live = new Live({ url: socketUrl.href, cursor: facts.cursor })

const said = new Map()

live.addEventListener("public", ({ detail }) => detail.kind === "offer" && state.apply(detail))
live.addEventListener("versions", ({ detail }) => {
  const offers = Object.fromEntries(
    Object.entries(detail)
      .filter(([topic]) => topic.startsWith("offer."))
      .map(([topic, version]) => [topic.slice(6), version]),
  )
  for (const offerId of state.behind(offers)) catchUp(offerId)
})
watchConnection(live, refresh) // after the heartbeat's versions have been looked at
live.addEventListener("event", ({ detail }) => {
  const news = read(words, detail)
  if (!news || news.href === location.pathname || said.get(news.href) === news.text) return
  said.set(news.href, news.text)
  toast(news.text, news)
})
state.watch((now, before) => {
  const text = document.querySelector(`[data-offer="${now.offer_id}"]`) && ofSeats(words, now, before)
  if (text) toast(text)
})
watchEvents(live)
document.addEventListener("visibilitychange", () => live.seen())
watchCars(live)
// a page that comes back out of the browser's memory has old seats and used keys
addEventListener("pageshow", ({ persisted }) => persisted && location.reload())

async function catchUp(offerId) {
  const { id, version, seats_left, seats_held, state: phase } = await get(`offers/${offerId}/`)
  state.apply({ offer_id: id, version, seats_left, seats_held, state: phase })
}

live.join([...new Set([...document.querySelectorAll("[data-offer]")].map(({ dataset }) => `offer.${dataset.offer}`))])
live.connect()
openStage(live)
