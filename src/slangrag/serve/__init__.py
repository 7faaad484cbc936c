"""`slangrag serve`: the page, the JSON API, the OpenAI-compatible API and MCP over one store.

Everything here reaches the facade (`service.slang.Slang`) and plain data only. FastAPI and uvicorn come
with the extra `serve`.
"""
