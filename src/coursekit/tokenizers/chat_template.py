"""A conversation as one text, by the Jinja template that comes with a model. It is run in Jinja's sandbox."""


def render(template, messages, answer, protect, names):
    """The text that the template makes of a conversation.

    Args:
        template: Jinja, as the model's file has it.
        messages: list of {"role": str, "content": str}.
        answer: end with the beginning of an answer?
        protect: content -> content, for what strangers typed.
        names: further names that the template may use, such as eos_token.

    Returns: str.
    Raises: ValueError, of one line, when a message is none or the template fails.

    Source: the conventions of transformers' chat templates (trimmed blocks, raise_exception).
    Taught in: 02-transformer
    """
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _refuse
    said = [_message(i, message, protect) for i, message in enumerate(messages)]
    try:
        return environment.from_string(template).render(messages=said, add_generation_prompt=answer, **names)
    except (TemplateError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"chat_template: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from None


def _message(i, message, protect):
    role, content = (message.get(key) if isinstance(message, dict) else None for key in ("role", "content"))
    if not isinstance(role, str) or not isinstance(content, str):
        raise ValueError(f'message {i}: expected {{"role": str, "content": str}}, got {str(message)[:60]!r}')
    return {"role": role, "content": protect(content)}


def _refuse(message):
    raise ValueError(message)
