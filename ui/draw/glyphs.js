// From ink to the image that the network sees: the arithmetic of hqnn.glyphs.mnist_like.

// Pixels of the network's image, and of the box in it that a digit fills; and where its centre of mass is, nearly.
const SIDE = 28, BOX = 20, CENTRE = 14

// Width of the strokes of an image, pixels, below which they are thickened.
const LEAST_STROKE = 1.8

// Parts of a pixel's side in which a stroke's width is measured.
const PARTS = 4

// Parts of equal length of a row of pixels: which pixels each spans, and how much of each.
function shares(length, parts) {
  return Array.from({ length: parts }, (_, part) => {
    const low = part * length / parts, high = (part + 1) * length / parts, spans = []
    for (let at = Math.floor(low); at < Math.min(length, Math.ceil(high)); at++)
      spans.push([at, (Math.min(high, at + 1) - Math.max(low, at)) * parts / length])
    return spans
  })
}

// Where the ink is: the first row and column, and how many.
function bounds(ink, width, height) {
  let top = height, left = width, bottom = -1, right = -1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (ink[y * width + x]) {
        if (y < top) top = y
        if (y > bottom) bottom = y
        if (x < left) left = x
        if (x > right) right = x
      }
  return bottom < 0 ? null : { top, left, rows: bottom - top + 1, columns: right - left + 1 }
}

function cropped(ink, width, { top, left, rows, columns }) {
  const digit = new Uint8Array(rows * columns)
  for (let y = 0; y < rows; y++) {
    const begin = (top + y) * width + left
    digit.set(ink.subarray(begin, begin + columns), y * columns)
  }
  return { digit, rows, columns }
}

// To so many parts of its longer side, its shape kept, each part the mean of its ink.
function reduced({ digit, rows, columns }, longer) {
  const parts = length => Math.max(1, Math.round(longer * length / Math.max(rows, columns)))
  const down = shares(rows, parts(rows)), across = shares(columns, parts(columns))
  return down.map(spansY => across.map(spansX => {
    let sum = 0
    for (const [y, shareY] of spansY)
      for (const [x, shareX] of spansX) sum += shareY * shareX * digit[y * columns + x]
    return sum
  }))
}

// Mean width of the strokes, in pixels of the image: twice the area of what has more than half of the darkest part's ink
// over its outline's length.
function strokeWidth(drawn) {
  const small = reduced(drawn, PARTS * BOX), half = Math.max(...small.map(row => Math.max(...row))) / 2
  const inked = (y, x) => (small[y]?.[x] ?? 0) > half
  let area = 0, crossings = 0
  for (let y = 0; y <= small.length; y++)
    for (let x = 0; x <= small[0].length; x++) {
      const here = inked(y, x)
      area += here
      crossings += (here !== inked(y, x - 1)) + (here !== inked(y - 1, x))
    }
  return 8 * area / (Math.PI * crossings) / PARTS
}

// With strokes that become LEAST_STROKE wide at least: each pixel the darkest of a square of them.
function thickened(drawn) {
  const { digit, rows, columns } = drawn, unit = Math.max(rows, columns) / BOX
  const more = Math.round(unit * (LEAST_STROKE - strokeWidth(drawn)) / (1 - LEAST_STROKE / BOX))
  if (more <= 0) return drawn
  const high = rows + more, wide = columns + more, thick = new Uint8Array(high * wide)
  for (let y = 0; y < rows; y++) thick.set(digit.subarray(y * columns, (y + 1) * columns), y * wide)
  for (const [stride, length] of [[wide, high], [1, wide]])
    for (let reach = 1, step; reach <= more; reach += step) {
      step = Math.min(reach, more + 1 - reach)
      for (let at = thick.length - 1; at >= 0; at--)
        if (Math.floor(at / stride) % length >= step) thick[at] = Math.max(thick[at], thick[at - step * stride])
    }
  return { digit: thick, rows: high, columns: wide }
}

// An image as MNIST's makers made theirs, of ink (width · height, 0 to 255); null without ink.
function mnistLike(ink, width, height) {
  const box = bounds(ink, width, height)
  return box && centred(reduced(thickened(cropped(ink, width, box)), BOX))
}

// A small image moved by whole pixels, its centre of mass as near to the centre as the network's image has room for.
function centred(small) {
  let mass = 0, massY = 0, massX = 0
  small.forEach((row, y) => row.forEach((grey, x) => {
    mass += grey
    massY += grey * y
    massX += grey * x
  }))
  const place = (centre, length) => Math.min(Math.max(Math.round(CENTRE - centre), 0), SIDE - length)
  const top = place(massY / mass, small.length), left = place(massX / mass, small[0].length)
  const image = new Uint8Array(SIDE * SIDE)
  small.forEach((row, y) => row.forEach((grey, x) => {
    image[(top + y) * SIDE + left + x] = Math.round(grey)
  }))
  return image
}
