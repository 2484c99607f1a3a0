// Sentences, and places as they travel through a form.
import assert from "node:assert/strict"
import { it } from "node:test"
import { clock, fill, placeField, readPlaceField, seats } from "detour/format"

const words = {
  full: "complet",
  oneSeat: "1 place libre",
  seats: "{count} places libres",
  oneHeld: "1 peut se libérer",
  held: "{count} peuvent se libérer",
}

it("fills in what is known, and leaves the rest to be seen", () => {
  assert.equal(fill("{name} to {place}", { name: "Bo" }), "Bo to {place}")
})

it("says the hour where the ride is, not where the reader's device thinks it is", () => {
  assert.equal(clock("2031-01-10T16:40:00Z", "Europe/Paris", "fr"), "17:40")
  assert.equal(clock("2031-01-10T23:05:00Z", "Europe/Paris", "en"), "00:05")
})

it("counts seats in the reader's language", () => {
  assert.deepEqual(
    [0, 1, 3].map(count => seats(words, count)),
    ["complet", "1 place libre", "3 places libres"],
  )
})

it("says which seats may come free", () => {
  assert.equal(seats(words, 0, 1), "complet · 1 peut se libérer")
  assert.equal(seats(words, 2, 2), "2 places libres · 2 peuvent se libérer")
})

it("brings a place through a form and back", () => {
  const text = placeField({ lat: 46.3031997, lon: 3.0234724, osm_key: "way/4553" })
  assert.equal(text, "46.30320,3.02347,way/4553")
  assert.deepEqual(readPlaceField(text), { lat: 46.3032, lon: 3.02347 })
})

it("reads nothing out of nothing", () => {
  assert.equal(readPlaceField(""), null)
  assert.equal(readPlaceField("here,there"), null)
})
