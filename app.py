"""The dashboard's entry: `streamlit run app.py`. Worker processes re-import this file, so nothing runs outside."""

if __name__ == "__main__":
    from ui import frame

    frame.run()
