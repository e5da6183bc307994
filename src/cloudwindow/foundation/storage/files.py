"""The way of a file, for the rooms: take it in, keep it, do something with it, say who may see it."""

from cloudwindow.foundation.storage.keeping import Place, keep, sent_digest, settle, use
from cloudwindow.foundation.storage.receiving import Purpose, receiving
from cloudwindow.foundation.storage.scopes import anchored

__all__ = ["Place", "Purpose", "anchored", "keep", "receiving", "sent_digest", "settle", "use"]
