"""The way of a file, for the rooms: take it in, keep it, do something with it, say who may see it."""

from cloudwindow.foundation.storage.documents import pages_of
from cloudwindow.foundation.storage.keeping import Place, keep, sent_digest, settle, use
from cloudwindow.foundation.storage.receiving import Purpose, Received, receiving
from cloudwindow.foundation.storage.scopes import anchored

__all__ = ["Place", "Purpose", "Received", "anchored", "keep", "pages_of", "receiving", "sent_digest", "settle", "use"]
