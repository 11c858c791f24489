// Elements of the stage's pictures.

const SVG = 'http://www.w3.org/2000/svg'

export function svg(name, attributes = {}, text = '') {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return made
}

export function html(name, attributes = {}, text = '') {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return made
}

export const between = (from, to, part) => from + part * (to - from)
export const within = (value, low, high) => Math.min(Math.max(value, low), high)

// Show one of the 24 images, which come side by side in one picture.
export function showImage(element, { first }, number, side) {
  const place = number < first ? number : 12 + number - first
  element.style.backgroundImage = 'var(--images)'
  element.style.backgroundSize = `${24 * side}px ${side}px`
  element.style.backgroundPosition = `${-place * side}px 0`
}

// A number with a proper minus sign.
export const decimal = (value, digits = 2) => value.toFixed(digits).replace('-', '−')
