"""Cloud Window (云综窗): government services by video, from an item to a decision.

The rooms follow the order of the standard; ``docs/architecture.md`` tells what belongs where.
"""

__version__ = "0.1.0"
