"""A conversation in the terminal: a line is a turn; Ctrl-C breaks an answer off, Ctrl-D ends."""

import sys


def talk(conversation, name, read=None, write=None, flush=None):
    """Talk until the input ends.

    Args:
        conversation: a `coursekit.serving.conversation.Conversation`.
        name: of the model, for its greeting.
        read: prompt -> a line; raises EOFError at the end. None: the terminal's `input`.
        write, flush: where the answers go. None: the standard output.
    """
    read, write, flush = read or input, write or sys.stdout.write, flush or sys.stdout.flush
    write(f"{name}. Write a line; Ctrl-C breaks an answer off, Ctrl-D ends.\n")
    while True:
        try:
            line = read("> ").strip()
        except (EOFError, KeyboardInterrupt):
            write("\nbye\n")
            return
        if not line:
            continue
        forgotten = conversation.forgotten
        try:
            for piece in conversation.say(line):
                write(piece)
                flush()
        except KeyboardInterrupt:
            write(" (broken off)")
        except ValueError as error:
            write(str(error))
        write("\n")
        if conversation.forgotten > forgotten:
            write("(the oldest turns no longer fit into the context, and are forgotten)\n")
