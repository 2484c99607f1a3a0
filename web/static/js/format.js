// Sentences and numbers, ready to be read. Pure functions.

// "{name} said yes" + { name: 'Bo' } → "Bo said yes"
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole)

export const seats = (words, count) => {
  if (count === 0) return words.full
  return count === 1 ? words.oneSeat : fill(words.seats, { count })
}

// "46.51970,6.63230,way/12": how a chosen place travels through a form
export const placeField = ({ lat, lon, osm_key = "" }) => `${lat.toFixed(5)},${lon.toFixed(5)},${osm_key}`

export const readPlaceField = text => {
  const [lat, lon] = text.split(",").map(Number)
  return text && Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null
}
