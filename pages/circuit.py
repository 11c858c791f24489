"""Circuit: one qubit, one dial, and everything that follows from it."""

import streamlit as st

from ui.circuit import part
from ui.frame import page
from ui.frame.run_bar import live_bar

page.head("Circuit", "What does one qubit answer when it is turned by an angle and asked again and again?")
live_bar()
page.valid_config()
part.draw()
page.explain(
    r"""
$H$ turns the qubit from $|0\rangle$ to $|+\rangle$, $R_Y(\theta)$ turns it further by $\theta$ in the plane of the four
named states, so the Bloch vector is $(1, 0, 0)$, then $(\cos\theta, 0, -\sin\theta)$, and

$$P(1) = \frac{1 - z}{2} = \frac{1 + \sin\theta}{2}, \qquad \langle Z\rangle = 1 - 2P(1) = -\sin\theta .$$

One shot gives 0 or 1. The share of ones among $N$ shots is binomial: it takes steps of $1/N$ and scatters around $P(1)$
with the standard deviation $\sqrt{P(1)\,(1 - P(1))/N}$, its standard error; the counts scatter by $N$ times and
$\langle Z\rangle$ by twice as much. With many shots that is nearly a normal distribution.

At $\theta = \pi$ the sine is zero again, so the published post's own test, 100 shots there, can only give about 0.5.

Depolarizing noise shrinks the vector by $1 - \lambda$ at each gate, relaxation fades its $x$ by $e^{-t/T_2}$ and draws
its $z$ to 1 by $e^{-t/T_1}$; the readout then flips some of the outcomes: the arrow is shorter and the sine flatter.

Nielsen and Chuang 2010, chapters 1.2 and 8.3, [doi:10.1017/CBO9780511976667](https://doi.org/10.1017/CBO9780511976667).
"""
)
st.page_link("pages/train.py", label="Next: train the network", icon=":material/arrow_forward:")
