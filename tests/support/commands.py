"""`cloudwindow` on the command line, as an operator types it."""

import asyncio
import os
import sys


async def run_command(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run a command to its end with only these settings; returns exit code, output and errors."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDWINDOW_", "DATABASE_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloudwindow.cli", *arguments),
        env=own | environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
