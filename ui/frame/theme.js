// Called whenever the theme changes, and whenever the server has drawn the page: tells the server where another theme
// is seen than the one it has drawn for; once for each pair, lest a server that cannot follow be asked for ever.
export default function ({ data, parentElement, setTriggerValue }) {
  const seen = getComputedStyle(parentElement.host).colorScheme
  const pair = `${seen} over ${data.drawn}`
  if (seen !== data.drawn && pair !== parentElement.told) setTriggerValue('seen', seen)
  parentElement.told = pair
}
