// What a person is told of her own events, and what not.
import assert from "node:assert/strict"
import { it } from "node:test"
import { ofSeats, read } from "detour/news"

const words = {
  confirmed: "{name} said yes.",
  notConfirmed: "No seat with {name}: {reason}.",
  wantsAlong: "{name} wants to come along.",
  cancelled: "{name} does not come: {reason}.",
  wouldTake: "{name} would take you.",
  changed: "{name} changed the ride.",
  saidAtKerb: "{name} {what}.",
  needsHelp: "{name} {what}. Help?",
  nobodyYet: "No one yet.",
  requestHere: "A neighbour asks.",
  rideFound: "Somebody drives: {from} to {to}.",
  wantsEveryWeek: "{name} wants to ride every week.",
  takesEveryWeek: "{name} takes you every week.",
  oneWeekMissed: "One week with {name} missed.",
  notThatDay: "Not on one of its days.",
}
const booking = { id: 4, driver: "Dora L.", rider: "Bo", reason_label: "the driver cannot take it" }
const tell = (role, state, more = {}) => read(words, { kind: "booking", data: { ...booking, role, state, ...more } })
const now = () => new Date().toISOString()
const longAgo = "2020-02-02T12:00:00Z"

it("the rider hears the driver's yes", () => {
  const heard = tell("rider", "CONFIRMED", { accepted_at: now() })
  assert.deepEqual(heard, { text: "Dora L. said yes.", href: "/bookings/4/" })
})

it("a yes of long ago is no news when something else of the booking changes", () => {
  assert.equal(tell("rider", "CONFIRMED", { accepted_at: longAgo }), null)
})

it("the rider hears that a round trip has half a yes, and that a ride was moved", () => {
  assert.equal(tell("rider", "WAITING_CONFIRMATION", { accepted_at: now() }).text, "Dora L. would take you.")
  assert.equal(tell("rider", "CONFIRMED", { may_leave_freely: true }).text, "Dora L. changed the ride.")
})

it("at the kerb each hears what the other says, and not herself", () => {
  const signals = [{ by: "driver", at: now(), kind_label: "is late" }]
  assert.equal(tell("rider", "CONFIRMED", { signals }).text, "Dora L. is late.")
  assert.equal(tell("driver", "CONFIRMED", { signals }), null)
  assert.equal(tell("rider", "CONFIRMED", { signals: [{ ...signals[0], at: longAgo }] }), null)
})

it("a coordinator hears who needs help, and nobody when it is over", () => {
  const data = { role: "coordinator", person: "Cy", kind_label: "has no way home", closed_at: null }
  assert.equal(read(words, { kind: "case", data }).text, "Cy has no way home. Help?")
  assert.equal(read(words, { kind: "case", data: { ...data, closed_at: now() } }), null)
  assert.equal(read(words, { kind: "case", data: { ...data, role: "person" } }), null)
})

it("a rider reads in time that nobody has said yes", () => {
  const request = toldAt => read(words, { kind: "request", data: { id: 3, state: "open", told_nobody_at: toldAt } })
  assert.deepEqual(request(now()), { text: "No one yet.", href: "/requests/3/" })
  assert.equal(request(longAgo), null)
})

it("a seat every week is asked of the driver, and the yes reaches the rider once", () => {
  const standing = (role, more) =>
    read(words, { kind: "standing", data: { role, state: "active", rider: "Bo", driver: "Dora L.", ...more } })
  const asked = { text: "Bo wants to ride every week.", href: "/inbox/" }
  assert.deepEqual(standing("driver", { accepted_at: null }), asked)
  assert.equal(standing("driver", { accepted_at: now() }), null)
  assert.deepEqual(standing("rider", { accepted_at: now() }), { text: "Dora L. takes you every week.", href: "/me/" })
  assert.equal(standing("rider", { accepted_at: longAgo }), null)
  assert.equal(standing("rider", { accepted_at: longAgo, what: "no_seat" }).text, "One week with Dora L. missed.")
})

it("the driver of a weekly ride hears of a day without one, and nothing of what she changed", () => {
  const series = what => read(words, { kind: "series", data: { id: 5, what } })
  assert.deepEqual(series("left_out"), { text: "Not on one of its days.", href: "/drive/weekly/5/" })
  assert.equal(series(undefined), null)
})

it("the rider hears why not", () => {
  assert.equal(tell("rider", "CANCELLED").text, "No seat with Dora L.: the driver cannot take it.")
})

it("the driver hears who asks", () => {
  assert.deepEqual(tell("driver", "WAITING_CONFIRMATION"), { text: "Bo wants to come along.", href: "/inbox/" })
})

it("nobody is told what they did themselves", () => {
  assert.equal(tell("rider", "WAITING_CONFIRMATION"), null)
  assert.equal(tell("driver", "CONFIRMED"), null)
})

it("a card is news, but not while its reader drives nor once she has put it off", () => {
  const asking = more =>
    read(words, { kind: "asking", data: { state: "asked", quiet: false, later_at: null, ...more } })
  assert.deepEqual(asking({}), { text: "A neighbour asks.", href: "/inbox/" })
  assert.equal(asking({ quiet: true }), null)
  assert.equal(asking({ later_at: now() }), null)
})

it("who looked for a ride hears of one, and where it is", () => {
  const data = { id: 3, search: 2, offer: 7, origin: "Mill Lane 3", destination: "IKEA" }
  const heard = { text: "Somebody drives: Mill Lane 3 to IKEA.", href: "/rides/7/" }
  assert.deepEqual(read(words, { kind: "found", data }), heard)
})

it("an asking that is settled is no news", () => {
  assert.equal(read(words, { kind: "asking", data: { state: "taken" } }), null)
})

it("a kind that this release does not know is passed over", () => {
  assert.equal(read(words, { kind: "wedding", data: {} }), null)
})

const seatWords = { full: "full", oneSeat: "1 seat left", seats: "{count} seats left", seatTaken: "taken: {seats}" }
const heard = (before, now) =>
  ofSeats({ ...seatWords, seatFree: "free: {seats}", oneHeld: "1 may come free" }, { ...now }, before)

it("a seat that is only held or asked for is not called out, nor is its return", () => {
  assert.equal(heard({ seats_left: 2, seats_held: 0 }, { seats_left: 1, seats_held: 1 }), null)
  assert.equal(heard({ seats_left: 1, seats_held: 1 }, { seats_left: 2, seats_held: 0 }), null)
})

it("a seat is gone once the driver said yes", () => {
  assert.equal(heard({ seats_left: 1, seats_held: 1 }, { seats_left: 1, seats_held: 0 }), "taken: 1 seat left")
})

it("a full ride that has room again is news", () => {
  assert.equal(heard({ seats_left: 0, seats_held: 1 }, { seats_left: 1, seats_held: 0 }), "free: 1 seat left")
})
