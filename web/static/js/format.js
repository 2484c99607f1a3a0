// Sentences and numbers, ready to be read. Pure functions.

// "{name} said yes" + { name: 'Bo' } → "Bo said yes"
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole)

const counted = (one, many, count) => (count === 1 ? one : fill(many, { count }))

// "2 seats left", "full · 1 may come free"
export const seats = (words, count, held = 0) => {
  const free = count ? counted(words.oneSeat, words.seats, count) : words.full
  return held ? `${free} · ${counted(words.oneHeld, words.held, held)}` : free
}

export const minutesLeft = (words, count) => counted(words.minuteLeft, words.minutesLeft, count)

// "€3.50" in the reader's language; nothing to pay is a word
export const euros = (words, cents, language) => {
  if (!cents) return words.free
  const digits = cents % 100 ? 2 : 0
  const amount = (cents / 100).toLocaleString(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return fill(words.euros, { amount })
}

// "17:40" where the ride is
export const clock = (at, timeZone, language) =>
  new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone })

// "46.51970,6.63230,way/12": how a chosen place travels through a form
export const placeField = ({ lat, lon, osm_key = "" }) => `${lat.toFixed(5)},${lon.toFixed(5)},${osm_key}`

export const readPlaceField = text => {
  const [lat, lon] = text.split(",").map(Number)
  return text && Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null
}
