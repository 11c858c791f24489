"""The pages: their addresses, titles, icons and tabs."""

from base64 import b64encode
from pathlib import Path

#: In the page itself: what Streamlit serves as a file of a session's may be gone before a browser asks for it.
ICON = f"data:image/png;base64,{b64encode(Path(__file__).with_name('icon.png').read_bytes()).decode()}"

PAGES = {
    "home": ("Home", ":material/home:"),
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

#: The tabs of each page that has some: their names, by what the session and earlier links call them.
PARTS = {
    "gradients": {
        "Shift lab": "Parameter shift",
        "A training's slopes": "Gradients during training",
        "One image's trip": "Follow one image",
    },
    "test": {
        "Answers": "Predictions",
        "How good, how sure": "Accuracy and confidence",
        "Shots": "Effect of shots",
        "Other digits": "Digits it never learned",
    },
    "explore": {
        "Shot race": "Shots vs convergence",
        "Stuck runs": "Runs that fail to learn",
        "Swap test": "Circuit vs classical",
        "All pairs": "All 45 pairs",
        "Compare": "Compare runs",
    },
}
