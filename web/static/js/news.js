// How an event of my own stream reads, and where it leads; null for what I did myself or need not hear. Pure.
import { fill, seats } from "detour/format"

const readers = {
  booking(words, { id, role, state, driver, rider, reason_label: reason }) {
    const href = `/bookings/${id}/`
    const name = role === "rider" ? driver : rider
    if (role === "rider" && state === "CONFIRMED") return { text: fill(words.confirmed, { name }), href }
    if (role === "driver" && state === "WAITING_CONFIRMATION")
      return { text: fill(words.wantsAlong, { name }), href: "/inbox/" }
    if (state === "CANCELLED")
      return { text: fill(role === "rider" ? words.notConfirmed : words.cancelled, { name, reason }), href }
    return null
  },
  asking: (words, { state }) => (state === "asked" ? { text: words.requestHere, href: "/inbox/" } : null),
  request: (words, { id, state }) =>
    state === "matched" ? { text: words.requestMatched, href: `/requests/${id}/` } : null,
  outing: (words, { slug, title, state }) =>
    state === "proposed" ? { text: fill(words.outingProposed, { title }), href: `/o/${slug}/` } : null,
}

// A seat that is really gone, or free again; one that is only held or asked for is seen in the bar, and not called out.
export function ofSeats(words, now, before) {
  if (!before) return null
  const open = ({ seats_left, seats_held = 0 }) => seats_left + seats_held
  const more = open(now) - open(before) || (before.seats_left === 0 ? now.seats_left : 0)
  if (!more) return null
  return fill(more > 0 ? words.seatFree : words.seatTaken, { seats: seats(words, now.seats_left, now.seats_held) })
}

export const read = (words, { kind, data }) => readers[kind]?.(words, data) ?? null
