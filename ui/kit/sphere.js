// Draws the states of a qubit as arrows over a Bloch sphere that Plotly has drawn, and turns them with it.
const SVG = 'http://www.w3.org/2000/svg'

function element(name, attributes, text = '') {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return made
}

function times(matrix, [x, y, z, w]) {
  return [0, 1, 2, 3].map(row => matrix[row] * x + matrix[row + 4] * y + matrix[row + 8] * z + matrix[row + 12] * w)
}

// Where a point of the sphere is in its picture, pixels.
function projected(scene, point, width, height) {
  const { model, view, projection } = scene.glplot.cameraParams
  const scaled = [...point.map((value, axis) => value * scene.dataScale[axis]), 1]
  const [x, y, , w] = times(projection, times(view, times(model, scaled)))
  return [(1 + x / w) * width / 2, (1 - y / w) * height / 2]
}

function arrow([x0, y0], [x1, y1], { color, width, dashed }) {
  const length = Math.hypot(x1 - x0, y1 - y0), head = Math.min(3 * width + 4, length)
  const [dx, dy] = length ? [(x1 - x0) / length, (y1 - y0) / length] : [0, 0]
  const [bx, by] = [x1 - head * dx, y1 - head * dy], half = 0.45 * head
  const shaft = { x1: x0, y1: y0, x2: bx, y2: by, stroke: color, 'stroke-width': width }
  const corners = [[x1, y1], [bx - half * dy, by + half * dx], [bx + half * dy, by - half * dx]]
  return [
    element('line', dashed ? { ...shaft, 'stroke-dasharray': '6 4' } : shaft),
    element('polygon', { points: corners.join(' '), fill: color }),
  ]
}

function legend(arrows, height) {
  const rows = [...arrows].sort((one, other) => one.dashed - other.dashed) // the longest name is below |1⟩, not beside it
  return rows.flatMap(({ name, color, width, dashed }, place) => {
    const y = height - 10 - 20 * (arrows.length - 1 - place)
    const line = { x1: 4, y1: y - 4, x2: 26, y2: y - 4, stroke: color, 'stroke-width': width }
    return [
      element('line', dashed ? { ...line, 'stroke-dasharray': '6 4' } : line),
      element('text', { x: 32, y, fill: 'currentColor', 'font-size': 14 }, name),
    ]
  })
}

function draw({ key, arrows, alt }) {
  const figure = document.querySelector(`.st-key-${key} .js-plotly-plot`)
  const scene = figure?._fullLayout?.scene?._scene
  if (!scene?.glplot?.cameraParams) return
  const picture = figure.querySelector('.bloch-arrows') ?? figure.appendChild(element('svg', { class: 'bloch-arrows', role: 'img' }))
  const { width, height } = figure.getBoundingClientRect()
  const { view, projection } = scene.glplot.cameraParams
  const shown = JSON.stringify([arrows, width, height, ...view, ...projection])
  if (picture.shown === shown) return
  picture.shown = shown
  picture.setAttribute('aria-label', alt)
  const centre = projected(scene, [0, 0, 0], width, height)
  const drawn = arrows.flatMap(each => arrow(centre, projected(scene, each.end, width, height), each))
  picture.replaceChildren(...drawn, ...legend(arrows, height))
}

// Called whenever the states change. Looks at every frame, so that the arrows turn with the sphere.
export default function ({ data, parentElement }) {
  const turn = {}
  parentElement.turn = turn
  const look = () => {
    if (parentElement.turn !== turn) return
    draw(data)
    requestAnimationFrame(look)
  }
  look()
  return () => { if (parentElement.turn === turn) parentElement.turn = null }
}
