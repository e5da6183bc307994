"""Letters 留言: asked in writing instead of waiting, answered in writing by a time (standard §四.6, domain §5.3)."""

from cloudwindow.letters import scopes as _scopes  # noqa: F401  declares who may see these rows
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.queries import own_marks
from cloudwindow.letters.schemas import LetterMark
from cloudwindow.letters.states import LETTER

__all__ = ["LETTER", "Letter", "LetterEntry", "LetterMark", "own_marks"]
