// The socket's client, against a socket in our hand.
import assert from "node:assert/strict"
import { beforeEach, describe, it } from "node:test"
import { Live } from "detour/live"

const EPOCH = "7b0c"

let sockets
let waits
let live
let heard

class HandSocket {
  readyState = 1
  sent = []

  constructor(address) {
    this.address = address
    sockets.push(this)
  }

  send(text) {
    this.sent.push(JSON.parse(text))
  }

  close() {
    this.drop(1006)
  }

  drop(code) {
    this.readyState = 3
    this.onclose({ code })
  }

  say(news) {
    this.onmessage({ data: JSON.stringify(news) })
  }
}

const event = (seq, epoch = EPOCH) => ({ type: "event", epoch, seq, kind: "booking", data: { id: seq } })

// Timers that only the test runs.
function later(call, delay) {
  waits.push({ call, delay })
  return waits.length
}

const reconnect = () => waits.findLast(({ call }) => call.toString().includes("connect")).call()

beforeEach(() => {
  sockets = []
  waits = []
  heard = []
  live = new Live({ url: "wss://x/ws/", open: address => new HandSocket(address), later, random: () => 0.5 })
  for (const name of ["event", "public", "resync", "open", "versions"]) {
    live.addEventListener(name, ({ detail }) => heard.push([name, detail]))
  }
})

function connect(cursor = null) {
  live.cursor = cursor
  live.connect()
  sockets.at(-1).onopen()
  return sockets.at(-1)
}

const numbers = () => heard.filter(([name]) => name === "event").map(([, { data }]) => data.id)

describe("a person's own stream", () => {
  it("starts where the page was rendered", () => {
    assert.equal(connect({ epoch: EPOCH, seq: 7 }).address, `wss://x/ws/?epoch=${EPOCH}&after=7`)
  })

  it("drops what it has already told", () => {
    const socket = connect({ epoch: EPOCH, seq: 7 })
    for (const seq of [7, 8, 8, 9]) socket.say(event(seq))
    assert.deepEqual(numbers(), [8, 9])
  })

  it("acknowledges once what it has taken at a time", () => {
    const socket = connect({ epoch: EPOCH, seq: 7 })
    for (const seq of [8, 9, 10]) socket.say(event(seq))
    const acknowledgements = waits.filter(({ call }) => call.toString().includes("seen"))
    assert.equal(acknowledgements.length, 1)
    acknowledgements[0].call()
    assert.deepEqual(socket.sent, [{ do: "ack", seq: 10 }])
  })

  it("acknowledges nothing on a page that nobody looks at, and all of it once somebody does", () => {
    const socket = connect({ epoch: EPOCH, seq: 7 })
    live.isLookedAt = () => false
    socket.say(event(8))
    waits.findLast(({ call }) => call.toString().includes("seen")).call()
    assert.deepEqual(socket.sent, [])
    live.isLookedAt = () => true
    live.seen()
    live.seen()
    assert.deepEqual(socket.sent, [{ do: "ack", seq: 8 }])
  })

  it("goes on after a reconnect from its last event", () => {
    connect({ epoch: EPOCH, seq: 7 }).say(event(8))
    sockets[0].drop(1006)
    reconnect()
    assert.equal(sockets[1].address, `wss://x/ws/?epoch=${EPOCH}&after=8`)
  })

  it("counts what is gone, and tells nobody", () => {
    const socket = connect({ epoch: EPOCH, seq: 7 })
    socket.say({ ...event(8), kind: "gone" })
    assert.deepEqual(numbers(), [])
    assert.equal(live.cursor.seq, 8)
  })

  it("takes the new head when it was too far behind", () => {
    connect({ epoch: EPOCH, seq: 7 }).say({ type: "resync", epoch: "new", head: 90 })
    assert.deepEqual(live.cursor, { epoch: "new", seq: 90 })
    assert.ok(heard.some(([name]) => name === "resync"))
  })

  it("belongs to nobody for a stranger", () => {
    connect().say({ type: "hello", person: null, epoch: null, head: 0 })
    assert.equal(live.cursor, null)
  })
})

describe("topics", () => {
  it("are joined again after a reconnect", () => {
    connect()
    live.join(["offer.1"])
    sockets[0].drop(1006)
    reconnect()
    sockets[1].onopen()
    assert.deepEqual(sockets[1].sent, [{ do: "join", topics: ["offer.1"] }])
  })

  it("are left only by the last who wanted them", () => {
    const socket = connect()
    live.join(["offer.1"])
    live.join(["offer.1"])
    live.leave(["offer.1"])
    assert.equal(socket.sent.filter(words => words.do === "leave").length, 0)
    live.leave(["offer.1"])
    assert.deepEqual(socket.sent.at(-1), { do: "leave", topics: ["offer.1"] })
  })
})

describe("a broken connection", () => {
  it("is tried again later and later, up to a limit", () => {
    live.connect()
    const delays = []
    for (let i = 0; i < 9; i++) {
      sockets.at(-1).drop(1006)
      delays.push(waits.at(-1).delay)
      waits.at(-1).call()
    }
    assert.deepEqual(delays.slice(0, 3), [2000, 4000, 8000])
    assert.equal(delays.at(-1), 15_000)
  })

  it("spreads those who come back", () => {
    const delays = [0, 0.25, 1].map(chance => {
      live.random = () => chance
      live.connect()
      sockets.at(-1).onopen()
      sockets.at(-1).drop(1012)
      return Math.round(waits.at(-1).delay)
    })
    assert.deepEqual(delays, [200, 1100, 3800])
  })

  it("says that it opened again", () => {
    connect()
    sockets[0].drop(1006)
    reconnect()
    sockets[1].onopen()
    assert.deepEqual(
      heard.filter(([name]) => name === "open").map(([, { again }]) => again),
      [false, true],
    )
  })
})
