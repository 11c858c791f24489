"""Back and Forward: the widgets take the values in the link of that page."""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.session import earlier_links


def follow_link() -> bool:
    """Give all widgets the link's values if the browser went back or forward. Return whether it did.

    Streamlit 1.67 removes the values of the previous page's widgets from the link, and so the settings that the Data
    page draws itself. Call it before the widgets are drawn.
    """
    context = get_script_run_ctx()
    if context is None or not context.is_history_navigation:
        return False
    with context.session_state.query_params() as parts:
        parts.populate_from_query_string(context.query_string)
        parts.set_initial_query_params(context.query_string)
        parts._send_query_param_msg()
    earlier_links.rename()
    return True
