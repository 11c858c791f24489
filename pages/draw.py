"""Draw: a digit by mouse, finger or pen, and the network's prediction while it is drawn."""

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
**What the network sees.** The app crops the drawing and scales it until its longer side fills 20 pixels. Each pixel is
the mean of the strokes in it. Then the app moves the digit by whole pixels until its centre of mass is at the centre of
$28 \times 28$ pixels. MNIST's authors did the same, so MNIST images pass through unchanged. Strokes that would be
thinner than 1.8 of these pixels are thickened first. Otherwise they would be grey, unlike the strokes that the network
learned from. In a photo, the app first removes everything around the sheet, then the background: a grey opening wider
than any stroke estimates it, and Otsu's threshold keeps only the strokes.

**Two digits.** The app rejects a picture with several digits. Parts of a picture count as digits if each part is closer
to MNIST's digits, by a clear margin, than all parts together. The pieces of one digit are not.

**The prediction.** The network turns the image into one angle $\theta$. The circuit turns it into
$P(1) = (1 + \sin\theta)/2$, flatter with noise, and $P(0) = 1 - P(1)$. The prediction is the second digit if more than
half of the $N$ shots give 1, else the first digit. Its confidence $p$ is its share of the shots, with a 95% Wilson
interval. A new measurement of the same drawing can give the other digit. The binomial distribution predicts how often
this happens in 200 measurements. Green and brown pixels show $\partial\theta/\partial(\text{pixel})$. The circle is the
Bloch sphere seen from the front. The first digit, $|0⟩$, is at the top, and a positive $\theta$ turns the arrow down.

**Neither digit.** The network always predicts one of its two digits, whatever the image shows, and it may be confident.
So a separate check compares the drawing with 1,000 MNIST training images of each digit, blurred and at half size. This
is a form of out-of-distribution detection. *Distance* is the Euclidean distance between two images, each scaled to
length 1. The warning appears if the pair's nearest image is more than 10% farther away than the nearest image of
another digit. It also appears if the pair's nearest image is farther than 0.54. Among all MNIST test images it appears
for 0.4% of the zeros and ones and 3.1% of the threes and sevens. It misses 1.9% and 2.5% of the other eight digits.

MNIST: LeCun, Bottou, Bengio and Haffner 1998, [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791). Threshold:
Otsu 1979, [doi:10.1109/TSMC.1979.4310076](https://doi.org/10.1109/TSMC.1979.4310076). Saliency: Simonyan, Vedaldi and
Zisserman 2013, [arXiv:1312.6034](https://arxiv.org/abs/1312.6034). Nearest neighbours: Sun, Ming, Zhu and Li 2022,
[arXiv:2204.06507](https://arxiv.org/abs/2204.06507).
"""
)
st.page_link("pages/explore.py", label="Next: experiments with many runs", icon=":material/arrow_forward:")
