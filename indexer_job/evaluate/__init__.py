"""Offline evaluation, by the code that serves: `shopfyp.search` and `shopfyp.recommend`."""
