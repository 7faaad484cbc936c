"""The page of `slangrag serve` in a real browser, against the real server.

Chromium comes from PATH (chromium, chromium-browser, google-chrome); without one every test here is skipped.
"""
