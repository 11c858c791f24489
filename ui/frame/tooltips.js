// A tooltip covers the result of its button. After a press it is hidden until the pointer leaves the button, or until the
// viewer presses or focuses something else. Styles read the mark on the page.
function watch() {
  const page = document.documentElement
  let place = null

  function mark(element) {
    place = element?.getBoundingClientRect() ?? null
    page.toggleAttribute('data-pressed', place !== null)
  }

  addEventListener('click', ({ target }) => mark(target.closest('button')), true)
  addEventListener('keydown', ({ key }) => { if (key === 'Tab') mark(null) }, true)
  addEventListener('pointermove', ({ clientX: x, clientY: y }) => {
    if (place && (x < place.left || x > place.right || y < place.top || y > place.bottom)) mark(null)
  }, true)
}

export default function () {
  if (document.watchesPresses) return
  document.watchesPresses = true
  watch()
}
