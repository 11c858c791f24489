// Called whenever the theme changes, and whenever the server has drawn the page: tells the server, once, which theme is
// seen where that is another than the one it has drawn for.
export default function ({ data, parentElement, setStateValue }) {
  const seen = getComputedStyle(parentElement.host).colorScheme
  if (seen !== data.drawn && seen !== parentElement.told) setStateValue('seen', seen)
  parentElement.told = seen
}
