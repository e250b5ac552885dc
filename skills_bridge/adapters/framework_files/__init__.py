"""Reads the official files of other frameworks: ESCO of the European Commission, ROME 4.0 of France Travail."""

from skills_bridge.adapters.framework_files.content import TEMPLATE_LINES, FrameworkContent
from skills_bridge.adapters.framework_files.esco import ESCO, read_esco
from skills_bridge.adapters.framework_files.reading import FileFault
from skills_bridge.adapters.framework_files.rome import ROME, read_rome

__all__ = ["ESCO", "ROME", "TEMPLATE_LINES", "FileFault", "FrameworkContent", "read_esco", "read_rome"]
