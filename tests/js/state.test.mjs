// What a page knows of the offers: the newest version wins, in whatever order the news comes.
import assert from "node:assert/strict"
import { beforeEach, it } from "node:test"
import { makeState } from "detour/state"

let state
let told

beforeEach(() => {
  state = makeState()
  told = []
  state.watch((now, before) => told.push([now.seats_left, before?.seats_left]))
})

it("tells the newest, and what was before", () => {
  state.apply({ offer_id: 1, version: 4, seats_left: 3 })
  state.apply({ offer_id: 1, version: 5, seats_left: 2 })
  assert.deepEqual(told, [
    [3, undefined],
    [2, 3],
  ])
})

it("drops what comes late", () => {
  state.apply({ offer_id: 1, version: 5, seats_left: 2 })
  assert.equal(state.apply({ offer_id: 1, version: 4, seats_left: 3 }), false)
  assert.equal(state.get(1).seats_left, 2)
})

it("drops what comes twice", () => {
  state.apply({ offer_id: 1, version: 5, seats_left: 2 })
  state.apply({ offer_id: 1, version: 5, seats_left: 2 })
  assert.equal(told.length, 1)
})

it("ends with the same, in whatever order the news comes", () => {
  const news = [1, 2, 3, 4].map(version => ({ offer_id: 1, version, seats_left: 4 - version }))
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 3, 0, 1],
  ]) {
    const one = makeState()
    for (const i of order) one.apply(news[i])
    assert.equal(one.get(1).seats_left, 0, order.join())
  }
})

it("knows which offers a heartbeat is ahead of", () => {
  state.apply({ offer_id: 1, version: 5, seats_left: 2 })
  state.apply({ offer_id: 2, version: 5, seats_left: 2 })
  assert.deepEqual(state.behind({ 1: 5, 2: 6 }), [2])
})

it("keeps what an event does not mention", () => {
  state.apply({ offer_id: 1, version: 5, seats_left: 2, state: "published" })
  state.apply({ offer_id: 1, version: 6, seats_left: 1 })
  assert.equal(state.get(1).state, "published")
})
