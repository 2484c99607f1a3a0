// What a person is told of her own events, and what not.
import assert from "node:assert/strict"
import { it } from "node:test"
import { ofSeats, read } from "detour/news"

const words = {
  confirmed: "{name} said yes.",
  notConfirmed: "No seat with {name}: {reason}.",
  wantsAlong: "{name} wants to come along.",
  cancelled: "{name} does not come: {reason}.",
  requestHere: "A neighbour asks.",
}
const booking = { id: 4, driver: "Dora L.", rider: "Bo", reason_label: "the driver cannot take it" }
const tell = (role, state) => read(words, { kind: "booking", data: { ...booking, role, state } })

it("the rider hears the driver's yes", () => {
  assert.deepEqual(tell("rider", "CONFIRMED"), { text: "Dora L. said yes.", href: "/bookings/4/" })
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
