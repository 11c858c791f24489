// The view Network: one image on its way through the layers to the prediction, and the gradients on the way back.

import { decimal, html, showImage, svg } from './drawing.js'

const UNITS = 88 // width and height of a drawing
const GAP = 6 // pixels between two pictures
const WIDEST = 132 // pixels of a picture's side
const FALL = 450 // ms until all shots have fallen
const DROP = 150 // ms of one shot's fall
const MOST = 200 // dots; with more shots a dot stands for several
const STAGES = [
  ['image', 'Image', '28 × 28 pixels'], ['maps1', 'Convolution 1', '4 of 32 maps'], ['maps2', 'Convolution 2', '4 of 64 maps'],
  ['hidden', 'Linear layer', '64 numbers'], ['angle', 'Angle θ', ''], ['shots', 'Shots', ''], ['bars', 'Prediction', ''],
]
const BACK = [['conv1', 'Convolution 1'], ['conv2', 'Convolution 2'], ['fc1', 'Linear 64'], ['fc2', 'Linear 1']]

// A number between 0 and 1 that only depends on its arguments: the same shots whenever a frame is shown again.
function chance(...seeds) {
  let value = 2166136261
  for (const seed of seeds) value = Math.imul(value ^ (seed + 0x9e3779b9), 16777619) ^ (value >>> 13)
  value = Math.imul(value ^ (value >>> 16), 2246822507)
  return ((value ^ (value >>> 15)) >>> 0) / 4294967296
}

export class Network {
  constructor(host) {
    this.host = host
    const row = html('ol', { class: 'forward', 'aria-label': 'From image to prediction' })
    for (const [name, title, note] of STAGES) {
      const item = html('li'), picture = name === 'image' ? html('span', { class: 'picture-of' }) : html('canvas')
      const said = html('small', {}, note)
      item.append(html('strong', {}, title), picture, said)
      row.append(item)
      this[name] = { picture, said }
    }
    this.back = html('ol', { class: 'back', 'aria-label': 'Gradients from the loss back to each layer' })
    for (const [name, title] of BACK) {
      const item = html('li'), arrow = svg('svg', { viewBox: '0 0 120 44', 'aria-hidden': true }), path = svg('path')
      arrow.append(path)
      const said = html('small')
      item.append(arrow, html('strong', {}, title), said)
      this.back.append(item)
      this[name] = { path, said }
    }
    this.slope = html('li', { class: 'slope' })
    this.back.append(this.slope)
    this.inks = Object.fromEntries(['text', 'good', 'digit-a', 'digit-b'].map(name => [name, html('i', { class: `ink ${name}`, hidden: '' })]))
    host.append(row, html('p', { class: 'hint' }, 'Backward: norm of the loss gradient in each layer'), this.back, ...Object.values(this.inks))
  }

  open(film) {
    this.film = film
    this.shown = ''
  }

  // The pictures' side, in pixels, for a width of the view.
  resize(width, height) {
    const columns = width > 520 ? 7 : 4, rows = columns === 7 ? 1 : 2
    const side = Math.floor(Math.min(width / columns - 2 * GAP, (height - 130) / rows - 60, WIDEST))
    this.side = Math.max(side, 56)
    this.host.style.setProperty('--side', `${this.side}px`)
  }

  // Show a frame for an image. Returns whether shots are still falling.
  show(frame, number, now, still) {
    const { film } = this, angle = frame.theta[number], layers = frame.layers ? [frame.step, frame.layers] : film.layersAt(frame.step)
    const key = [frame.step, number, layers?.[0], still, angle, this.side, devicePixelRatio, this.ink('text')].join()
    if (key !== this.shown) {
      if (this.step !== frame.step || this.number !== number) this.since = now
      Object.assign(this, { shown: key, step: frame.step, number })
      this.drawForward(frame, number, layers, angle)
      this.drawBack(frame, angle)
    }
    const passed = still ? now - this.since : Infinity
    if (this.fallen === key && passed > FALL + DROP) return false
    this.drawShots(frame, number, angle, passed)
    this.fallen = passed > FALL + DROP ? key : ''
    return passed <= FALL + DROP
  }

  drawForward(frame, number, layers, angle) {
    const { film } = this
    this.image.picture.className = `picture-of digit-${'ab'[film.label(number)]}`
    showImage(this.image.picture, film, number, this.side - 6)
    this.image.said.textContent = film.name(number)
    this.drawMaps('maps1', layers?.[1].maps1, layers?.[1].channels1, 12)
    this.drawMaps('maps2', layers?.[1].maps2, layers?.[1].channels2, 4)
    this.drawHidden(layers?.[1].hidden)
    const from = !layers || layers[0] === frame.step ? '' : `, step ${layers[0]}`
    this.maps1.said.textContent = `4 of 32 maps${from}`
    this.maps2.said.textContent = `4 of 64 maps${from}`
    this.hidden.said.textContent = `64 numbers${from}`
    this.drawDial(angle)
    this.drawBars(angle)
  }

  // A drawing area, UNITS wide and high.
  area(name) {
    const { picture } = this[name], pixels = Math.round(this.side * devicePixelRatio)
    if (picture.width !== pixels) picture.width = picture.height = pixels
    const pen = picture.getContext('2d'), scale = pixels / UNITS
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, UNITS, UNITS)
    return pen
  }

  // A colour of the theme, for a drawing area.
  ink(name) { return getComputedStyle(this.inks[name]).color }

  drawMaps(name, maps, channels, side) {
    const pen = this.area(name), cell = (UNITS - 4) / 2 / side
    if (!maps) return
    for (let map = 0; map < 4; map++) {
      const [left, top] = [map % 2 * (UNITS / 2 + 2), (map >> 1) * (UNITS / 2 + 2)]
      for (let at = 0; at < side * side; at++) {
        const light = maps[map * side * side + at]
        pen.fillStyle = `rgb(${light} ${light} ${light})`
        pen.fillRect(left + at % side * cell, top + Math.floor(at / side) * cell, cell + 0.4, cell + 0.4)
      }
    }
    this[name].picture.title = `Maps ${[...channels].map(each => each + 1).join(', ')}`
  }

  drawHidden(values) {
    const pen = this.area('hidden'), cell = UNITS / 8
    if (!values) return
    pen.fillStyle = this.ink('good')
    for (const [at, value] of values.entries()) {
      pen.globalAlpha = 0.08 + 0.92 * value / 255
      pen.fillRect(at % 8 * cell + 1, (at >> 3) * cell + 1, cell - 2, cell - 2)
    }
    pen.globalAlpha = 1
  }

  drawDial(angle) {
    const pen = this.area('angle'), middle = UNITS / 2, radius = middle - 4
    pen.strokeStyle = this.ink('text')
    pen.lineWidth = 1.5
    pen.beginPath()
    pen.arc(middle, middle, radius, 0, 2 * Math.PI)
    pen.moveTo(middle, middle)
    pen.lineTo(middle + radius, middle)
    pen.stroke()
    this.angle.said.textContent = angle === null ? 'not finite' : `${decimal(angle)} rad`
    if (angle === null) return
    pen.strokeStyle = this.ink(`digit-${'ab'[this.film.predicted(angle)]}`)
    pen.lineWidth = 4
    pen.beginPath()
    pen.moveTo(middle, middle)
    pen.lineTo(middle + radius * Math.cos(angle), middle + radius * Math.sin(angle))
    pen.stroke()
  }

  drawBars(angle) {
    const pen = this.area('bars'), one = angle === null ? null : this.film.probability(angle)
    this.bars.said.textContent = one === null ? '–' : `P(1) = ${decimal(one)}`
    pen.fillStyle = this.ink('text')
    pen.font = `600 14px ${getComputedStyle(this.host).fontFamily}`
    pen.textAlign = 'center'
    for (const [label, share] of (one === null ? [] : [1 - one, one]).entries()) {
      const x = label ? 50 : 10
      pen.fillStyle = this.ink('text')
      pen.fillText(`${'●◆'[label]} ${this.film.digits[label]}`, x + 14, UNITS - 2)
      pen.fillStyle = this.ink(`digit-${'ab'[label]}`)
      pen.fillRect(x, UNITS - 18 - share * (UNITS - 22), 28, share * (UNITS - 22))
    }
  }

  // The shots of this step: each falls on the digit that it counts for.
  drawShots(frame, number, angle, passed) {
    const { film } = this, pen = this.area('shots')
    if (film.shots === null || angle === null) {
      this.shots.said.textContent = angle === null ? '–' : 'exact, no shots'
      return
    }
    const one = film.probability(angle), dots = Math.min(film.shots, MOST), worth = film.shots / dots
    const columns = 5, rows = Math.ceil(dots / columns), step = Math.min(8, (UNITS - 4) / rows), counts = [0, 0]
    for (let shot = 0; shot < dots; shot++) {
      const label = chance(frame.step, number, shot) < one ? 1 : 0, place = counts[label]++
      const share = Math.min(1, Math.max(0, (passed - shot / dots * FALL) / DROP))
      if (!share) continue
      pen.fillStyle = this.ink(`digit-${'ab'[label]}`)
      const rest = UNITS - 3 - (Math.floor(place / columns) + 0.5) * step
      pen.beginPath()
      pen.arc((label ? 50 : 4) + (place % columns + 0.5) * 7, rest * share ** 2, Math.min(2.8, step * 0.42), 0, 2 * Math.PI)
      pen.fill()
    }
    const [zeros, ones] = counts.map(count => Math.round(count * worth).toLocaleString('en'))
    this.shots.said.textContent = `${zeros} × 0, ${ones} × 1`
  }

  drawBack({ norms }, angle) {
    const highest = Math.max(...this.film.frames.flatMap(frame => frame.norms ?? []), 1e-12)
    for (const [place, [name]] of BACK.entries()) {
      const norm = norms?.[place] ?? 0, half = norms ? Math.max(1, 17 * norm / highest) : 0
      this[name].path.setAttribute('d', half ? `M118,${22 - half} H28 V${22 - half - 4} L2,22 L28,${22 + half + 4} V${22 + half} H118 Z` : '')
      this[name].said.textContent = norms ? `${norm.toPrecision(2)}` : '–'
    }
    if (angle === null) return this.slope.replaceChildren('–')
    const [slope, error] = this.film.slope(angle)
    const spread = this.film.shots === null ? '' : ` ± ${decimal(error, 3)}`
    this.slope.replaceChildren(html('strong', {}, 'Circuit: dP(1)/dθ'), html('small', {}, `${decimal(slope, 3)}${spread} per radian`))
  }
}
