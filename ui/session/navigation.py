"""Back and Forward: the page is drawn as the link says that the browser has gone to."""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.session import earlier_links


def follow_link() -> bool:
    """Have all widgets take what the link says, if the browser has gone back or forward; whether it has.

    Streamlit 1.67 leaves out of the link what widgets of the page just left are bound to, and so the settings that the
    Data page draws itself. Call it before the widgets are drawn.
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
