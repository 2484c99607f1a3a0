// <share-position offer>: the people of the ride see the car while its driver wants that and this page is open.
import { post, Refusal, remove } from "detour/api"
import { refresh } from "detour/live-part"
import { toast } from "detour/toast"

const AGAIN_MS = 5000
const OVER = ["wrong_state", "not_found"]

// One ride at a time, whatever becomes of the element: the part of the page it stands in is drawn anew now and then.
let ride = null
const elements = () => [...document.querySelectorAll("share-position")]
const kept = offer => `sharing.${offer}`

function begin(offer) {
  if (ride) return
  ride = { offer, sentAt: 0, again: AGAIN_MS }
  sessionStorage.setItem(kept(offer), "on")
  const settings = { enableHighAccuracy: true, maximumAge: 2000 }
  ride.watch = navigator.geolocation.watchPosition(moved, unknown, settings)
  stayAwake()
  show()
}

// a phone that sleeps knows nothing of where it is
async function stayAwake() {
  const lock = await navigator.wakeLock?.request("screen").catch(() => null)
  if (ride && lock) ride.lock = lock
  else lock?.release()
}

function end() {
  if (!ride) return
  navigator.geolocation.clearWatch(ride.watch)
  clearTimeout(ride.timer)
  ride.lock?.release()
  sessionStorage.removeItem(kept(ride.offer))
  ride = null
  show()
}

function moved({ coords, timestamp }) {
  if (!ride) return
  ride.newest = {
    lat: coords.latitude,
    lon: coords.longitude,
    accuracy_m: coords.accuracy,
    at: new Date(timestamp).toISOString(),
  }
  ride.timer ??= setTimeout(send, Math.max(0, ride.sentAt + ride.again - Date.now()))
}

function unknown({ code, PERMISSION_DENIED }) {
  if (code !== PERMISSION_DENIED) return
  const text = elements()[0]?.dataset.denied
  end()
  if (text) toast(text)
}

async function send() {
  const mine = ride
  mine.sentAt = Date.now()
  try {
    // no key: what is sent twice is passed over, and nobody needs to remember it
    const { again_in_s } = await post(`offers/${mine.offer}/position/`, mine.newest, { key: "" })
    mine.again = again_in_s * 1000
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (OVER.includes(error.code) && ride === mine) {
      end()
      refresh()
    }
  } finally {
    mine.timer = null
  }
}

function show() {
  for (const element of elements()) element.show()
}

class SharePosition extends HTMLElement {
  connectedCallback() {
    if (!navigator.geolocation) return
    this.hidden = false
    const offer = this.getAttribute("offer")
    this.querySelector("[data-begin]").addEventListener("click", () => begin(offer))
    this.querySelector("[data-end]").addEventListener("click", () => {
      end()
      remove(`offers/${offer}/position/`).catch(({ message }) => toast(message))
    })
    if (sessionStorage.getItem(kept(offer))) begin(offer)
    this.show()
  }

  // drawn anew it is there again at once; else the ride is over
  disconnectedCallback() {
    queueMicrotask(() => elements().length || end())
  }

  show() {
    const isOn = ride?.offer === this.getAttribute("offer")
    this.classList.toggle("card--good", isOn)
    for (const part of this.querySelectorAll("[data-on]")) part.hidden = !isOn
    for (const part of this.querySelectorAll("[data-off]")) part.hidden = isOn
  }
}

customElements.define("share-position", SharePosition)
