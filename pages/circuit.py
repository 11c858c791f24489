"""Circuit: one qubit, one angle, and everything that follows from it."""

import streamlit as st

from ui.circuit import part
from ui.frame import page
from ui.frame.run_bar import live_bar

page.head("Circuit", "What happens when you rotate one qubit by an angle and measure it many times?")
live_bar()
page.valid_config()
part.draw()
page.explain(
    r"""
$H$ rotates the qubit from $|0\rangle$ to $|+\rangle$. Then $R_Y(\theta)$ rotates it by $\theta$ in the plane of the
four named states. The Bloch vector is first $(1, 0, 0)$, then $(\cos\theta, 0, -\sin\theta)$, so

$$P(1) = \frac{1 - z}{2} = \frac{1 + \sin\theta}{2}, \qquad \langle Z\rangle = 1 - 2P(1) = -\sin\theta .$$

One shot gives 0 or 1. $\langle Z\rangle$ is the mean over the shots with +1 for each 0 and −1 for each 1. The share of
ones among $N$ shots has a binomial distribution around $P(1)$. Its values are multiples of $1/N$, and its standard
deviation, called the standard error, is $\sqrt{P(1)\,(1 - P(1))/N}$. The counts have $N$ times this standard deviation,
and $\langle Z\rangle$ has twice. With many shots the distribution is nearly normal.

At $\theta = \pi$ the sine is zero again. The original post tests its circuit there with 100 shots, which can only give
about 0.5.

With noise the arrow is shorter and the sine flatter. Depolarizing noise multiplies the vector by $1 - \lambda$ at each
gate. In a time $t$, relaxation multiplies its $x$ by $e^{-t/T_2}$ and the distance of its $z$ from 1 by $e^{-t/T_1}$.
Finally, readout errors flip some of the outcomes.

Nielsen and Chuang 2010, chapters 1.2 and 8.3, [doi:10.1017/CBO9780511976667](https://doi.org/10.1017/CBO9780511976667).
"""
)
st.page_link("pages/train.py", label="Next: train the network", icon=":material/arrow_forward:")
