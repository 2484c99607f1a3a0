// Woken by a push that says almost nothing. What to show is asked of our own server, as who is signed in here; without
// an answer a neutral sentence stands there, so a lost phone tells nothing. `WORDS` is put in front by the server.
const UNDO_MS = 30_000
const ICON = "/static/img/mark.svg"
const waiting = new Map() // by tag: call it to take the yes back

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()))
self.addEventListener("push", event => event.waitUntil(tell(read(event.data))))
self.addEventListener("notificationclick", event => {
  event.notification.close()
  event.waitUntil(answer(event.action, event.notification.data ?? {}))
})

function read(data) {
  try {
    return data.json()
  } catch {
    return {}
  }
}

async function tell({ id }) {
  const notice = await fetch(`/api/v1/notices/${id}/`, { credentials: "same-origin" })
    .then(found => (found.ok ? found.json() : null))
    .catch(() => null)
  if (!notice) return show(self.WORDS.title, self.WORDS.news, { tag: `news-${id}`, path: "/inbox/" })
  const { title, body, tag, path, urgent } = notice
  // Accept stands only below a text that says who, how far and what they need; then the server gives its address.
  const actions = notice.accept ? [{ action: "accept", title: self.WORDS.accept }] : []
  return show(title, body, { ...notice, tag, path }, { actions, requireInteraction: urgent })
}

const show = (title, body, data, more = {}) =>
  self.registration.showNotification(title, { body, data, tag: data.tag, icon: ICON, badge: ICON, ...more })

async function answer(action, data) {
  if (action === "accept" && data.accept) return accept(data)
  if (action === "undo") return waiting.get(data.tag)?.()
  const page = new URL(data.path ?? "/inbox/", self.location.origin).href
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true })
  const here = open.find(client => client.url === page)
  return here ? here.focus() : self.clients.openWindow(page)
}

// The yes leaves after half a minute, so that a slip of the thumb can be taken back. Nothing has left before, and what
// the browser forgets meanwhile was never said: the card in the inbox still asks.
async function accept(data) {
  await show(data.title, self.WORDS.leaving, data, { actions: [{ action: "undo", title: self.WORDS.undo }] })
  const left = await new Promise(settle => {
    waiting.set(data.tag, () => settle(false))
    setTimeout(() => settle(true), self.UNDO_MS ?? UNDO_MS)
  })
  waiting.delete(data.tag)
  if (!left) return show(data.title, self.WORDS.undone, data)
  const done = await fetch(data.accept, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "content-type": "application/json",
      "x-csrftoken": data.csrf_token,
      "idempotency-key": `notice-${data.id}`,
    },
    body: "{}",
  }).catch(() => null)
  return show(data.title, done?.ok ? self.WORDS.accepted : await refusal(done), data)
}

// Somebody else was first: there is nothing to look for, and the server says so in plain words.
async function refusal(answer) {
  const { code, detail } = (await answer?.json().catch(() => null)) ?? {}
  return code === "already_settled" && detail ? detail : self.WORDS.failed
}
