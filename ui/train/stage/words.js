// What the stage says of a frame, in words.

import { decimal } from './drawing.js'

export const NO_RUN = 'Press Train. Then 12 test images of each digit move along the curve as the network learns.'
export const SOON = 'The images appear as soon as the network starts.'
export const NO_FRAMES = 'This run has no records of its images, because an earlier version made it. Train again to see them.'
const TRAINING_IMAGES = ' An earlier version made this run, so the images are training images, after each epoch.'

const whole = value => value.toLocaleString('en')
const percent = share => (100 * share).toFixed(1)

export const step = (film, frame) => `step ${whole(frame.step)} of ${whole(film.total)}`

// The images with a known angle, and those of them that the network gets right.
function rightOf(film, { theta }) {
  const known = [...theta.keys()].filter(number => theta[number] !== null)
  return [known.filter(number => film.isRight(number, theta[number])), known]
}

export function count(film, frame) {
  const both = rightOf(film, frame), [right, known] = both
  const digit = label => both.map(some => some.filter(number => film.label(number) === label).length).join(' of ')
  return `<strong>${right.length} of ${known.length}</strong> right `
    + `<span><b class="digit-a">● ${digit(0)}</b> <b class="digit-b">◆ ${digit(1)}</b></span>`
}

export function moment(film, frame) {
  const seconds = film.seconds < 10 ? film.seconds.toFixed(1) : Math.round(film.seconds)
  const time = !film.step ? 'not trained yet' : `trained ${film.active ? 'so far ' : ''}in ${seconds} s`
  return `Step ${whole(frame.step)} of ${whole(film.total)}, ${time}.${film.source === 'epochs' ? TRAINING_IMAGES : ''}`
}

export function tested(film, frame) {
  const found = film.confusionAt(frame)
  if (!found) return ''
  const [epoch, [aa, ab, ba, bb], accuracy, low, high] = found, [first, second] = film.names
  return `Test after epoch ${epoch}: ${whole(aa)} of ${whole(aa + ab)} ${first}, ${whole(bb)} of ${whole(ba + bb)} ${second}: `
    + `${percent(accuracy)}% right (95%: ${percent(low)}–${percent(high)})`
}

export function about(film, number, angle) {
  if (angle === null) return `${film.name(number)}: the angle is not finite`
  const one = decimal(film.probability(angle)), digit = film.digits[film.predicted(angle)]
  return `${film.name(number)}: θ = ${decimal(angle)} rad, P(1) = ${one}, predicted as ${digit}`
}

export function sentence(film, frame) {
  const [right, known] = rightOf(film, frame)
  return `Step ${whole(frame.step)} of ${whole(film.total)}: ${right.length} of ${known.length} images right.`
}
