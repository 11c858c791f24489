// The browser's history has one entry for each page that one goes to, with the link that it had when one left it.
// Streamlit adds one for every correction of a link by the server, some of them for the page that is just being left.
{
  const { pushState, replaceState } = history
  let seen = location.href
  for (const action of ['pointerdown', 'click', 'keydown', 'popstate']) {
    addEventListener(action, () => { seen = location.href }, true)
  }
  const pathOf = url => new URL(url, location.href).pathname

  history.pushState = function (state, title, url) {
    if (pathOf(url ?? '') === location.pathname) {
      replaceState.call(this, state, title, url)
      return
    }
    if (pathOf(seen) === location.pathname) {
      replaceState.call(this, this.state, title, seen)
    }
    pushState.call(this, state, title, url)
    seen = location.href
  }
}
