"""From a question's bytes to the message that answers it, in whichever process holds the generator."""

import sys
from collections.abc import Callable, Mapping

from gan_core.fields import ConfigError
from gan_core.questions import Answer, Question
from gan_core.runs.wire import Message


def answered(question: bytes, draw: Callable[[Question], Answer], texts: Mapping[str, str] | None = None) -> Message:
    """What `draw` makes of the question, with more `texts`; if it cannot be answered, the parts of a ConfigError.

    No question ends the process: a training may be going on in it.
    """
    try:
        answer = draw(Question.of(question))
    except ConfigError as error:
        return _problem(error)
    except Exception as error:  # a defect of ours: told on stderr, and in one sentence on the page
        sys.excepthook(type(error), error, error.__traceback__)
        return _problem(ConfigError("generator", "This generator could not draw that picture."))
    return Message({"event": "answer"}, Answer(answer.arrays, {**answer.texts, **(texts or {})}).to_bytes())


def _problem(error: ConfigError) -> Message:
    values = {name: str(value) for name, value in error.values.items()}
    return Message({"event": "answer", "problem": [error.field, error.template, values]})


def answer_in(message: Message) -> Answer:
    """The answer that such a message brings. Raises the ConfigError that it brings instead."""
    if "problem" in message.header:
        field, template, values = message.header["problem"]
        raise ConfigError(field, template, **values)
    return Answer.of(message.payload)
