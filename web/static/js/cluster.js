// Too many markers in one spot become one. Pure: pixels in, groups out.
export const MOST_MARKERS = 150

// `points` have x and y in pixels; those in one square of `size` pixels stand together.
export function cluster(points, size) {
  const squares = new Map()
  for (const point of points) {
    const key = `${Math.floor(point.x / size)}:${Math.floor(point.y / size)}`
    if (!squares.has(key)) squares.set(key, [])
    squares.get(key).push(point)
  }
  return [...squares.values()]
}

// The finest clustering with at most `most` groups.
export function clusterToFit(points, most = MOST_MARKERS, size = 44) {
  const groups = cluster(points, size)
  return groups.length <= most ? groups : clusterToFit(points, most, size * 1.5)
}
