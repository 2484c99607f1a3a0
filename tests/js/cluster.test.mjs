// Markers that would stand on each other become one.
import assert from "node:assert/strict"
import { it } from "node:test"
import { cluster, clusterToFit, MOST_MARKERS } from "detour/cluster"

const SEED = 7
// A small linear congruential generator: the same crowd at every run.
function crowd(count, seed = SEED) {
  let state = seed
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  return Array.from({ length: count }, () => ({ x: next() * 1280, y: next() * 800 }))
}

it("leaves alone who stands apart", () => {
  assert.equal(
    cluster(
      [
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ],
      40,
    ).length,
    2,
  )
})

it("joins who stands together, also across any grid", () => {
  assert.equal(
    cluster(
      [
        { x: 39, y: 39 },
        { x: 41, y: 41 },
      ],
      40,
    ).length,
    1,
  )
})

it("loses nobody", () => {
  const groups = clusterToFit(crowd(5000))
  assert.equal(groups.flat().length, 5000)
})

it("never makes more markers than a keyboard can walk through", () => {
  assert.ok(clusterToFit(crowd(5000)).length <= MOST_MARKERS)
})
