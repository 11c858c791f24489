"""Links from earlier versions: they name some choices otherwise, and still work.

Streamlit writes a choice into the link by its label. A label that changes needs a line here.
"""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.kit.sitemap import PARTS
from ui.session.setting_options import CHOICES

#: By query key: a choice's earlier label, and its label now.
RENAMED: dict[str, dict[str, str]] = {
    **{f"{page}_part": names for page, names in PARTS.items()},
    **CHOICES,
    "answers_order": {"Most sure": "Most confident", "Most wrong": "Confidently wrong"},
    "shots_view": {"All together": "overall", "Each digit": "per digit"},
}


def rename() -> None:
    """Give choices in the link their present labels. Call it before the widgets are drawn."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parts:
        renamed = {
            key: [labels.get(value, value) for value in parts.get_all(key)]
            for key, labels in RENAMED.items()
            if not labels.keys().isdisjoint(parts.get_all(key))
        }
        for key, values in renamed.items():
            parts._set_item_internal(key, values)
        if renamed:
            parts.set_initial_query_params_from_current()
            parts._send_query_param_msg()
