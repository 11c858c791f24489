// Called whenever the theme changes and whenever the server has drawn the page. If the viewer sees another theme than
// the drawn one, it tells the server, once per pair of themes, so that a server that cannot follow is not asked forever.
export default function ({ data, parentElement, setTriggerValue }) {
  const seen = getComputedStyle(parentElement.host).colorScheme
  const pair = `${seen} over ${data.drawn}`
  if (seen !== data.drawn && pair !== parentElement.told) setTriggerValue('seen', seen)
  parentElement.told = pair
}
