// The frames of a run that the browser has so far, and what lies between two of them.

const decode = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
const SHAPES = [['channels1', 4], ['maps1', 576], ['channels2', 4], ['maps2', 64], ['hidden', 64]]

function layersOf(text) {
  const bytes = decode(text)
  let at = 0
  return Object.fromEntries(SHAPES.map(([name, size]) => [name, bytes.slice(at, at += size)]))
}

const frameOf = ([step, epoch, theta, norms]) => ({ step, epoch, theta, norms })

export class Film {
  constructor(facts, images) {
    Object.assign(this, facts, { images, active: true, frames: [], confusions: [], layers: [], image: null, live: null, last: 0, seconds: 0 })
  }

  // The question for all that is new, as a part of an address.
  question(image) {
    if (image !== this.image) Object.assign(this, { image, layers: [] })
    const layers = image === null ? '' : `&image=${image}&layers=${this.layers.length}`
    return `since=${this.frames.length}&epochs=${this.confusions.length}${layers}`
  }

  add({ frames, confusions, layers = [], live, step, seconds, active }, image) {
    this.frames.push(...frames.map(frameOf))
    this.confusions.push(...confusions)
    if (image === this.image) this.layers.push(...layers.map(([step, text]) => [step, layersOf(text)]))
    this.live = live && live[0] > (this.frames.at(-1)?.step ?? -1) ? frameOf(live) : null
    if (this.live && live[4] && image === this.image) this.live.layers = layersOf(live[4])
    Object.assign(this, { step, seconds, active })
  }

  // Milliseconds to the last step, at the mean speed so far.
  get left() { return this.step ? 1000 * this.seconds * (this.total - this.step) / this.step : Infinity }
  get hasBegun() { return this.step > 0 || this.confusions.length > 0 }
  get newest() { return this.frames.length - 1 }
  get end() { return this.newest + (this.live ? 1 : 0) }

  frame(at) { return at > this.newest ? this.live : this.frames[at] }

  get wide() { return this.frames.some(({ theta }) => theta.some(angle => Math.abs(angle) > Math.PI)) }

  // Seconds at ×1 from a frame to the next one.
  pause(at) {
    const next = this.frames[at + 1]
    if (!this.early) return (this.earlySeconds + this.lateSeconds) / this.late
    return next && next.epoch > 1 ? this.lateSeconds / this.late : this.earlySeconds / this.early
  }

  // The last record of the layers up to a step.
  layersAt(step) {
    return this.layers.findLast(([when]) => when <= step) ?? null
  }

  confusionAt({ step }) {
    const finished = Math.floor(step / this.stepsPerEpoch)
    return this.confusions.findLast(([epoch]) => epoch <= finished) ?? null
  }

  probability(theta) {
    const [offset, sine, cosine] = this.response
    return offset + sine * Math.sin(theta) + cosine * Math.cos(theta)
  }

  // The state's x and z in the Bloch sphere.
  bloch(theta) {
    return this.waves.map(([constant, cosine, sine]) => constant + cosine * Math.cos(theta) + sine * Math.sin(theta))
  }

  // The circuit's gradient dP(1)/dθ as its rule measures it, and its standard deviation from the shots.
  slope(theta) {
    const turn = ((theta / (2 * Math.PI)) % 1 + 1) % 1 * this.slopes.length, at = Math.floor(turn) % this.slopes.length
    const [here, there] = [this.slopes[at], this.slopes[(at + 1) % this.slopes.length]], part = turn - Math.floor(turn)
    return here.map((value, place) => value + part * (there[place] - value))
  }

  label(number) { return number < this.first ? 0 : 1 }
  predicted(theta) { return this.probability(theta) > 0.5 ? 1 : 0 }
  isRight(number, theta) { return theta !== null && this.predicted(theta) === this.label(number) }
  get first() { return (this.frames[0]?.theta.length ?? 24) / 2 }

  name(number) {
    const label = this.label(number)
    return `${'●◆'[label]} ${this.digits[label]} no. ${number - label * this.first + 1}`
  }
}
