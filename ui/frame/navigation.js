// The browser's history has one entry per visited page, with the link that the page had when the viewer left it.
// Streamlit adds an entry for every correction of a link by the server, sometimes for the page that the viewer leaves.
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
