// The stage of a run: three views of its test images as the network learns, and one time for all of them.

import { Clock } from './clock.js'
import { between, html } from './drawing.js'
import { Feed } from './feed.js'
import { Network } from './network.js'
import { Scene } from './scene.js'
import * as words from './words.js'

const VIEWS = ['Images', 'Network', 'Qubit'], SPEEDS = [['×½', 0.5], ['×1', 1], ['×4', 4]]
const LONGEST = 250 // ms between two pictures that count: a hidden page draws none
const SAY = 1000 // ms between two sentences for screen readers
const AGAIN = 2000 // ms until the images are asked for again
const PLAY = 'M7 4v16l13-8z', PAUSE = 'M6 5h4v14H6zM14 5h4v14h-4z'
const QUIET = matchMedia('(prefers-reduced-motion: reduce)')
const MEMORY = 'hqnn-stage'
// What has Space for itself, and what has all keys.
const PRESSED = 'button, a, summary, [role=button], [role=radio], [role=checkbox], [role=switch], [role=combobox], [role=tab], [role=option]'
const WRITTEN = 'input:not([type=range]), textarea, select, [contenteditable=true]'

const TEMPLATE = `
<section class="stage" role="group" aria-label="The network as it learns">
  <header><div class="views" role="group" aria-label="View"></div><p class="count"></p></header>
  <div class="picture"><div class="scene"></div><div class="network" hidden></div><p class="empty"></p></div>
  <div class="time">
    <button type="button" class="play" title="Play or pause (Space)"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PLAY}"/></svg><span>Play</span></button>
    <div class="speeds" role="group" aria-label="Speed"></div>
    <input type="range" min="0" max="1" step="any" value="0" aria-label="Step of the run" title="Shift with an arrow key goes to the next frame">
    <button type="button" class="live" title="Go to the newest step and stay there">Live</button>
  </div>
  <p class="moment"></p><p class="tested"></p><p class="about"></p><p class="said" aria-live="polite"></p>
</section>`

class Stage {
  constructor(root, style, base) {
    root.innerHTML = `<link rel="stylesheet" href="${style}">${TEMPLATE}`
    this.section = root.querySelector('.stage')
    this.find = name => this.section.querySelector(`:scope > .${name}, :scope > * > .${name}`)
    this.slider = root.querySelector('input')
    this.scene = new Scene(this.find('scene'), number => this.follow(number))
    this.network = new Network(this.find('network'))
    this.feed = new Feed(base, () => ({ image: this.wished, live: this.clock.live }), () => this.hear())
    this.clock = new Clock(QUIET)
    const { view = 'images', speed = 1, image = null } = this.remembered
    Object.assign(this, { view, image, then: performance.now(), saidAt: 0, news: 0 })
    this.clock.speed = speed
    this.listen()
    this.turnTo(view, true)
  }

  get film() { return this.feed.film }
  get at() { return this.clock.at }
  get end() { return this.film.end }
  // The image whose layers the present view shows.
  get wished() { return this.view === 'network' ? this.image ?? 0 : null }

  get remembered() { return JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}') }

  remember() {
    const { run, view, image, clock: { at, live, speed } } = this
    sessionStorage.setItem(MEMORY, JSON.stringify({ run, at, live, view, speed, image }))
  }

  listen() {
    for (const name of VIEWS) this.add('views', name, () => this.turnTo(name.toLowerCase()))
    for (const [name, speed] of SPEEDS) this.add('speeds', name, () => this.act(clock => { clock.speed = speed }))
    this.find('play').addEventListener('click', () => this.toggle())
    this.find('live').addEventListener('click', () => this.act(clock => clock.live ? clock.stop(this.end) : clock.follow(this.film)))
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)))
    this.slider.addEventListener('keydown', event => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
      if (by) this.step(event, by)
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
    const on = event.composedPath()[0], by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || on.closest?.(WRITTEN)) return
    if (event.shiftKey && by) return this.step(event, by)
    if (event.key !== ' ' || on.closest?.(PRESSED)) return
    event.preventDefault()
    this.toggle()
  }

  step(event, by) {
    event.preventDefault()
    this.go(by > 0 ? Math.floor(this.at) + 1 : Math.ceil(this.at) - 1)
  }

  act(change) {
    if (this.film?.frames.length) change(this.clock)
    this.remember()
  }

  go(at) { this.act(clock => clock.go(at, this.end)) }
  toggle() { this.act(clock => clock.playing ? clock.stop(this.end) : clock.play(this.film)) }

  follow(number) {
    this.image = this.image === number ? null : number
    this.remember()
  }

  turnTo(view, atOnce = QUIET.matches) {
    this.view = view
    this.find('scene').hidden = view === 'network'
    this.find('network').hidden = view !== 'network'
    this.scene.turnTo(view, atOnce || view === 'network')
    this.remember()
    if (view === 'network') this.feed.ask()
  }

  // Take what the page says of the run.
  take({ run, active, slow, fresh }, setTriggerValue) {
    const isOther = run !== this.run
    Object.assign(this, { run, active, slow, fresh, setTriggerValue })
    if (isOther) this.open()
    else if (active) this.feed.ask()
  }

  // Begin with another run.
  open() {
    this.begun = this.told = null
    this.empty(this.run ? words.SOON : words.NO_RUN)
    this.feed.open(this.run)
  }

  // Take news of the run.
  hear() {
    const { film } = this
    this.news += 1
    if (film?.source === 'none') return this.empty(words.NO_FRAMES)
    if (!film?.frames.length) return
    this.tell(film)
    if (this.begun !== film) this.begin(film)
  }

  // Have the page redrawn that has not drawn any record yet, or does not know that the run has ended.
  tell(film) {
    const news = film.active ? film.hasBegun && this.fresh && 'begun' : this.active && 'ended'
    if (news && news !== this.told) this.setTriggerValue(news, true)
    this.told = news
  }

  // Show a run for the first time: from its first frame, live if it is slow, or where this browser has left it.
  begin(film) {
    this.begun = film
    this.empty('')
    this.loadImages(film)
    this.scene.open(film)
    this.network.open(film)
    const before = this.remembered, known = before.run === this.run && before.at !== undefined
    const live = film.active && (known ? before.live : this.slow)
    Object.assign(this.clock, { at: known ? before.at : 0, live, playing: !known && !live })
    this.shown = null
    this.remember()
  }

  // The images may come late, since the server's workers have them.
  loadImages(film) {
    const picture = new Image()
    picture.onerror = () => setTimeout(() => this.film === film && this.loadImages(film), AGAIN)
    picture.onload = () => this.section.style.setProperty('--images', `url(${picture.src})`)
    picture.src = new URL(film.images, document.baseURI)
  }

  // Say why there is no picture; an empty text for a picture.
  empty(text) {
    this.find('empty').textContent = text
    for (const control of this.find('time').querySelectorAll('button, input')) control.disabled = Boolean(text)
    this.section.classList.toggle('without', Boolean(text))
    if (text) for (const name of ['count', 'moment', 'tested', 'about']) this.write(name, '')
  }

  look(now) {
    const ms = Math.min(now - this.then, LONGEST)
    this.then = now
    if (this.begun !== this.film || !this.film) return
    const turning = this.scene.advance(ms)
    if (this.shown) this.clock.advance(this.film, ms / 1000)
    this.show(now, turning)
  }

  show(now, turning) {
    const { film, clock, view, image, news } = this, { clientWidth: width, clientHeight: height } = this.find('picture')
    const at = Math.min(Math.floor(clock.at), film.end), part = QUIET.matches ? 0 : clock.at - at
    const state = [at, part, clock.playing, clock.live, clock.speed, view, image, news, width, height, turning].join()
    if (!width || (state === this.shown && !this.falling)) return
    this.shown = state
    const here = film.frame(at), there = film.frame(at + 1) ?? here
    this.falling = view === 'network' && this.showNetwork(here, now, width, height)
    if (view !== 'network') this.showScene(here, there, part, width, height)
    this.say(here, now)
    this.controls(here)
    this.point(between(here.step, there.step, part))
  }

  showScene(here, there, part, width, height) {
    this.scene.resize(width, height)
    this.scene.draw()
    this.scene.show(here, there, part, this.image)
    if (!part) this.scene.describe(here.theta)
  }

  // Whether shots are still falling.
  showNetwork(frame, now, width, height) {
    this.network.resize(width, height)
    return this.network.show(frame, this.image ?? 0, now, !this.clock.playing && !this.clock.live)
  }

  // The counter, where the stage is in the run, and a sentence for screen readers.
  say(frame, now) {
    const { film, image, clock } = this
    this.write('count', words.count(film, frame))
    this.write('moment', [this.feed.problem, words.moment(film, frame)].filter(Boolean).join(' '))
    this.write('tested', words.tested(film, frame))
    this.write('about', image === null ? '' : words.about(film, image, frame.theta[image]))
    const sentence = words.sentence(film, frame)
    if (sentence === this.sentence || ((clock.playing || clock.live) && now - this.saidAt < SAY)) return
    Object.assign(this, { saidAt: now, sentence })
    this.write('said', sentence)
  }

  write(name, text) {
    const place = this.find(name)
    if (place.text !== text) place.innerHTML = place.text = text
  }

  controls(frame) {
    const { film, clock } = this, play = this.find('play'), live = this.find('live')
    play.querySelector('path').setAttribute('d', clock.playing ? PAUSE : PLAY)
    play.lastChild.textContent = clock.playing ? 'Pause' : 'Play'
    this.slider.max = Math.max(film.end, 1)
    this.slider.value = clock.at
    this.slider.setAttribute('aria-valuetext', words.step(film, frame))
    this.mark('views', VIEWS.findIndex(name => name.toLowerCase() === this.view))
    this.mark('speeds', SPEEDS.findIndex(([, speed]) => speed === clock.speed))
    live.setAttribute('aria-pressed', clock.live)
    live.disabled = !film.active
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
    this.feed.close()
    this.remember()
    document.removeEventListener('keydown', this.onKey)
  }
}

// Called whenever the server's data or the theme change, on the same root while the stage is on the page.
export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.stage ??= new Stage(parentElement, new URL('stage.css', import.meta.url), data.base)
  const { stage } = parentElement, turn = {}
  stage.turn = turn
  stage.take(data, setTriggerValue)
  const look = now => {
    if (stage.turn !== turn) return
    stage.look(now)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  return () => {
    if (stage.turn === turn) stage.turn = null
    setTimeout(() => { // after an update the stage goes on
      if (stage.turn || parentElement.stage !== stage) return
      stage.close()
      parentElement.stage = null
    })
  }
}
