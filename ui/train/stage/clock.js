// The one time of the stage: a place among the frames, which plays, rests or follows the newest frame.

import { within } from './drawing.js'

const CATCH_UP = 0.15 // seconds in which the live picture comes nearer to the newest frame
const NEAR = 0.01 // frames

export class Clock {
  constructor(quiet) {
    Object.assign(this, { quiet, at: 0, speed: 1, playing: false, live: false })
  }

  go(at, end) {
    Object.assign(this, { at: within(at, 0, end), live: false, playing: false })
  }

  // Play on, or again from the first frame if a run that has ended was shown to its end.
  play({ end, active }) {
    if (this.at >= end && !active) this.at = 0
    Object.assign(this, { playing: true, live: false })
  }

  stop(end) {
    if (this.playing || this.live) this.at = Math.min(Math.round(this.at), end)
    Object.assign(this, { playing: false, live: false })
  }

  follow({ end, active }) {
    Object.assign(this, { live: active, playing: false })
    if (!active) this.at = end
  }

  // Go on by some seconds through a film.
  advance(film, seconds) {
    if (this.live) this.approach(film.end, seconds)
    else if (this.playing) this.run(film, seconds * this.speed)
    if (!film.active && this.at >= film.end) this.stop(film.end)
  }

  approach(end, seconds) {
    const left = end - this.at
    this.at = this.quiet.matches || left < NEAR ? end : this.at + left * (1 - Math.exp(-seconds / CATCH_UP))
  }

  run(film, seconds) {
    while (seconds > 0 && this.at < film.end) {
      const at = Math.floor(this.at), pause = film.pause(at), step = Math.min(seconds / pause, at + 1 - this.at)
      this.at += Math.max(step, 1e-9)
      seconds -= step * pause
    }
    this.at = Math.min(this.at, film.end)
  }
}
