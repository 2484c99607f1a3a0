// What a person is told of her own events, and what not.
import assert from "node:assert/strict"
import { it } from "node:test"
import { read } from "detour/news"

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
