// What a woken phone shows, and what a tap on it does.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { it } from "node:test"
import { runInNewContext } from "node:vm"

const source = readFileSync(new URL("../../web/static/js/worker/sw.js", import.meta.url), "utf8")
const WORDS = { title: "Détour", news: "There is news.", accept: "Accept", undo: "Undo", leaving: "Leaving." }
Object.assign(WORDS, { undone: "Not answered.", accepted: "Accepted.", failed: "Failed." })
const CARD = { id: 5, title: "Bo asks", body: "2 people. 6 minutes more.", path: "/inbox/", tag: "t5", urgent: false }
const ASKING = { ...CARD, accept: "/api/v1/askings/7/accept/", csrf_token: "abc" }

// A browser with one service worker; `answers` are what our server says, by address.
function phone(answers = {}, { windows = [] } = {}) {
  const heard = {}
  const it = { shown: [], asked: [], opened: [], timers: [] }
  const fetch = async (url, options = {}) => {
    it.asked.push({ url, ...options })
    const found = answers[url]
    if (found === undefined) throw new TypeError("no network")
    return { ok: found !== null && found !== false && !found.detail, json: async () => found }
  }
  const self = {
    WORDS,
    location: { origin: "https://site.example" },
    addEventListener: (name, call) => Object.assign(heard, { [name]: call }),
    skipWaiting() {},
    registration: { showNotification: async (title, options) => it.shown.push({ title, ...options }) },
    clients: { matchAll: async () => windows, openWindow: async url => it.opened.push(url), claim() {} },
  }
  runInNewContext(source, { self, fetch, URL, Map, Promise, setTimeout: call => it.timers.push(call) })
  const happen = (name, event) => {
    const done = []
    heard[name]({ ...event, waitUntil: promise => done.push(promise) })
    return Promise.all(done)
  }
  it.push = data => happen("push", { data: { json: () => data } })
  it.tap = (notification, action = "") => {
    const closed = { ...notification, close: () => Object.assign(it, { closed: true }) }
    return happen("notificationclick", { action, notification: closed })
  }
  return it
}
const soon = () => new Promise(settle => setImmediate(settle))

it("shows what our server says, to who is signed in", async () => {
  const mine = phone({ "/api/v1/notices/5/": CARD })
  await mine.push({ id: 5, kind: "booking", seq: 3 })
  assert.equal(mine.shown[0].title, "Bo asks")
  assert.equal(mine.shown[0].body, "2 people. 6 minutes more.")
  assert.equal(mine.asked[0].credentials, "same-origin")
  assert.equal(mine.shown[0].actions.length, 0)
})

for (const [why, answers] of [
  ["nobody is signed in", { "/api/v1/notices/5/": null }],
  ["there is no network", {}],
])
  it(`says only that there is news when ${why}`, async () => {
    const lost = phone(answers)
    await lost.push({ id: 5 })
    assert.equal(lost.shown[0].title, "Détour")
    assert.equal(lost.shown[0].body, "There is news.")
  })

it("opens the card at a tap, or goes to where it is open", async () => {
  const mine = phone({ "/api/v1/notices/5/": CARD })
  await mine.push({ id: 5 })
  await mine.tap(mine.shown[0])
  assert.deepEqual(mine.opened, ["https://site.example/inbox/"])
  let focused = 0
  const open = phone({}, { windows: [{ url: "https://site.example/inbox/", focus: () => ++focused }] })
  await open.tap({ data: CARD })
  assert.equal(focused, 1)
  assert.deepEqual(open.opened, [])
})

it("sends the yes after half a minute, once, as who is signed in", async () => {
  const mine = phone({ "/api/v1/notices/5/": ASKING, "/api/v1/askings/7/accept/": { state: "accepted" } })
  await mine.push({ id: 5 })
  assert.equal(mine.shown[0].actions[0].action, "accept")
  const done = mine.tap(mine.shown[0], "accept")
  await soon()
  assert.equal(mine.shown[1].body, "Leaving.")
  assert.equal(mine.asked.length, 1, "nothing has left yet")
  mine.timers[0]()
  await done
  const { url, method, headers } = mine.asked[1]
  assert.equal(url, "/api/v1/askings/7/accept/")
  assert.equal(method, "POST")
  assert.equal(headers["x-csrftoken"], "abc")
  assert.equal(headers["idempotency-key"], "notice-5")
  assert.equal(mine.shown[2].body, "Accepted.")
})

it("takes it back", async () => {
  const mine = phone({ "/api/v1/notices/5/": ASKING, "/api/v1/askings/7/accept/": {} })
  await mine.push({ id: 5 })
  const done = mine.tap(mine.shown[0], "accept")
  await soon()
  await mine.tap(mine.shown[1], "undo")
  await done
  mine.timers[0]()
  await soon()
  assert.equal(mine.asked.length, 1, "nothing ever left")
  assert.equal(mine.shown[2].body, "Not answered.")
})

it("says so when the yes did not arrive", async () => {
  const mine = phone({ "/api/v1/notices/5/": ASKING, "/api/v1/askings/7/accept/": false })
  await mine.push({ id: 5 })
  const done = mine.tap(mine.shown[0], "accept")
  await soon()
  mine.timers[0]()
  await done
  assert.equal(mine.shown[2].body, "Failed.")
})

for (const [code, said] of [
  ["already_settled", "Another driver was first."],
  ["longer_detour", "Failed."], // that one is for the page to ask
])
  it(`says what became of a yes that was refused as ${code}`, async () => {
    const refusal = { code, detail: "Another driver was first." }
    const mine = phone({ "/api/v1/notices/5/": ASKING, "/api/v1/askings/7/accept/": refusal })
    await mine.push({ id: 5 })
    const done = mine.tap(mine.shown[0], "accept")
    await soon()
    mine.timers[0]()
    await done
    assert.equal(mine.shown[2].body, said)
  })

it("shows no Accept below a text that does not say enough for it", async () => {
  const mine = phone({ "/api/v1/notices/5/": { ...CARD, accept: "" } })
  await mine.push({ id: 5 })
  assert.equal(mine.shown[0].actions.length, 0)
  await mine.tap(mine.shown[0], "accept")
  assert.deepEqual(mine.opened, ["https://site.example/inbox/"])
})
