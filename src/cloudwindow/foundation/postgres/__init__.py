"""The PostgreSQL that the program runs by itself when no server is given.

``EmbeddedPostgres`` owns a server for the life of one process; ``running_url`` lets other processes join it.
``client_programs`` is where its programs for dumping and loading are.
"""

from cloudwindow.foundation.postgres.errors import EmbeddedPostgresError
from cloudwindow.foundation.postgres.layout import client_programs
from cloudwindow.foundation.postgres.owner import EmbeddedPostgres, running_url

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "client_programs", "running_url"]
