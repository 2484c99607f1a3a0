// The only file that fetches. A refusal is a Refusal with the server's sentence; `code` decides, the sentence is shown.
import { urls, words } from "detour/page"

export class Refusal extends Error {
  constructor(status, { code = "failed", detail = words.failed, ...rest } = {}) {
    super(detail)
    Object.assign(this, { status, code, data: rest })
  }
}

const csrfToken = () =>
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ??
  document.querySelector("[name=csrfmiddlewaretoken]")?.value ??
  ""

async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options }).catch(error => {
    if (error.name === "AbortError") throw error
    throw new Refusal(0, { code: "offline", detail: words.offline })
  })
  if (answer.ok) return answer
  const isJson = answer.headers.get("content-type")?.includes("json")
  throw new Refusal(answer.status, isJson ? await answer.json() : undefined)
}

// GET; `path` is below /api/v1/ or an address of ours.
export async function get(path, params = {}, { signal } = {}) {
  const url = new URL(path.startsWith("/") ? path : urls.api + path, location.origin)
  for (const [name, value] of Object.entries(params)) if (value != null) url.searchParams.set(name, value)
  return (await ask(url, { signal, headers: { accept: "application/json" } })).json()
}

// POST with an Idempotency-Key: pass the same `key` again to try the same thing again.
export async function post(path, body, { key = crypto.randomUUID() } = {}) {
  const headers = { "content-type": "application/json", "x-csrftoken": csrfToken(), "idempotency-key": key }
  const answer = await ask(urls.api + path, { method: "POST", headers, body: JSON.stringify(body) })
  return answer.status === 204 ? null : answer.json()
}

// DELETE
export const remove = path => ask(urls.api + path, { method: "DELETE", headers: { "x-csrftoken": csrfToken() } })

const parse = async answer => new DOMParser().parseFromString(await answer.text(), "text/html")

// Send a form as the browser would, and get the page it leads to.
export async function submit(form, button) {
  const answer = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) })
  return { url: answer.url, page: await parse(answer) }
}

export const page = async (url = location.href) => parse(await ask(url, { headers: { "x-requested-with": "fetch" } }))

// What a point is called: { label, lat, lon, osm_key, kind }, where the finger was
export async function nearest({ lat, lon }) {
  const { results } = await get("places/", { near: `${lat.toFixed(5)},${lon.toFixed(5)}` })
  return { ...results[0], lat, lon }
}
