// The only file that knows the socket. Numbers keep order, the cursor survives a reconnect, a lost hint heals.
const FIRST_WAIT_MS = 2000 // on average, and as much as twice that: a server that restarts has thousands of pages
const LONGEST_WAIT_MS = 15_000
const SILENCE_MS = 25_000
const ACK_MS = 200

export class Live extends EventTarget {
  #topics = new Map()
  #wait = FIRST_WAIT_MS
  #opened = 0
  #socket = null
  #silence = null
  #acknowledging = false
  #retry = null

  // `cursor` is { epoch, seq } as the page was rendered, or null; `open(url)` makes a WebSocket.
  constructor({
    url,
    cursor = null,
    open = address => new WebSocket(address),
    later = (call, ms) => setTimeout(call, ms),
    random = Math.random,
    isLookedAt = () => !globalThis.document?.hidden,
  }) {
    super()
    Object.assign(this, { url, cursor, open, later, random, isLookedAt })
  }

  // Somebody does not want to wait for the next try.
  hurry() {
    if (this.#retry === null) return
    clearTimeout(this.#retry)
    this.connect()
  }

  connect() {
    this.#retry = null
    const query = this.cursor ? `?epoch=${this.cursor.epoch}&after=${this.cursor.seq}` : ""
    const socket = this.open(this.url + query)
    this.#socket = socket
    socket.onopen = () => {
      this.#wait = FIRST_WAIT_MS
      this.#opened += 1
      if (this.#topics.size) this.#say({ do: "join", topics: [...this.#topics.keys()] })
      this.#listen()
      this.#tell("open", { again: this.#opened > 1 })
    }
    socket.onmessage = message => {
      this.#listen()
      this.#hear(JSON.parse(message.data))
    }
    socket.onclose = ({ code }) => {
      clearTimeout(this.#silence)
      this.#tell("closed", { code })
      this.#retry = this.later(() => this.connect(), this.#wait * (0.1 + 1.8 * this.random()))
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS)
    }
  }

  // Several parts of a page may want one topic: the last to leave leaves it.
  join(topics) {
    const fresh = topics.filter(topic => !this.#topics.has(topic))
    for (const topic of topics) this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1)
    if (fresh.length) this.#say({ do: "join", topics: fresh })
  }

  leave(topics) {
    const gone = []
    for (const topic of topics) {
      const count = (this.#topics.get(topic) ?? 0) - 1
      if (count > 0) this.#topics.set(topic, count)
      else if (this.#topics.delete(topic)) gone.push(topic)
    }
    if (gone.length) this.#say({ do: "leave", topics: gone })
  }

  #say(words) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(words))
  }

  // Once for all that comes at a time: whoever was away for long has much to take.
  #acknowledge() {
    if (this.#acknowledging) return
    this.#acknowledging = true
    this.later(() => this.seen(), ACK_MS)
  }

  // What stands on a page that nobody looks at has not been seen: a phone is woken for it.
  seen() {
    if (!this.#acknowledging || !this.isLookedAt()) return
    this.#acknowledging = false
    this.#say({ do: "ack", seq: this.cursor.seq })
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  // A socket that says nothing, not even a heartbeat, is dead however open it looks.
  #listen() {
    clearTimeout(this.#silence)
    this.#silence = this.later(() => this.#socket.close(), SILENCE_MS)
  }

  #hear(news) {
    if (news.type === "hello") {
      if (news.person !== null && !this.cursor) this.cursor = { epoch: news.epoch, seq: news.head }
    } else if (news.type === "event") {
      this.#take(news)
    } else if (news.type === "public") {
      this.#tell("public", news.data)
    } else if (news.type === "heartbeat") {
      this.#tell("versions", news.versions ?? {})
    } else if (news.type === "resync") {
      this.cursor = { epoch: news.epoch, seq: news.head }
      this.#tell("resync", {})
    }
  }

  #take({ epoch, seq, kind, data }) {
    const isOld = this.cursor?.epoch === epoch && seq <= this.cursor.seq
    if (isOld) return
    this.cursor = { epoch, seq }
    this.#acknowledge()
    if (kind !== "gone") this.#tell("event", { kind, data })
  }
}
