// Draws the states of a qubit as arrows over a Bloch sphere that Plotly has drawn, and turns them with it.
const SVG = 'http://www.w3.org/2000/svg'

function element(name, attributes, text = '') {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return made
}

// The view of each figure's sphere: the latest from Plotly, and those of frames that are still to come.
const views = new WeakMap()

// Milliseconds: Plotly's picture is so far behind what turns the sphere; without that the sphere glides on for so long;
// this long after its release it is at rest, even on a slow machine
const BEHIND = 32, GLIDE = 16, SETTLED = 1000

// The view of a figure, which is listened for from now on. Plotly gives a figure that it makes again another `on`.
function viewOf(figure) {
  const known = views.get(figure)
  if (known?.on === figure.on) return known
  const { camera, aspectratio } = figure.layout.scene
  const view = { on: figure.on, camera, aspectratio, moments: [{ camera, at: 0 }], buttons: 0, fingers: 0, settled: 0 }
  figure.on('plotly_relayout', changes => {
    view.camera = changes['scene.camera'] ?? view.camera
    view.aspectratio = changes['scene.aspectratio'] ?? view.aspectratio
  })
  figure.on('plotly_react', () => ask(figure))
  if (!known) followTurns(figure)
  views.set(figure, view)
  return view
}

// Have Plotly say how the sphere is looked at, as it does whenever a mouse button is let go over its canvas. The event
// does not bubble to where Plotly turns the sphere, so that it ends no turn.
function ask(figure, buttons = 0) {
  figure.querySelector('canvas')?.dispatchEvent(new MouseEvent('mouseup', { buttons }))
}

// Keep the view of the sphere from a moment on.
function note({ camera, moments }, at) {
  if (at > moments.at(-1).at) moments.push({ camera, at })
}

// Ask after everything that turns the sphere; while it is turned Plotly says nothing of a finger, and of a mouse too early.
function followTurns(figure) {
  const follow = ({ type, buttons = 0, touches = [] }) => {
    if (type === 'mousemove' && !buttons) return
    const view = viewOf(figure), now = performance.now()
    ask(figure, buttons)
    note(view, now)
    Object.assign(view, { buttons, fingers: touches.length, settled: now + SETTLED })
  }
  const turns = ['mousemove', 'mouseup', 'mouseleave', 'touchstart', 'touchmove', 'touchend', 'touchcancel']
  for (const turn of turns) figure.addEventListener(turn, follow)
}

// The view of the sphere in the present picture.
function viewSeen(figure) {
  const view = viewOf(figure), { moments } = view, now = performance.now(), seen = now - BEHIND
  if (view.buttons || view.fingers || now < view.settled) ask(figure, view.buttons)
  note(view, now - GLIDE)
  while (moments[1]?.at <= seen) moments.shift()
  const [{ camera, at }, next] = moments
  if (!next) return view
  const part = Math.max(0, (seen - at) / (next.at - at))
  const between = ([axis, was]) => [axis, was + part * (next.camera.eye[axis] - was)]
  const eye = Object.fromEntries(Object.entries(camera.eye).map(between))
  return { camera: { ...camera, eye }, aspectratio: view.aspectratio }
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const cross = (a, b) => [0, 1, 2].map(i => a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3])
const unit = vector => vector.map(value => value / (Math.hypot(...vector) || 1))
const listed = ({ x, y, z }) => [x, y, z]

// From points of the sphere to pixels. An orthographic picture is two units high.
function projection({ camera, aspectratio }, { xaxis, yaxis, zaxis }, width, height) {
  const centre = listed(camera.center ?? { x: 0, y: 0, z: 0 }), up = listed(camera.up ?? { x: 0, y: 0, z: 1 })
  const towards = unit(listed(camera.eye).map((value, axis) => value - centre[axis]))
  const right = unit(cross(up, towards)), top = cross(towards, right)
  const sizes = [xaxis, yaxis, zaxis].map(({ range }, axis) => listed(aspectratio)[axis] / (range[1] - range[0]))
  return point => {
    const place = point.map((value, axis) => value * sizes[axis] - centre[axis])
    return [(width + height * dot(right, place)) / 2, (1 - dot(top, place)) * height / 2]
  }
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
  if (!figure?.layout?.scene || !figure.querySelector('canvas')) return
  const picture = figure.querySelector('.bloch-arrows') ?? figure.appendChild(element('svg', { class: 'bloch-arrows', role: 'img' }))
  const { width, height } = figure.getBoundingClientRect()
  const place = projection(viewSeen(figure), figure.layout.scene, width, height)
  const ends = [[0, 0, 0], ...arrows.map(({ end }) => end)].map(place)
  const shown = JSON.stringify([arrows, width, height, ends])
  if (picture.shown === shown) return
  picture.shown = shown
  picture.setAttribute('aria-label', alt)
  const [centre, ...tips] = ends
  picture.replaceChildren(...arrows.flatMap((each, number) => arrow(centre, tips[number], each)), ...legend(arrows, height))
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
