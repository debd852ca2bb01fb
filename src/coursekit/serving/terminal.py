"""A conversation in the terminal: a line is a turn; Ctrl-C breaks an answer off, Ctrl-D ends."""

import sys


def talk(conversation, name, read=input, write=sys.stdout.write, flush=sys.stdout.flush):
    """Talk until the input ends.

    Args:
        conversation: a `coursekit.serving.conversation.Conversation`.
        name: of the model, for its greeting.
        read: prompt -> a line; raises EOFError at the end.
        write, flush: where the answers go.
    """
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
