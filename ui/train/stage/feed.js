// Reads a run from the dashboard's server: its constants once, then its frames by cursor while it is active.

import { Film } from './film.js'

const SOON = 100, LIVE = 400, PLAYED = 1000, PAUSED = 1000, FAILED = 2000 // ms until the next question
const NEW_FOR = 5000, QUEUED_FOR = 500 // ms for which the first records are asked for so often: from a worker, and in the queue
const TESTED_FOR = 5000 // ms for which the end is asked for so often, after the last step

export class Feed {
  // `changed` is called with the film whenever there is news, `wishes` gives { image, live }.
  constructor(base, wishes, changed) {
    Object.assign(this, { base, wishes, changed, film: null, problem: '', asked: 0, since: 0, trained: 0 })
  }

  open(run) {
    this.close()
    Object.assign(this, { run, film: null, problem: '', since: performance.now() })
    if (run) this.load()
  }

  close() {
    clearTimeout(this.timer)
    this.run = null
    this.asked += 1
  }

  async load() {
    const facts = await this.fetch(`${this.base}/${this.run}/facts`, () => this.load())
    if (!facts) return
    this.film = new Film(facts, `${this.base}/images/${facts.source === 'epochs' ? 'train' : 'test'}-${facts.digits.join('-')}.png`)
    this.ask()
  }

  // Ask for what is new, now and again while the run is active.
  async ask() {
    const { film } = this
    if (!film || film.source === 'none') return this.changed()
    const { image, live } = this.wishes()
    const said = await this.fetch(`${this.base}/${this.run}?${film.question(image)}`, () => this.ask())
    if (!said) return
    film.add(said, image)
    this.changed()
    if (said.active) this.later(() => this.ask(), this.pause(said.state, live))
  }

  pause(state, live) {
    const working = state === 'running' || state === 'starting', now = performance.now()
    if (!this.film.hasBegun && now - this.since < (working ? NEW_FOR : QUEUED_FOR)) return SOON
    if (!working) return PAUSED
    const { left } = this.film, usual = live ? LIVE : PLAYED
    if (left > 0) this.trained = now + left
    return now < this.trained + TESTED_FOR ? Math.min(usual, Math.max(SOON, left)) : usual
  }

  // The answer, or nothing if there is a newer question; a failed question is asked again.
  async fetch(address, again) {
    clearTimeout(this.timer)
    const asked = ++this.asked
    try {
      const answer = await fetch(new URL(address, document.baseURI))
      if (!answer.ok) throw new Error(`${answer.status}`)
      const said = await answer.json()
      if (asked !== this.asked) return null
      this.problem = ''
      return said
    } catch {
      if (asked !== this.asked) return null
      this.problem = 'The server does not respond. The stage tries again.'
      this.changed()
      this.later(again, FAILED)
      return null
    }
  }

  // A hidden page asks for nothing.
  later(act, wait) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => document.hidden ? this.later(act, wait) : act(), wait)
  }
}
