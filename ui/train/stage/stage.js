// The stage of a run: three views of its test images as the network learns, and one time for all of them.
//
// It reads the frames of the run by cursor from the dashboard's server, and moves between them at the screen's rate.

import { between, html, within } from './drawing.js'
import { Film } from './film.js'
import { Network } from './network.js'
import { Scene } from './scene.js'

const VIEWS = ['Images', 'Network', 'Qubit'], SPEEDS = [['×½', 0.5], ['×1', 1], ['×4', 4]]
const POLL = { running: 400, other: 1000, failed: 2000 } // ms
const CATCH_UP = 0.15 // seconds in which the live picture comes nearer to the newest frame
const LONGEST = 0.25 // seconds between two pictures that count: a hidden page draws none
const SAY = 1000 // ms between two sentences for screen readers
const PLAY = 'M7 4v16l13-8z', PAUSE = 'M6 5h4v14H6zM14 5h4v14h-4z'
const QUIET = matchMedia('(prefers-reduced-motion: reduce)')
const MEMORY = 'hqnn-stage'

const TEMPLATE = `
<section class="stage" role="group" aria-label="The network as it learns">
  <header><div class="views" role="group" aria-label="View"></div><p class="count"></p></header>
  <div class="picture"><div class="scene"></div><div class="network" hidden></div><p class="empty"></p></div>
  <div class="time">
    <button type="button" class="play" title="Play or pause (Space)"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PLAY}"/></svg><span>Play</span></button>
    <div class="speeds" role="group" aria-label="Speed"></div>
    <input type="range" min="0" max="0" step="any" value="0" aria-label="Step of the run" title="Shift with an arrow key goes to the next frame">
    <button type="button" class="live" title="Go to the newest step and stay there">Live</button>
  </div>
  <p class="moment"></p><p class="tested"></p><p class="about"></p><p class="said" aria-live="polite"></p>
</section>`

const remembered = () => JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}')

class Stage {
  constructor(root, style) {
    root.innerHTML = `<link rel="stylesheet" href="${style}">${TEMPLATE}`
    this.find = name => root.querySelector(`.${name}`)
    this.section = this.find('stage')
    this.slider = root.querySelector('input')
    this.scene = new Scene(this.find('scene'), number => this.follow(number))
    this.network = new Network(this.find('network'))
    const { view = 'images', speed = 1, image = null } = remembered()
    Object.assign(this, { view, speed, image, at: 0, then: performance.now(), saidAt: 0, asked: 0 })
    this.listen()
    this.turnTo(view, true)
  }

  listen() {
    for (const name of VIEWS) this.add('views', name, () => this.turnTo(name.toLowerCase()))
    for (const [name, speed] of SPEEDS) this.add('speeds', name, () => this.goAt(speed))
    this.find('play').addEventListener('click', () => this.playing ? this.stop() : this.play())
    this.find('live').addEventListener('click', () => this.live ? this.stop() : this.goLive())
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)))
    this.slider.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
      if (step) this.step(event, step)
    })
    this.onKey = event => this.key(event)
    document.addEventListener('keydown', this.onKey)
  }

  add(group, name, act) {
    const button = html('button', { type: 'button' }, name)
    button.addEventListener('click', act)
    this.find(group).append(button)
  }

  // Space plays and pauses, Shift with an arrow goes from frame to frame, unless the page's other controls have the key.
  key(event) {
    const target = event.composedPath()[0]
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (target.closest?.('input:not([type=range]), textarea, select, [contenteditable=true]')) return
    if (event.key === ' ' && !target.closest?.('button, a, summary, [role=button], [role=radio], [role=checkbox], [role=switch], [role=combobox], [role=tab], [role=option]')) {
      event.preventDefault()
      if (this.playing) this.stop()
      else this.play()
    } else if (event.shiftKey && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      this.step(event, event.key === 'ArrowRight' ? 1 : -1)
    }
  }

  step(event, by) {
    event.preventDefault()
    this.go(by > 0 ? Math.floor(this.at) + 1 : Math.ceil(this.at) - 1)
  }

  take(data) {
    const isOther = data.run !== this.run
    Object.assign(this, data)
    if (isOther) this.open()
    else if (data.active && this.film) this.ask()
  }

  // Begin with another run.
  open() {
    Object.assign(this, { film: null, at: 0, playing: false, live: false, problem: '', shown: null, angles: null })
    this.turn = {}
    if (this.run) this.load(this.turn)
    this.empty(this.run ? 'The images appear as soon as the network starts.' : 'Press Train. Then 12 test images of each digit move along the curve as the network learns.')
  }

  async load(turn) {
    try {
      const facts = await this.fetch(`${this.base}/${this.run}/facts`)
      if (turn !== this.turn) return
      this.begin(new Film({ ...facts, images: `${this.base}/images/${facts.source === 'epochs' ? 'train' : 'test'}-${facts.digits.join('-')}.png` }))
    } catch {
      if (turn === this.turn) this.later(() => this.load(turn), POLL.failed)
    }
  }

  begin(film) {
    this.film = film
    if (film.source === 'none') return this.empty('This run has no records of its images, because an earlier version made it. Train again to see them.')
    this.loadImages(film)
    this.scene.open(film)
    this.network.open(film)
    const before = remembered()
    const known = before.run === this.run
    Object.assign(this, { at: known ? before.at : 0, live: known ? before.live : this.slow, playing: known ? false : !this.slow })
    if (!this.active && this.live) this.live = false
    this.empty('The images appear as soon as the network starts.')
    this.ask()
  }

  // The images may come late, since the server's workers have them.
  loadImages(film) {
    const picture = new Image()
    picture.onerror = () => setTimeout(() => this.film === film && this.loadImages(film), POLL.failed)
    picture.onload = () => this.section.style.setProperty('--images', `url(${picture.src})`)
    picture.src = new URL(film.images, document.baseURI)
  }

  get wished() { return this.view === 'network' ? this.image ?? 0 : null }

  // Read what is new, now and again while the run is active.
  async ask() {
    clearTimeout(this.timer)
    const { turn, film, wished } = this, asked = ++this.asked
    let wait = POLL.failed
    try {
      const said = await this.fetch(`${this.base}/${this.run}?${film.question(wished)}`)
      if (turn !== this.turn || asked !== this.asked) return
      film.add(said, wished)
      if (film.frames.length) this.empty('')
      this.problem = ''
      this.news = (this.news ?? 0) + 1
      wait = !said.active ? 0 : said.state === 'running' || said.state === 'starting' ? POLL.running : POLL.other
    } catch {
      if (turn !== this.turn || asked !== this.asked) return
      this.problem = 'The server does not respond. The stage tries again.'
      this.news = (this.news ?? 0) + 1
    }
    if (wait) this.later(() => this.ask(), wait)
  }

  later(act, wait) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => document.hidden ? this.later(act, wait) : act(), wait)
  }

  async fetch(address) {
    const answer = await fetch(new URL(address, document.baseURI))
    if (!answer.ok) throw new Error(`${answer.status}`)
    return answer.json()
  }

  // Say why there is no picture; an empty text for a picture.
  empty(text) {
    this.find('empty').textContent = text
    for (const control of this.section.querySelectorAll('.time :is(button, input)')) control.disabled = Boolean(text)
    this.section.classList.toggle('without', Boolean(text))
  }

  get newest() { return this.film.newest }
  get hasLive() { return Boolean(this.film.live) }
  get end() { return this.newest + (this.hasLive ? 1 : 0) }
  frame(at) { return at > this.newest ? this.film.live : this.film.frames[at] }

  go(at) {
    if (!this.film) return
    Object.assign(this, { at: within(at, 0, this.end), live: false, playing: false })
    this.remember()
  }

  play() {
    if (!this.film) return
    if (this.at >= this.end && !this.active) this.at = 0
    Object.assign(this, { playing: true, live: false })
  }

  stop() {
    if (this.playing) this.at = Math.min(Math.round(this.at), this.end)
    Object.assign(this, { playing: false, live: false })
    this.remember()
  }

  goLive() {
    if (!this.film) return
    Object.assign(this, { live: this.active, playing: false })
    if (!this.active || QUIET.matches) this.at = this.end
    this.remember()
  }

  goAt(speed) {
    this.speed = speed
    this.remember()
  }

  follow(number) {
    this.image = this.image === number && this.view !== 'network' ? null : number
    this.remember()
    if (this.view === 'network' && this.film) this.ask()
  }

  turnTo(view, atOnce = QUIET.matches) {
    this.view = view
    this.find('scene').hidden = view === 'network'
    this.find('network').hidden = view !== 'network'
    this.scene.turnTo(view, atOnce || view === 'network')
    this.remember()
    if (view === 'network' && this.film?.frames.length) this.ask()
  }

  remember() {
    const { run, at, live, view, speed, image } = this
    sessionStorage.setItem(MEMORY, JSON.stringify({ run, at, live, view, speed, image }))
  }

  look(now) {
    const ms = Math.min(now - this.then, 1000 * LONGEST)
    this.then = now
    if (!this.film?.frames.length) return
    const turning = this.scene.advance(ms)
    if (this.shown) this.advance(ms / 1000)
    this.show(now, turning)
  }

  advance(seconds) {
    if (this.live) {
      this.at += (this.end - this.at) * (QUIET.matches ? 1 : 1 - Math.exp(-seconds / CATCH_UP))
      if (this.end - this.at < 0.01) this.at = this.end
      if (!this.active && !this.film.active && this.at === this.end) this.stop()
      return
    }
    if (!this.playing) return
    let left = seconds * this.speed
    while (left > 0 && this.at < this.end) {
      const at = Math.floor(this.at), pause = this.film.pause(at), step = Math.min(left / pause, at + 1 - this.at)
      this.at += Math.max(step, 1e-9)
      left -= step * pause
    }
    this.at = Math.min(this.at, this.end)
    if (this.at === this.end && !this.film.active) this.stop()
  }

  show(now, turning) {
    const host = this.find('picture'), [width, height] = [host.clientWidth, host.clientHeight]
    const at = Math.min(Math.floor(this.at), this.end), part = QUIET.matches ? 0 : this.at - at
    const state = [at, part, this.playing, this.live, this.speed, this.view, this.image, this.news, width, height, turning, this.active].join()
    if (state === this.shown && !this.falling) return
    this.shown = state
    if (!width) return
    const here = this.frame(at), there = this.frame(at + 1) ?? here
    const angles = here.theta.map((angle, number) => angle === null || there.theta[number] === null ? angle : between(angle, there.theta[number], part))
    if (this.view === 'network') this.showNetwork(here, angles, now, width, height)
    else this.showScene(here, there, part, angles, width, height)
    this.say(here, angles, now)
    this.controls(at)
    this.point(between(here.step, there.step, part))
  }

  showScene(here, there, part, angles, width, height) {
    this.falling = false
    this.scene.resize(width, height)
    this.scene.draw()
    const from = this.scene.placesAt(here)
    this.scene.show(angles, from, this.scene.placesAt(there), part, this.image)
    if (!part) this.scene.describe(here.theta)
  }

  showNetwork(here, angles, now, width, height) {
    this.network.resize(width, height)
    const number = this.image ?? 0
    this.falling = this.network.show(here, number, here.theta[number], now, !this.playing && !this.live)
  }

  // The counter, and where the stage is in the run.
  say(frame, angles, now) {
    const { film } = this, known = [...frame.theta.entries()].filter(([, angle]) => angle !== null)
    const right = known.filter(([number, angle]) => film.isRight(number, angle))
    const said = label => [right, known].map(some => some.filter(([number]) => film.label(number) === label).length).join(' of ')
    const total = right.length, of = known.length
    this.write('count', `<strong>${total} of ${of}</strong> right <span><b class="digit-a">● ${said(0)}</b> <b class="digit-b">◆ ${said(1)}</b></span>`)
    this.write('moment', [this.problem, this.moment(frame)].filter(Boolean).join(' '))
    this.write('tested', this.tested(frame))
    this.write('about', this.image === null ? '' : Scene.text(film, this.image, frame.theta[this.image] ?? 0))
    const sentence = `Step ${frame.step} of ${film.total}: ${total} of ${of} images right.`
    if (this.playing || this.live ? now - this.saidAt < SAY : sentence === this.sentence) return
    Object.assign(this, { saidAt: now, sentence })
    this.write('said', sentence)
  }

  moment({ step }) {
    const { film } = this, seconds = film.seconds < 10 ? film.seconds.toFixed(1) : Math.round(film.seconds)
    const time = film.step ? `${film.active ? 'trained so far' : 'trained'} in ${seconds} s` : 'not trained yet'
    const source = film.source === 'epochs' ? ' An earlier version made this run: these are training images, after each epoch.' : ''
    return `Step ${step.toLocaleString('en')} of ${film.total.toLocaleString('en')}, ${time}.${source}`
  }

  tested(frame) {
    const { film } = this, found = film.confusionAt(frame)
    if (!found) return ''
    const [epoch, [aa, ab, ba, bb], accuracy, low, high] = found, [first, second] = film.names
    const percent = value => (100 * value).toFixed(1)
    return `Test after epoch ${epoch}: ${aa} of ${aa + ab} ${first}, ${bb} of ${ba + bb} ${second} right. `
      + `Accuracy ${percent(accuracy)}% (95%: ${percent(low)}–${percent(high)}).`
  }

  write(name, text) {
    const place = this.find(name)
    if (place.text === text) return
    place.text = text
    place.innerHTML = text
  }

  controls() {
    const word = this.playing ? 'Pause' : 'Play', play = this.find('play')
    play.querySelector('path').setAttribute('d', this.playing ? PAUSE : PLAY)
    play.lastChild.textContent = word
    this.slider.max = Math.max(this.end, 1)
    this.slider.value = this.at
    const frame = this.frame(Math.min(Math.floor(this.at), this.end))
    this.slider.setAttribute('aria-valuetext', `step ${frame.step} of ${this.film.total}`)
    this.mark('views', VIEWS.findIndex(name => name.toLowerCase() === this.view))
    this.mark('speeds', SPEEDS.findIndex(([, speed]) => speed === this.speed))
    this.find('live').setAttribute('aria-pressed', Boolean(this.live))
    this.find('live').disabled = !this.active
  }

  mark(group, chosen) {
    for (const [place, button] of [...this.find(group).children].entries()) button.setAttribute('aria-pressed', place === chosen)
  }

  // Move the line over the training chart.
  point(step) {
    if (!this.cursor?.isConnected) this.cursor = document.querySelector('.st-key-training_cursor .cursor')
    this.cursor?.style.setProperty('--at', step / this.film.total)
  }

  close() {
    clearTimeout(this.timer)
    this.turn = null
    document.removeEventListener('keydown', this.onKey)
  }
}

// Called whenever the server's data or the theme change, on the same root while the stage is on the page.
export default function ({ data, parentElement }) {
  if (!parentElement.stage) parentElement.stage = new Stage(parentElement, new URL('stage.css', import.meta.url))
  const { stage } = parentElement, turn = {}
  stage.call = turn
  stage.take(data)
  const look = now => {
    if (stage.call !== turn) return
    stage.look(now)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  return () => {
    if (stage.call === turn) stage.call = null
    setTimeout(() => { // after an update the stage goes on
      if (stage.call || parentElement.stage !== stage) return
      stage.close()
      parentElement.stage = null
    })
  }
}
