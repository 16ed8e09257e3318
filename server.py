"""The ASGI application: `uvicorn server:app`, or any other server of ASGI; `kg serve` brings its own."""

from kg.web.server.run import application

app = application()
