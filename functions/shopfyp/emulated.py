"""What only the emulator needs: its Python workers outlive the CLI that started them."""

import os
import threading
import time


def end_with_parent(poll_seconds: float = 1.0) -> None:
    """End this process soon after its parent is gone, so that no orphan is left."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(poll_seconds)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
