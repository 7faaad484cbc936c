"""Pages of the web: one fetched safely (`fetching`), a site crawled as a TOML says (`plan`, `crawling`).

Yields bytes with a media type. Knows nothing of how documents are read and of where they are kept.
"""
