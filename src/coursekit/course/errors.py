"""The one exception that the command line prints as a line instead of a traceback."""


class CourseError(Exception):
    """Something a user can mend. The message is one line that names the place and says what to do."""
