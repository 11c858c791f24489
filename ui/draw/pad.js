// The drawing pad: strokes by mouse, finger or pen, and the image that the network sees of them.

const SIZE = 280 // width of the ink in pixels, whatever the size of the pad on the screen
const PACE = 110, PATIENCE = 1500 // ms between two values during a stroke, and longest wait for a prediction
const STEP = 1.5 // pixels of ink between two points of a stroke, at least
const MOST = 200, LONGEST = 10_000 // strokes and the like that are kept, and numbers that make up one

function trace(context, strokes, color) {
  context.lineCap = context.lineJoin = 'round'
  context.strokeStyle = color
  for (const { width, points } of strokes) {
    context.lineWidth = width
    context.beginPath()
    context.moveTo(points[0], points[1])
    context.lineTo(points[0] + 0.01, points[1]) // a touch without a move is a dot
    for (let at = 2; at < points.length; at += 2) context.lineTo(points[at], points[at + 1])
    context.stroke()
  }
}

const toBase64 = bytes => btoa(String.fromCharCode(...bytes))
const fromBase64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))

class Pad {
  constructor(root) {
    for (const name of ['drawing', 'hint', 'undo', 'clear', 'seen']) this[name] = root.querySelector(`.${name}`)
    this.pens = [...root.querySelectorAll('input')]
    this.ink = Object.assign(document.createElement('canvas'), { width: SIZE, height: SIZE })
    this.entries = [] // strokes, clears and chosen pictures
    this.stroke = this.pointer = this.pixels = null
    this.revision = -1
    this.sent = 0
    this.waits = this.news = false
    this.listen(root)
    this.sizes = new ResizeObserver(() => this.fit())
    this.sizes.observe(this.drawing)
  }

  listen(root) {
    const on = (target, kinds, act) => kinds.split(' ').forEach(kind => target.addEventListener(kind, act))
    on(this.drawing, 'pointerdown', event => this.begin(event))
    on(this.drawing, 'pointermove', event => this.extend(event))
    on(this.drawing, 'pointerup pointercancel lostpointercapture', event => this.end(event))
    on(this.drawing, 'contextmenu', event => event.preventDefault())
    on(this.undo, 'click', () => this.takeBack())
    on(this.clear, 'click', () => this.wipe())
    on(root, 'keydown', event => this.press(event))
  }

  press(event) {
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z'
    if (!undo && !['Delete', 'Backspace'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    undo ? this.takeBack() : this.wipe()
  }

  begin(event) {
    const penOverPalm = event.pointerType === 'pen' && this.kind === 'touch'
    if (event.button || (this.pointer !== null && !penOverPalm)) return
    this.pointer = event.pointerId
    this.kind = event.pointerType
    this.drawing.setPointerCapture(event.pointerId)
    this.stroke = { kind: 'stroke', width: this.pen, points: this.place(event) }
    this.sent = performance.now() // the first value follows a moment later, because a dot shows little
    this.redraw()
  }

  extend(event) {
    if (event.pointerId !== this.pointer) return
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.add(this.place(each))
    this.add(this.place(event))
    this.frame ??= requestAnimationFrame(() => {
      this.redraw()
      this.tell()
    })
  }

  add([x, y]) {
    const { points } = this.stroke
    if (points.length >= LONGEST || Math.hypot(x - points.at(-2), y - points.at(-1)) < STEP) return
    points.push(x, y)
    this.news = true
  }

  end(event) {
    if (event.pointerId !== this.pointer) return
    this.pointer = this.kind = null
    const { stroke } = this
    this.stroke = null
    this.change([...this.entries, stroke])
  }

  takeBack() {
    if (this.stroke) return
    if (this.entries.length) this.change(this.entries.slice(0, -1))
  }

  wipe() {
    if (!this.stroke && !this.isEmpty()) this.change([...this.entries, { kind: 'clear' }])
  }

  change(entries) {
    this.entries = entries.slice(-MOST)
    this.redraw()
    this.send(true)
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.drawing.getBoundingClientRect()
    const on = (at, length) => Math.round(10 * at * SIZE / length) / 10
    return [on(clientX - left, width), on(clientY - top, height)]
  }

  get pen() {
    return Number(this.pens.find(pen => pen.checked)?.value ?? 20)
  }

  // What is on the paper: strokes, or a picture.
  shown() {
    const last = this.entries.findLastIndex(entry => entry.kind !== 'stroke')
    const strokes = [...this.entries.slice(last + 1), ...(this.stroke ? [this.stroke] : [])]
    const picture = !strokes.length && this.entries[last]?.kind === 'picture' ? this.entries[last] : null
    return { strokes, picture }
  }

  isEmpty() {
    const { strokes, picture } = this.shown()
    return !strokes.length && !picture
  }

  fit() {
    const { width, height } = this.drawing.getBoundingClientRect()
    const [wide, high] = [width, height].map(length => Math.round(length * devicePixelRatio))
    if (!wide || (this.drawing.width === wide && this.drawing.height === high)) return
    Object.assign(this.drawing, { width: wide, height: high })
    this.redraw()
  }

  redraw() {
    cancelAnimationFrame(this.frame)
    this.frame = null
    const { strokes, picture } = this.shown()
    this.pixels = picture ? fromBase64(picture.pixels) : mnistLike(this.inked(strokes), SIZE, SIZE)
    this.paint(strokes, picture)
    this.paintSeen()
    this.hint.hidden = !this.isEmpty()
    this.undo.ariaDisabled = String(!this.entries.length)
    this.clear.ariaDisabled = String(this.isEmpty())
    const state = picture ? picture.name : `${strokes.length || 'no'} stroke${strokes.length === 1 ? '' : 's'}`
    this.drawing.ariaLabel = `Drawing pad, ${state}. Draw with mouse, finger or pen; Control+Z undoes, Delete clears.`
  }

  // The ink of strokes, 0 to 255.
  inked(strokes) {
    const context = this.ink.getContext('2d', { willReadFrequently: true })
    context.clearRect(0, 0, SIZE, SIZE)
    trace(context, strokes, '#000')
    const { data } = context.getImageData(0, 0, SIZE, SIZE), ink = new Uint8Array(SIZE * SIZE)
    for (let at = 0; at < ink.length; at++) ink[at] = data[4 * at + 3]
    return ink
  }

  paint(strokes, picture) {
    const context = this.drawing.getContext('2d'), { width, height } = this.drawing
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, width, height)
    this.drawing.style.backgroundImage = picture ? `url("${picture.image}")` : ''
    context.setTransform(width / SIZE, 0, 0, height / SIZE, 0, 0)
    this.color = getComputedStyle(this.drawing).color
    trace(context, strokes, this.color)
  }

  paintSeen() {
    const context = this.seen.getContext('2d'), image = context.createImageData(SIDE, SIDE)
    for (let at = 0; at < SIDE * SIDE; at++) {
      image.data.fill(this.pixels?.[at] ?? 0, 4 * at, 4 * at + 3)
      image.data[4 * at + 3] = 255
    }
    context.putImageData(image, 0, 0)
    const bright = this.pixels?.filter(grey => grey > 0).length ?? 0
    this.seen.ariaLabel = `What the network sees: 28 × 28 pixels, ${bright} of them not black`
  }

  // Send the drawing during a stroke, but not too often and not while a prediction is pending.
  tell() {
    clearTimeout(this.timer)
    if (!this.stroke || !this.news) return
    const passed = performance.now() - this.sent
    const rest = (this.waits ? PATIENCE : PACE) - passed
    if (rest > 0) this.timer = setTimeout(() => this.tell(), rest)
    else this.send(false)
  }

  send(ended) {
    clearTimeout(this.timer)
    this.news = false
    this.waits = true
    this.sent = performance.now()
    this.revision += 1
    const { revision, pixels, entries, pen } = this
    const value = { revision, ended, pen, pixels: pixels && toBase64(pixels) }
    this.setStateValue('drawing', ended ? { ...value, entries } : value)
  }

  // Take what the server knows: that a prediction is finished, or a newer drawing.
  take({ revision, entries, pen, hint }) {
    this.hint.textContent = hint
    const isNewer = revision > this.revision
    if (isNewer) {
      Object.assign(this, { revision, entries, stroke: null, pointer: null })
      for (const each of this.pens) each.checked = Number(each.value) === pen
    }
    this.waits &&= revision < this.revision
    if (isNewer || this.color !== getComputedStyle(this.drawing).color) this.redraw()
    this.tell()
  }
}

// Called whenever the server's data or the theme change, on the same root while the pad is on the page.
export default function ({ data, parentElement, setStateValue }) {
  const paper = parentElement.querySelector('.drawing')
  if (parentElement.pad?.drawing !== paper) parentElement.pad = new Pad(parentElement)
  const { pad } = parentElement
  pad.setStateValue = setStateValue
  pad.take(data)
  return () => pad.sizes.disconnect()
}
