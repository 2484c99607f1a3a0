// The line that says that this page may be behind. It stays until the socket is back, what was missed has been fetched,
// and a heartbeat has told which seats have changed: an old count is never shown as a new one.
const PATIENCE_MS = 4000

export function watchConnection(live, catchUp) {
  const line = document.getElementById("connection")
  let patience = null
  let missed = false

  function behind(isBehind) {
    missed = isBehind
    line.hidden = !isBehind
    document.documentElement.classList.toggle("is-behind", isBehind)
  }

  live.addEventListener("closed", () => {
    patience ??= setTimeout(() => behind(true), PATIENCE_MS)
  })
  live.addEventListener("open", ({ detail }) => {
    clearTimeout(patience)
    patience = null
    if (detail.again) catchUp()
  })
  live.addEventListener("versions", () => missed && behind(false))
  line.querySelector("button").addEventListener("click", () => live.hurry())
  addEventListener("online", () => live.hurry())
}
