#!/usr/bin/env python3
"""The container's health check: 0 where the server inside says that its store can be asked, else 1."""

from __future__ import annotations

import os
import sys
import urllib.request


def main() -> int:
    """Ask /readyz on loopback, past any proxy; it needs no token."""
    url = f"http://127.0.0.1:{os.environ.get('SLANGRAG_PORT', '8600')}/readyz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=4) as reply:
            return 0 if reply.status == 200 else 1
    except OSError as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
