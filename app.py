"""Entry point of the dashboard. `streamlit run app.py` imports it as the server and runs it for every page.

Worker processes also import it, under another name. Then it does nothing.
"""

if __name__ == "__main__":
    from ui.frame import page

    page.run()
elif __name__ == "app":
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from ui.frame import assets
    from ui.frame.addresses import Pages
    from ui.frame.copilot import Copilot
    from ui.frame.server import Headers, lifespan, on_script_error
    from ui.train.stage.route import Stage

    app = App(
        __file__,
        lifespan=lifespan,
        routes=assets.routes(),
        middleware=[Middleware(Headers), Middleware(Stage), Middleware(Copilot), Middleware(Pages)],
        on_script_error=on_script_error,
    )
