// Which parts of a page an event concerns.
import assert from "node:assert/strict"
import { it } from "node:test"
import { concerns } from "detour/live-part"

it("an event concerns the parts that name its kind", () => {
  assert.ok(concerns("booking asking", "asking"))
  assert.ok(!concerns("booking asking", "outing"))
})

it("a longer kind belongs to its family, a longer word does not", () => {
  assert.ok(concerns("booking", "booking.confirmed"))
  assert.ok(!concerns("book", "booking"))
})
