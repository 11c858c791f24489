// Places for the images beside the curve: none over another, over the curve or over words.

const GRID = 5 // pixels between two places that are tried
const GAP = 3 // pixels between two images
const CLEAR = 9 // pixels between an image and the curve, which has marks on it

const overlap = (a, b) =>
  a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height + GAP && b.y < a.y + a.height + GAP

// For each column of the grid: where an image above the curve must end, and where one below it must begin.
function limits(columns, room, size, curve) {
  return Array.from({ length: columns }, (_, column) => {
    let top = Infinity, bottom = -Infinity
    for (let x = room.x + column * GRID - GAP; x <= room.x + column * GRID + size + GAP; x += 2) {
      const y = curve(x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
    return [top - CLEAR, bottom + CLEAR]
  })
}

// The centres of square images: the first digit's above the curve, the second's below it, each as near to its point as
// it can be and preferably where it was before. Null if they have no room.
export function place({ points, first, size, room, curve, words, before = [] }) {
  const columns = Math.floor((room.width - size) / GRID) + 1, rows = Math.floor((room.height - size) / GRID) + 1
  const edges = limits(columns, room, size, curve), taken = [...words], places = []
  for (const [number, point] of points.entries()) {
    if (!point) {
      places.push(null)
      continue
    }
    let best = null, least = Infinity
    for (let column = 0; column < columns; column++) {
      const [top, bottom] = edges[column], x = room.x + column * GRID
      for (let row = 0; row < rows; row++) {
        const y = room.y + row * GRID
        if (number < first ? y + size > top : y < bottom) continue
        const away = Math.hypot(x + size / 2 - point.x, y + size / 2 - point.y)
        const was = before[number], moved = was ? Math.hypot(x + size / 2 - was.x, y + size / 2 - was.y) : 0
        const cost = away + 0.4 * moved
        if (cost >= least) continue
        const box = { x, y, width: size, height: size }
        if (taken.some(other => overlap(box, other))) continue
        best = box
        least = cost
      }
    }
    if (!best) return null
    taken.push(best)
    places.push({ x: best.x + size / 2, y: best.y + size / 2 })
  }
  return places
}
