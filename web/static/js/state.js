// What this page knows of each offer. A late version is dropped; the newest is told to whoever watches.
export function makeState() {
  const offers = new Map()
  const watchers = new Set()

  const isNews = ({ offer_id, version }) => version > (offers.get(offer_id)?.version ?? -1)

  return {
    isNews,
    get: offerId => offers.get(offerId),
    // `before` is what was known until now, or undefined for an offer never seen.
    apply(news) {
      if (!isNews(news)) return false
      const before = offers.get(news.offer_id)
      const now = { ...before, ...news }
      offers.set(news.offer_id, now)
      for (const watcher of watchers) watcher(now, before)
      return true
    },
    // Offers of which a heartbeat tells a newer version than ours: a hint was lost.
    behind: versions =>
      Object.entries(versions)
        .filter(([offerId, version]) => isNews({ offer_id: Number(offerId), version }))
        .map(([offerId]) => Number(offerId)),
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}

export const state = makeState()
