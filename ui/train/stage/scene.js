// The views Images and Qubit: one mark per image, on the sine or on the circle, and what lies between the two.

import { between, showImage, svg, html, within } from './drawing.js'
import { place } from './placement.js'

const ARROW = { left: '◂', right: '▸' }
const LEAST = 22, USUAL = 28, MOST = 46 // pixels of an image's side
const MORPH = 300 // ms from one view to the other

export class Scene {
  constructor(host, choose) {
    this.svg = svg('svg', { role: 'img', 'aria-label': 'The images of the run' })
    this.thumbs = html('div', { class: 'thumbs', role: 'group', 'aria-label': 'Images' })
    host.append(this.svg, this.thumbs)
    Object.assign(this, { host, choose, mix: 0, wanted: 0, places: new Map() })
    this.thumbs.addEventListener('keydown', event => this.walk(event))
  }

  // Begin with a run's images.
  open(film) {
    this.film = film
    this.places.clear()
    this.marks = []
    this.thumbs.replaceChildren()
    this.drawn = ''
    this.side = null
  }

  make() {
    const count = this.film.frames[0].theta.length
    this.marks = Array.from({ length: count }, (_, number) => {
      const label = 'ab'[this.film.label(number)]
      const group = svg('g', { class: `image digit-${label}` }), line = svg('line')
      const mark = label === 'a' ? svg('circle', { r: 6 }) : svg('rect', { x: -5.3, y: -5.3, width: 10.6, height: 10.6, transform: 'rotate(45)' })
      const point = svg('g', { class: `point digit-${label}` }), beyond = svg('text', { class: 'beyond', y: 5 })
      point.append(mark, beyond)
      group.append(line)
      const thumb = html('button', { type: 'button', class: `thumb digit-${label}`, tabindex: number ? -1 : 0 })
      const digit = html('span', { class: 'digit' }), wrong = html('span', { class: 'wrong', 'aria-hidden': true }, '✗')
      thumb.append(digit, wrong, html('span', { class: 'mark', 'aria-hidden': true }, label === 'a' ? '●' : '◆'))
      thumb.addEventListener('click', () => this.choose(number))
      this.thumbs.append(thumb)
      return { group, line, point, beyond, thumb, digit, label }
    })
  }

  // Arrow keys go from image to image.
  walk(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step || event.shiftKey) return
    event.preventDefault()
    const buttons = [...this.thumbs.children], now = buttons.indexOf(event.target)
    const next = buttons[(now + step + buttons.length) % buttons.length]
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1
    next.focus()
  }

  turnTo(view, at_once) {
    this.wanted = view === 'qubit' ? 1 : 0
    if (at_once) this.mix = this.wanted
  }

  // Go on with the change of view. Returns whether it still changes.
  advance(ms) {
    if (this.mix === this.wanted) return false
    const step = ms / MORPH
    this.mix = this.mix < this.wanted ? Math.min(this.wanted, this.mix + step) : Math.max(this.wanted, this.mix - step)
    return true
  }

  resize(width, height) {
    if (this.width === width && this.height === height) return
    Object.assign(this, { width, height, side: null, drawn: '' })
    this.places.clear()
  }

  layOut() {
    const { width, height, film } = this
    this.side ??= within(Math.round(width / 22), width > 500 ? USUAL : LEAST, MOST)
    const box = this.side + 6
    const room = { x: 42, y: 4, width: width - 54, height: height - 52 }
    const names = 26, top = room.y + names + box + 10, bottom = room.y + room.height - box - 10
    const half = film.wide ? 2 * Math.PI : Math.PI
    const x = angle => room.x + room.width * (within(angle, -half, half) + half) / (2 * half)
    const y = probability => bottom - probability * (bottom - top)
    const radius = Math.min(height / 2 - 34, width / 2 - 60)
    const circle = { x: width / 2 - (width > 560 ? 70 : 0), y: height / 2, radius }
    Object.assign(this, { room, box, half, x, y, circle, top, bottom })
    this.curve = px => y(film.probability((px - room.x) / room.width * 2 * half - half))
    this.bands = this.bandsOf()
  }

  // Where the network predicts which digit: from, to (radians) and label.
  bandsOf() {
    const bands = [], step = this.half / 360
    for (let angle = -this.half; angle < this.half - step / 2; angle += step) {
      const label = this.film.predicted(angle + step / 2)
      if (bands.at(-1)?.label === label) bands.at(-1).to = angle + step
      else bands.push({ from: angle, to: angle + step, label })
    }
    return bands
  }

  // Draw what stays: axes, curve, halves and their names; the circle.
  draw() {
    const { width, height, film, half } = this
    const key = [width, height, this.side, film.wide].join()
    if (this.drawn === key) return
    this.layOut()
    if (!this.marks.length) this.make()
    this.drawn = key
    this.places.clear()
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    const [sine, circle] = [this.drawSine(), this.drawCircle()]
    this.svg.replaceChildren(circle, sine, ...this.marks.map(({ group }) => group), ...this.marks.map(({ point }) => point))
    this.parts = { sine, circle }
  }

  drawSine() {
    const { room, half, x, y } = this, part = svg('g', { class: 'sine' }), floor = room.y + room.height
    this.words = []
    for (const { from, to, label } of this.bands) {
      part.append(svg('rect', { class: `band digit-${'ab'[label]}`, x: x(from), y: room.y, width: x(to) - x(from), height: room.height }))
    }
    for (const probability of [0, 0.5, 1]) {
      part.append(svg('line', { class: probability === 0.5 ? 'half' : 'grid', x1: room.x, x2: room.x + room.width, y1: y(probability), y2: y(probability) }))
      part.append(svg('text', { x: room.x - 6, y: y(probability) + 5, class: 'end' }, { 0: '0', 0.5: '½', 1: '1' }[probability]))
    }
    part.append(svg('text', { x: room.x - 6, y: room.y + 14, class: 'end' }, 'P(1)'))
    const names = half > Math.PI
      ? { '-2': '−2π', '-1': '−π', 0: '0', 1: 'π', 2: '2π' }
      : { '-1': '−π', '-0.5': '−π/2', 0: '0', 0.5: 'π/2', 1: 'π' }
    for (const [turns, name] of Object.entries(names)) {
      const at = x(turns * Math.PI)
      part.append(svg('line', { class: 'grid', x1: at, x2: at, y1: room.y, y2: floor }), svg('text', { x: at, y: floor + 18, class: 'middle' }, name))
    }
    part.append(svg('text', { x: room.x + room.width / 2, y: floor + 38, class: 'middle' }, 'angle θ from the network (radians)'))
    const points = Array.from({ length: Math.ceil(room.width / 3) + 1 }, (_, at) => Math.min(room.x + 3 * at, room.x + room.width))
    part.append(svg('polyline', { class: 'curve', points: points.map(px => `${px.toFixed(1)},${this.curve(px).toFixed(1)}`).join(' ') }))
    this.nameBands(part)
    return part
  }

  // The names of the halves. A band without room for its name has the mark and the digit only.
  nameBands(part) {
    const { room, x, film } = this
    for (const { from, to, label } of this.bands) {
      const digit = film.digits[label], mark = '●◆'[label], room_ = x(to) - x(from)
      const text = [`${mark} predicted as ${digit}`, `${mark} ${digit}`].find(each => 8.6 * each.length + 12 < room_)
      if (!text) continue
      const wide = 8.6 * text.length, last = to > this.half - 0.01 && this.bands.length < 3
      const start = last ? x(to) - wide - 8 : x(from) + 8
      part.append(svg('text', { x: last ? x(to) - 8 : start, y: room.y + 20, class: `name digit-${'ab'[label]}${last ? ' end' : ''}` }, text))
      this.words.push({ x: start - 2, y: room.y + 2, width: wide + 4, height: 24 })
    }
  }

  drawCircle() {
    const { circle: { x, y, radius }, film } = this, part = svg('g', { class: 'bloch' })
    const half = y - radius * within(film.half, -1, 1), wing = Math.sqrt(Math.max(0, radius ** 2 - (half - y) ** 2))
    const cap = side => `M${x - wing},${half} A${radius},${radius} 0 ${(side === 'a' ? half > y + 0.1 : half < y - 0.1) ? 1 : 0} ${side === 'a' ? 1 : 0} ${x + wing},${half} Z`
    for (const side of 'ab') part.append(svg('path', { class: `band digit-${side}`, d: cap(side) }))
    part.append(svg('circle', { class: 'rim', cx: x, cy: y, r: radius }))
    part.append(svg('line', { class: 'half', x1: x - radius, x2: x + radius, y1: half, y2: half }))
    part.append(svg('text', { x: x + radius + 6, y: half + 5 }, '½'))
    for (const [label, digit] of film.digits.entries()) {
      const at = label ? y + radius + 24 : y - radius - 10
      part.append(svg('text', { x, y: at, class: `name middle digit-${'ab'[label]}` }, `${'●◆'[label]} |${label}⟩ predicted as ${digit}`))
    }
    return part
  }

  point(angle) {
    return angle === null ? null : { x: this.x(angle), y: this.y(this.film.probability(angle)) }
  }

  tip(angle) {
    const [x, z] = this.film.bloch(angle), { circle } = this
    return { x: circle.x + circle.radius * x, y: circle.y - circle.radius * z }
  }

  // The images' places at a frame. If they have no room, the images become smaller.
  placesAt(frame, key = frame.step) {
    if (!this.places.has(key)) {
      const before = [...this.places.keys()].filter(step => step <= key).at(-1)
      const asked = {
        points: frame.theta.map(angle => this.point(angle)), first: this.film.first, size: this.box, room: this.room,
        curve: this.curve, words: this.words, before: this.places.get(before),
      }
      let places = place(asked)
      while (!places && this.side > LEAST) {
        this.side -= 1
        this.draw()
        places = place({ ...asked, points: frame.theta.map(angle => this.point(angle)), size: this.box, before: [] })
      }
      this.places.set(key, places ?? asked.points)
    }
    return this.places.get(key)
  }

  // Show the images between two frames.
  show(here, there, part, followed) {
    const from = this.placesAt(here), to = this.placesAt(there)
    for (const [number, mark] of this.marks.entries()) {
      const [angle, next] = [here.theta[number], there.theta[number]], seen = angle !== null
      for (const each of [mark.group, mark.point, mark.thumb]) each.style.display = seen ? '' : 'none'
      if (!seen) continue
      const start = from[number], end = to[number] ?? start
      const place = { x: between(start.x, end.x, part), y: between(start.y, end.y, part) }
      this.showOne(number, next === null ? angle : between(angle, next, part), place, followed)
    }
    this.parts.sine.style.opacity = 1 - this.mix
    this.parts.circle.style.opacity = this.mix
    this.thumbs.classList.toggle('qubit', this.wanted === 1)
  }

  showOne(number, angle, thumb, followed) {
    const { mix, film, circle } = this, mark = this.marks[number], on = this.point(angle), tip = this.tip(angle)
    const at = { x: between(on.x, tip.x, mix), y: between(on.y, tip.y, mix) }
    const away = Math.hypot(tip.x - circle.x, tip.y - circle.y) || 1, reach = 1 + (0.8 * this.box + 8) / away
    const hung = { x: circle.x + reach * (tip.x - circle.x), y: circle.y + reach * (tip.y - circle.y) }
    const picture = number === followed ? { x: between(thumb.x, hung.x, mix), y: between(thumb.y, hung.y, mix) } : thumb
    const root = { x: between(picture.x, circle.x, mix), y: between(picture.y, circle.y, mix) }
    for (const [name, value] of Object.entries({ x1: root.x, y1: root.y, x2: at.x, y2: at.y })) mark.line.setAttribute(name, value.toFixed(1))
    mark.point.setAttribute('transform', `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`)
    mark.beyond.textContent = mix < 0.5 && Math.abs(angle) > this.half ? ARROW[angle < 0 ? 'left' : 'right'] : ''
    mark.beyond.setAttribute('x', angle < 0 ? -16 : 8)
    mark.thumb.style.transform = `translate(${(picture.x - this.box / 2).toFixed(1)}px, ${(picture.y - this.box / 2).toFixed(1)}px)`
    mark.thumb.style.opacity = number === followed ? 1 : 1 - mix
    const right = film.isRight(number, angle), state = `${right} ${number === followed} ${this.side}`
    if (mark.state === state) return
    mark.state = state
    for (const each of [mark.group, mark.point]) each.classList.toggle('followed', number === followed)
    mark.thumb.classList.toggle('followed', number === followed)
    mark.thumb.classList.toggle('mistaken', !right)
    mark.thumb.setAttribute('aria-pressed', number === followed)
    mark.thumb.setAttribute('aria-label', `${film.name(number)}, ${right ? 'right' : 'wrong'}`)
    mark.thumb.style.width = mark.thumb.style.height = `${this.box}px`
    showImage(mark.digit, film, number, this.side)
  }

  describe(angles) {
    const said = this.wanted
      ? 'The states of the images in the Bloch circle, from |0⟩ at the top to |1⟩ at the bottom.'
      : 'The images on the curve of P(1) against the angle θ.'
    const wrong = angles.flatMap((angle, number) => this.film.isRight(number, angle) ? [] : [this.film.name(number)])
    this.svg.setAttribute('aria-label', `${said} ${wrong.length ? `Wrong: ${wrong.join(', ')}.` : 'All are right.'}`)
  }
}
