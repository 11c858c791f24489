"""The pages: their addresses, their titles and their icons."""

from base64 import b64encode
from pathlib import Path

#: In the page itself: what Streamlit serves as a file of a session's may be gone before a browser asks for it.
ICON = f"data:image/png;base64,{b64encode(Path(__file__).with_name('icon.png').read_bytes()).decode()}"

PAGES = {
    "home": ("Start", ":material/home:"),
    "data": ("Data", ":material/grid_view:"),
    "circuit": ("Circuit", ":material/all_out:"),
    "train": ("Train", ":material/show_chart:"),
    "gradients": ("Gradients", ":material/trending_up:"),
    "test": ("Test", ":material/fact_check:"),
    "draw": ("Draw", ":material/draw:"),
    "explore": ("Explore", ":material/travel_explore:"),
}

#: The address of the first page is the dashboard's own.
ADDRESSES = {name: "" if name == "home" else name for name in PAGES}
