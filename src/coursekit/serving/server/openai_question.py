"""What OpenAI's clients send, as a `Question`."""

import time

from coursekit.serving.server.fields import check_text
from coursekit.serving.server.question import Question
from coursekit.serving.server.refusal import Refusal

# as clients call them, and as templates do; a template would write out any other text as it stands
ROLES = {"system": "system", "user": "user", "assistant": "assistant", "developer": "system"}


def read_question(fields, prompt, limits):
    """A `Question`. Raises: Refusal for what is wrong, or would be passed over."""
    for field in ("frequency_penalty", "presence_penalty"):
        fields.only(field, 0)
    for field in ("n", "best_of"):
        fields.only(field, 1)
    for field in ("logprobs", "echo"):
        fields.only(field, False)
    for field in ("top_logprobs", "logit_bias", "suffix", "tools", "functions"):
        fields.only(field, 0, {}, [], "")
    default = (
        None if isinstance(prompt, list) and prompt and isinstance(prompt[0], dict) else min(16, limits.max_tokens)
    )
    most = fields.whole("max_tokens", 1, 10**9, default)
    return Question(
        prompt,
        fields.whole("max_completion_tokens", 1, 10**9, most),
        fields.stop(),
        {
            "temperature": _temperature(fields.number("temperature", 0, 2, 1.0)),
            "top_p": fields.number("top_p", 1e-6, 1),
            "top_k": fields.whole("top_k", 1, 10**9),
            "min_p": fields.number("min_p", 0, 1),
            "repetition_penalty": fields.number("repetition_penalty", 1e-3, 10),
        },
        fields.whole("seed", -(2**63), 2**63 - 1, time.time_ns()),
        _schema(fields),
    )


def _temperature(number):
    return 0 if number < 1e-6 else number


def _schema(fields):
    wanted = fields.part("response_format")
    kind = wanted.text("type", "text")
    if kind == "text":
        return None
    if kind != "json_schema":
        raise Refusal(f"response_format.type: expected text or json_schema, got {kind[:40]!r}", field="response_format")
    schema = wanted.part("json_schema").get("schema", dict, "a JSON schema")
    if schema is None:
        raise Refusal("response_format.json_schema.schema: expected a JSON schema, got none", field="response_format")
    return schema


def read_prompt(fields):
    """The prompt of a completion: text, or a list of ids. Raises: Refusal."""
    prompt = fields.get("prompt", (str, list), "text, or a list of ids")
    if isinstance(prompt, list) and len(prompt) == 1 and isinstance(prompt[0], str | list):
        prompt = prompt[0]
    is_ids = isinstance(prompt, list) and all(type(i) is int for i in prompt)
    if not isinstance(prompt, str) and not is_ids:
        raise fields.refusal("prompt", "one text, or a list of ids", prompt)
    if isinstance(prompt, str):
        check_text(prompt, "prompt")
    return prompt


def read_messages(fields):
    """The messages of a chat. Raises: Refusal."""
    messages = fields.get("messages", list, "a list of messages", [])
    if not messages:
        raise Refusal("messages: expected at least one", field="messages")
    return [read_message(i, message) for i, message in enumerate(messages)]


def read_message(i, message):
    """{"role", "content"} of a message; a content of parts is one of texts. Raises: Refusal."""
    role, content = (message.get(key) if isinstance(message, dict) else None for key in ("role", "content"))
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        texts = [part.get("text") for part in content]
        content = "".join(texts) if all(isinstance(text, str) for text in texts) else None
    if not isinstance(role, str) or not isinstance(content, str):
        raise Refusal(f"messages.{i}: expected a role and a content, both text", field="messages")
    if role not in ROLES:
        raise Refusal(f"messages.{i}.role: expected one of {', '.join(ROLES)}, got {role[:40]!r}", field="messages")
    check_text(content, f"messages.{i}")
    return {"role": ROLES[role], "content": content}
