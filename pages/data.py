"""Data: choose the pair and the number of images, and see them."""

import streamlit as st

from hqnn.config import TEST_COUNTS, TRAIN_COUNTS
from ui.frame import page as frame
from ui.frame.run_bar import live_bar
from ui.kit import browser_title
from ui.kit.digits import NAMES, Picture, gallery, mark
from ui.session import cached, settings

PER_PAGE = 40

frame.head("Data", "What does the network learn from, and how similar are these two digits?")
run = st.container()
with st.container(border=True, key="pair_card"):
    pair, train_count, test_count = st.columns([2, 1, 1], gap="medium")
    with pair:
        settings.settings(["digits"])
    with train_count:
        settings.settings(["n_train"])
    with test_count:
        settings.settings(["n_test"])
with run:  # it shows how the run's settings differ from those just drawn
    live_bar()

config = frame.valid_config()
if config is not None:
    browser_title.of_pair("Data", config.digits)
    part = st.segmented_control(
        "Show", ["Training images", "Test images"], default="Training images", required=True, key="part", wrap=True
    )
    train = part == "Training images"
    wanted = config.n_train if train else config.n_test
    page = st.container()
    columns = st.columns(2, gap="medium")
    counts = [(TRAIN_COUNTS if train else TEST_COUNTS)[digit] for digit in config.digits]
    shown = [count if wanted is None else wanted for count in counts]
    with st.container(horizontal=True, horizontal_alignment="center"):
        number = st.pagination(-(-max(shown) // PER_PAGE), key=f"data_page_{part}_{max(shown)}", max_visible_pages=5)
    for label, (digit, column) in enumerate(zip(config.digits, columns, strict=True)):
        with column, st.container(border=True, key=f"digit_{'ab'[label]}"):
            st.html(f"{mark(label, NAMES[digit])} &nbsp; {shown[label]:,} of {counts[label]:,} images")
            first = PER_PAGE * (number - 1)
            with st.skeleton(height=430):
                images = cached.pixels(digit, train)[: shown[label]][first : first + PER_PAGE]
            pictures = [
                Picture(image, label, str(digit), alt=f"handwritten {digit}, number {first + place}")
                for place, image in enumerate(images, 1)
            ]
            st.html(gallery(pictures, NAMES[digit]))
frame.explain(
    "MNIST has 70,000 digits written by office workers and students. Each digit was scaled to fit 20 × 20 pixels and "
    "centred by its centre of mass in a 28 × 28 image. The app uses the first images of each digit, in file order. "
    "The network sees grey values from 0 to 1 and learns the labels 0 and 1, not the digits' names. "
    "Test images are never used for training. "
    "LeCun, Bottou, Bengio and Haffner 1998, [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791)."
)
st.page_link("pages/circuit.py", label="Next: the qubit that makes the prediction", icon=":material/arrow_forward:")
