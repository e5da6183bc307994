"""The floor: a bare FastAPI + asyncpg handler that commits one row, under the product's own uvicorn settings."""

import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from fastapi import FastAPI

from cloudwindow.serving import server_config

TABLE = "CREATE TABLE IF NOT EXISTS floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL)"
INSERT = "INSERT INTO floor (at) VALUES (clock_timestamp()) RETURNING id"


def create_floor(url: str, connections: int) -> FastAPI:
    """Build the application; the pool is as large as the product's."""

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=connections, max_size=connections) as pool:
            application.state.pool = pool
            yield

    application = FastAPI(lifespan=lifespan)

    @application.post("/floor", status_code=201)
    async def add() -> dict[str, int]:
        async with application.state.pool.acquire() as connection:
            return {"id": await connection.fetchval(INSERT)}

    return application


def main() -> None:
    """Serve the floor on the given port."""
    port, connections, url = int(sys.argv[1]), int(sys.argv[2]), os.environ["DATABASE_URL"]
    with socket.create_server(("127.0.0.1", port), backlog=2048) as taken:
        uvicorn.Server(server_config(create_floor(url, connections))).run(sockets=[taken])


if __name__ == "__main__":
    main()
