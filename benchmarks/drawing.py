"""From the end of a stroke on the drawing pad to the answer on the screen, in real Chromium: `python -m benchmarks.drawing`.

Times are those of the page's own clock: from the pointer's end to the first frame with the answer to the whole stroke.
"""

from math import cos, pi, sin

#: A zero as points of a pad that is 280 wide, and a line across as a second stroke.
ZERO = [(140 - 60 * sin(turn * pi / 20), 140 - 90 * cos(turn * pi / 20)) for turn in range(41)]

#: Looks once a frame, and counts an answer as shown at the frame after: it has been painted by then.
WATCH = """() => {
    const { pad } = document.querySelector('.st-key-pad :is(div):has(> :not(*)), .st-key-pad *').getRootNode()
    return pad
}"""
