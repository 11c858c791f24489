// Plays the steps or epochs of a run: moves the images' marks along the curve, and updates the words and the cursor.

const SVG = 'http://www.w3.org/2000/svg'
const CATCH_UP = 0.4 // seconds until the player reaches the latest frame of an active run
const LONGEST = 0.25 // seconds between two pictures that count: a hidden page draws none
const REST = 300 // ms after a stop until the server learns the frame
const PLAY = 'M7 4v16l13-8z', PAUSE = 'M6 5h4v14H6zM14 5h4v14h-4z'
const QUIET = matchMedia('(prefers-reduced-motion: reduce)')

const within = (value, low, high) => Math.min(Math.max(value, low), high)

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json()
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

const mark = first => first
  ? element('circle', { r: 6, class: 'digit-a' }) : element('rect', { width: 10.6, height: 10.6, class: 'digit-b' })

// A picture and its images' marks: where each is after a frame, and how far on the way to where the next one has it.
class Picture {
  constructor(place, name, html) {
    place.innerHTML = html
    const svg = place.querySelector('svg')
    Object.assign(this, { host: place, name, html, svg, height: svg.height.baseVal.value })
    for (const [key, text] of Object.entries(svg.dataset)) this[key] = Number(text)
    this.marks = Array.from({ length: this.images }, (_, number) => mark(number < this.first))
    this.ends = ['start', 'end'].map(side => element('text', { x: side === 'start' ? 10 : '100%', y: this.y(-0.07), class: `beyond ${side}` }))
    svg.append(...this.marks, ...this.ends)
    this.forget()
  }

  forget() {
    this.at = -1
    this.angles = new Float64Array(this.images).fill(NaN)
    this.away = new Set(this.marks.keys())
  }

  y(probability) {
    return this.height * (this.top - probability) / (this.top - this.bottom)
  }

  show(frames, at, part) {
    if (at < this.at) this.forget()
    if (at !== this.at) this.say(frames[at])
    const moved = this.away
    while (this.at < at) {
      this.at += 1
      this.each(frames[this.at], (mark, angle) => {
        this.angles[mark] = angle
        moved.add(mark)
      })
    }
    for (const mark of moved) this.place(mark, this.angles[mark])
    this.away = new Set()
    if (part && frames[at + 1]) this.each(frames[at + 1], (mark, angle) => this.move(mark, angle, part))
  }

  say([, , { [this.name]: [, alt, beyond] }]) {
    this.svg.setAttribute('aria-label', alt)
    this.ends.forEach((end, side) => { end.textContent = beyond[side] })
  }

  each([, , { [this.name]: [moves] }], act) {
    for (let at = 0; at < moves.length; at += 2) act(moves[at], moves[at + 1])
  }

  move(mark, angle, part) {
    const from = this.angles[mark]
    if (Number.isNaN(from)) return
    this.place(mark, from + part * (angle - from))
    this.away.add(mark)
  }

  place(number, angle) {
    const mark = this.marks[number], seen = !Number.isNaN(angle)
    mark.style.display = seen ? '' : 'none'
    if (!seen) return
    const x = `${100 * (within(angle, this.low, this.high) - this.low) / (this.high - this.low)}%`
    const y = this.y(this.offset + this.sine * Math.sin(angle) + this.cosine * Math.cos(angle))
    const [left, top] = number < this.first ? ['cx', 'cy'] : ['x', 'y']
    mark.setAttribute(left, x)
    mark.setAttribute(top, y)
  }
}

class Player {
  constructor(root) {
    for (const name of ['start', 'play', 'end', 'moment']) this[name] = root.querySelector(`.${name}`)
    this.group = root.querySelector('.player')
    this.slider = root.querySelector('input')
    this.frames = []
    this.drawn = []
    this.state = []
    this.added = 0
    this.news = Promise.resolve()
    this.then = performance.now()
    this.listen()
  }

  listen() {
    this.start.addEventListener('click', () => this.go(this.first))
    this.play.addEventListener('click', () => this.playing ? this.stop() : this.begin())
    this.end.addEventListener('click', () => this.follow())
    this.slider.addEventListener('pointerdown', () => { this.held = true })
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)))
    for (const kind of ['change', 'pointerup', 'pointercancel']) this.slider.addEventListener(kind, () => this.release())
  }

  get newest() { return this.frames.length - 1 }
  release() {
    this.held = false
    this.tell()
  }

  go(at) {
    this.at = within(at, 0, this.newest)
    this.following = this.at === this.newest && !this.playing
    this.tell()
  }

  begin() {
    if (this.at >= this.newest) this.at = Math.min(this.first, this.newest)
    this.playing = true
    this.following = false
  }

  stop() {
    this.playing = false
    this.at = Math.floor(this.at)
    this.tell()
  }

  follow() {
    this.playing = false
    this.following = true
    if (!this.active) this.at = this.newest
    this.tell()
  }

  // Tell the server where it rests, once it does.
  tell() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const place = { of: this.of, at: Math.floor(this.at), following: this.following }
      if (this.playing || this.held || JSON.stringify(place) === this.told) return
      this.told = JSON.stringify(place)
      this.setStateValue('place', place)
    }, REST)
  }

  take(data) {
    this.news = this.news.then(async () => this.add(data, await unpack(data.packed)))
  }

  add({ of, variant, begin, at, following, packed, ...data }, frames) {
    const isOther = of !== this.of, known = isOther || variant !== this.variant ? 0 : this.frames.length
    if (begin > known) return this.setTriggerValue('lost', true)
    Object.assign(this, data, { variant, added: this.added + 1 })
    this.frames = [...this.frames.slice(0, begin), ...frames]
    for (const picture of this.drawn) if (picture.at >= begin) picture.forget()
    if (isOther) Object.assign(this, { of, playing: false, following, at: following ? this.newest : at, told: null })
    this.at = within(this.at, 0, this.newest)
    if (this.following && !this.active) this.at = this.newest
    this.slider.max = this.last
    this.slider.setAttribute('aria-label', this.label)
    this.group.setAttribute('aria-label', this.label)
    this.start.lastChild.textContent = `First ${this.unit}`
    this.end.lastChild.textContent = `${this.active ? 'Latest' : 'Last'} ${this.unit}`
  }

  look(now) {
    const passed = Math.min((now - this.then) / 1000, LONGEST)
    this.then = now
    if (!this.frames.length) return
    this.advance(passed)
    this.show()
  }

  advance(passed) {
    if (this.held) return
    const pace = this.last / this.seconds
    if (this.playing) this.at += passed * pace
    else if (this.following) this.at += passed * Math.max(pace, (this.newest - this.at) / CATCH_UP)
    if (this.at < this.newest) return
    this.at = this.newest
    if (this.playing) this.stop()
  }

  show() {
    const at = Math.floor(this.at), part = QUIET.matches ? 0 : this.at - at
    const places = [...document.querySelectorAll(`.st-key-${this.scope} [data-frame]`)]
    if (!this.changes([at, part, this.playing, this.following, this.added, ...places])) return
    const [name, texts] = this.frames[at]
    this.controls(at, name)
    this.drawn = places.filter(({ dataset }) => dataset.frame in this.pictures).map(place => this.picture(place))
    for (const picture of this.drawn) picture.show(this.frames, at, part)
    for (const place of places) if (place.dataset.frame in texts) this.write(place, texts[place.dataset.frame], at)
  }

  // Whether something is to be drawn that has not been drawn yet.
  changes(state) {
    const before = this.state
    this.state = state
    return state.length !== before.length || state.some((value, place) => value !== before[place])
  }

  picture(place) {
    const name = place.dataset.frame, html = this.pictures[name]
    return this.drawn.find(each => each.host === place && each.html === html) ?? new Picture(place, name, html)
  }

  write(place, html, at) {
    if (place.shown !== html) place.innerHTML = place.shown = html
    place.ariaLive = this.playing || this.following ? 'off' : 'polite'
    const share = at / (place.dataset.end ?? Infinity)
    place.style.setProperty('--at', share)
    place.classList.toggle('late', share > 0.5)
  }

  controls(at, name) {
    const [icon, word] = this.playing ? [PAUSE, 'Pause'] : [PLAY, 'Play']
    this.play.querySelector('path').setAttribute('d', icon)
    this.play.lastChild.textContent = word
    if (!this.held) this.slider.value = at
    this.slider.setAttribute('aria-valuetext', name)
    this.moment.textContent = name
  }
}

// Called whenever the server's data or the theme change, on the same root while the player is on the page.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const slider = parentElement.querySelector('input')
  if (parentElement.player?.slider !== slider) parentElement.player = new Player(parentElement)
  const { player } = parentElement, turn = {}
  Object.assign(player, { setStateValue, setTriggerValue, turn })
  player.take(data)
  const look = now => {
    if (player.turn !== turn) return
    player.look(now)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  return () => { if (player.turn === turn) player.turn = null }
}
