"""The seal: digests of append-only rows, chained in batches, so that a later change, gap or addition shows.

A room declares its tables with `sealed_table`; `Sealer` chains what is committed, and nothing that writes waits for it;
`verify` goes through chain and rows again. Why it is built like this: `docs/subsystems/seal.md`.
"""

from cloudwindow.foundation.seal.sealer import Sealer, seal_batch
from cloudwindow.foundation.seal.tables import sealed_table
from cloudwindow.foundation.seal.verifying import Broken, Verdict, newest_head, verify

__all__ = ["Broken", "Sealer", "Verdict", "newest_head", "seal_batch", "sealed_table", "verify"]
