"""Links from earlier versions: they name some choices otherwise, and still work.

Streamlit writes a choice into the link by its label. A label that changes needs a line here.
"""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from hqnn.config import ENGINES
from ui.kit.option_labels import OPTION_LABELS
from ui.kit.sitemap import PARTS

#: By query key: a choice's earlier label, and its label now. Parts of a label are separated by commas.
RENAMED: dict[str, dict[str, str]] = {
    **{f"{page}_part": names for page, names in PARTS.items()},
    **OPTION_LABELS,
    "answers_order": {"Most sure": "Most confident", "Most wrong": "Confidently wrong"},
    "race_shown": {"published rule": "raw difference"} | {f"engine {name}": f"{name} engine" for name in ENGINES},
}


def rename() -> None:
    """Give choices in the link their present labels. Call it before the widgets are drawn."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parts:
        renamed = {
            key: values
            for key, labels in RENAMED.items()
            if (values := [_renamed(value, labels) for value in parts.get_all(key)]) != parts.get_all(key)
        }
        for key, values in renamed.items():
            parts._set_item_internal(key, values)
        if renamed:
            parts.set_initial_query_params_from_current()
            parts._send_query_param_msg()


def _renamed(value: str, labels: dict[str, str]) -> str:
    return labels.get(value, ", ".join(labels.get(part, part) for part in value.split(", ")))
