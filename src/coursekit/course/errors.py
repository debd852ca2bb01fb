"""What a user can mend, as one line instead of a traceback. Needs only the standard library, of any Python 3."""

from __future__ import annotations

import errno

_REMEDIES = {
    errno.ENOSPC: ": free some space, then try again",
    errno.EDQUOT: ": free some space, then try again",
    errno.EROFS: ": copy the course to where you may write",
    errno.EACCES: ": change its permissions, or copy the course to where you may write",
    errno.EPERM: ": change its permissions, or copy the course to where you may write",
    errno.EISDIR: ": move the folder out of the way",
    errno.ENOTDIR: ": move the file that stands in place of a folder out of the way",
    errno.EEXIST: ": move it out of the way",
    errno.ENOENT: ": make it, or mend the path",
}


class CourseError(Exception):
    """Something a user can mend. The message is one line that names the place and says what to do."""


def reason(error: OSError) -> str:
    """Why the system refused, and what to do about it where that is plain."""
    return f"{(error.strerror or str(error)).lower()}{_REMEDIES.get(error.errno, '')}"
