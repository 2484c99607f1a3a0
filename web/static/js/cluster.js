// Too many markers in one spot become one. Pure: pixels in, groups out.
export const MOST_MARKERS = 150

// `points` have x and y in pixels; each joins the first group whose first point is nearer than `size`.
export function cluster(points, size) {
  const groups = []
  for (const point of points) {
    const near = groups.find(([first]) => Math.hypot(first.x - point.x, first.y - point.y) < size)
    if (near) near.push(point)
    else groups.push([point])
  }
  return groups
}

// The finest clustering with at most `most` groups.
export function clusterToFit(points, most = MOST_MARKERS, size = 40) {
  const groups = cluster(points, size)
  return groups.length <= most ? groups : clusterToFit(points, most, size * 1.5)
}
