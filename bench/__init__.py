"""Figures of Cloud Window: `python -m bench` measures them, `README.md` says what each means."""
