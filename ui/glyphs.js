// From ink to the image that the network sees: the arithmetic of hqnn.glyphs.mnist_like.

// Pixels of the network's image, and of the box in it that a digit fills; and where its centre of mass is, nearly.
const SIDE = 28, BOX = 20, CENTRE = 14

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

// An image as MNIST's makers made theirs, of ink (width · height, 0 to 255); null without ink.
function mnistLike(ink, width, height) {
  const box = bounds(ink, width, height)
  if (!box) return null
  const { top, left, rows, columns } = box, longer = Math.max(rows, columns)
  const down = shares(rows, Math.max(1, Math.round(BOX * rows / longer)))
  const across = shares(columns, Math.max(1, Math.round(BOX * columns / longer)))
  const small = down.map(spansY => across.map(spansX => {
    let sum = 0
    for (const [y, shareY] of spansY)
      for (const [x, shareX] of spansX) sum += shareY * shareX * ink[(top + y) * width + left + x]
    return sum
  }))
  return centred(small)
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
