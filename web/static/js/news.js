// How an event of my own stream reads, and where it leads; null for what I did myself or need not hear. Pure.
import { fill, seats } from "detour/format"

const RECENT_MS = 5 * 60_000

// An event tells how a thing is now, not what of it is new: what happened long ago was told then.
const isNew = at => Boolean(at) && Date.now() - Date.parse(at) < RECENT_MS

const readers = {
  booking(words, { id, role, state, driver, rider, reason_label: reason, ...more }) {
    const href = `/bookings/${id}/`
    const name = role === "rider" ? driver : rider
    const tell = sentence => ({ text: fill(sentence, { name, reason }), href })
    const said = (more.signals ?? []).at(-1)
    if (said && said.by !== role && isNew(said.at))
      return { text: fill(words.saidAtKerb, { name, what: said.kind_label }), href }
    if (state === "CANCELLED") return tell(role === "rider" ? words.notConfirmed : words.cancelled)
    if (role === "driver")
      return state === "WAITING_CONFIRMATION" && !more.accepted_at
        ? { text: fill(words.wantsAlong, { name }), href: "/inbox/" }
        : null
    if (state === "CONFIRMED" && more.may_leave_freely) return tell(words.changed)
    if (!isNew(more.accepted_at)) return null
    if (state === "CONFIRMED") return tell(words.confirmed)
    return state === "WAITING_CONFIRMATION" ? tell(words.wouldTake) : null
  },
  // Not while its reader drives, nor when she has just put it off herself.
  asking: (words, { state, quiet, later_at: laterAt }) =>
    state === "asked" && !quiet && !laterAt ? { text: words.requestHere, href: "/inbox/" } : null,
  request(words, { id, state, told_nobody_at: toldAt }) {
    const href = `/requests/${id}/`
    if (state === "matched") return { text: words.requestMatched, href }
    return state === "open" && isNew(toldAt) ? { text: words.nobodyYet, href } : null
  },
  found: (words, { offer, origin, destination }) => ({
    text: fill(words.rideFound, { from: origin, to: destination }),
    href: `/rides/${offer}/`,
  }),
  outing: (words, { slug, title, state }) =>
    state === "proposed" ? { text: fill(words.outingProposed, { title }), href: `/o/${slug}/` } : null,
  standing(words, { role, state, rider, driver, accepted_at: acceptedAt, what }) {
    if (what) return { text: fill(words.oneWeekMissed, { name: driver }), href: "/me/" }
    if (role === "driver" && state === "active" && !acceptedAt)
      return { text: fill(words.wantsEveryWeek, { name: rider }), href: "/inbox/" }
    return role === "rider" && isNew(acceptedAt)
      ? { text: fill(words.takesEveryWeek, { name: driver }), href: "/me/" }
      : null
  },
  series: (words, { id, what }) =>
    what && what !== "changed" ? { text: words.notThatDay, href: `/drive/weekly/${id}/` } : null,
  case(words, { role, person, kind_label: what, closed_at: closedAt }) {
    if (closedAt || role === "person") return null
    return { text: fill(words.needsHelp, { name: person, what }), href: "/me/" }
  },
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
