"""Draw: a digit by mouse, finger or pen, and what the network makes of it while it is drawn."""

import streamlit as st

from ui.draw import part
from ui.frame import page
from ui.frame.run_bar import live_bar

page.head("Draw", "What does the network make of your own handwriting?")
live_bar()
page.valid_config()
part.draw()
page.explain(
    r"""
**What the network sees.** The ink is cropped, scaled until its longer side fills 20 pixels, each pixel the mean of the
ink in it, and moved by whole pixels until its centre of mass is at the centre of $28 \times 28$: so MNIST's makers
treated their digits, and MNIST's own images come back as they are. Strokes that would be thinner than 1.8 of these
pixels are thickened first: their pixels would be grey, and the network knows only full ink. A photo first loses what is
around the sheet, then its paper: what is left of a grey opening wider than any stroke, above Otsu's threshold.

**Two digits.** A picture with several digits is refused. Its parts count as digits if each of them is clearly nearer to
MNIST's digits than all of them together; the pieces of one digit are not.

**The answer.** The network turns the image into one angle $\theta$, the circuit into $P(1) = (1 + \sin\theta)/2$, or
what noise leaves of it; $P(0) = 1 - P(1)$. The answer is the digit that more than half of the $N$ shots say, and $p$
its share of them, with Wilson's 95% interval. Measured again, the same drawing may be answered otherwise: of 200
measurements as many are expected as the binomial distribution says. The green and the brown pixels are
$\partial\theta/\partial(\text{pixel})$. The circle is the Bloch sphere's, seen from the front: the first digit, $|0⟩$,
is at the top, and a positive $\theta$ turns the arrow down.

**Neither of the two.** The network can only say one of its two digits, whatever it is shown, and may be sure of it. So
the drawing itself is compared with 1,000 of MNIST's training images of each digit, blurred and at half size;
*distance* is the length of the difference of the two images, each of length 1. The warning appears where an image of
one of the other eight digits is nearer than the pair's by more than 10%, or where the pair's nearest is farther than
0.54. On all of MNIST's test images it appears for 0.4% of the zeros and ones and for 3.1% of the threes and sevens,
and it is missing for 1.9% and 2.5% of the other eight digits.

MNIST: LeCun, Bottou, Bengio and Haffner 1998, [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791). Threshold:
Otsu 1979, [doi:10.1109/TSMC.1979.4310076](https://doi.org/10.1109/TSMC.1979.4310076). Saliency: Simonyan, Vedaldi and
Zisserman 2013, [arXiv:1312.6034](https://arxiv.org/abs/1312.6034). Nearest neighbours: Sun, Ming, Zhu and Li 2022,
[arXiv:2204.06507](https://arxiv.org/abs/2204.06507).
"""
)
st.page_link("pages/explore.py", label="Next: what many trainings say together", icon=":material/arrow_forward:")
