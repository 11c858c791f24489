// What is wrong with the places of the stage's images, at every frame: [frame, image, what].
async stage => {
  const { scene } = stage, found = [], drawn = () => new Promise(requestAnimationFrame)
  const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5
  const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
  for (let at = 0; at <= stage.end; at++) {
    stage.go(at)
    await drawn()
    await drawn()
    const room = scene.svg.getBoundingClientRect(), curve = x => scene.curve(x - room.left) + room.top
    const images = scene.marks.map(({ thumb }) => thumb.getBoundingClientRect())
    const words = [...scene.parts.sine.querySelectorAll('text')].map(text => text.getBoundingClientRect())
    if (images.length !== 24) found.push([at, `${images.length} images`])
    for (const [number, image] of images.entries()) {
      const heights = Array.from({ length: Math.ceil(image.width) }, (_, x) => curve(image.left + x))
      const onItsSide = number < 12 ? Math.min(...heights) >= image.bottom : Math.max(...heights) <= image.top
      if (images.some((other, place) => place > number && meet(image, other))) found.push([at, number, 'over another'])
      if (words.some(word => meet(image, word))) found.push([at, number, 'over words'])
      if (!inside(image, room)) found.push([at, number, 'cut'])
      if (!onItsSide) found.push([at, number, 'not on its side of the curve'])
    }
  }
  return { found, frames: stage.end + 1, side: scene.side }
}
