"""Enqueue a message, in the transaction that writes its row; by name, since tasks call everything."""

from procrastinate.contrib.django import app

from realtime.models import Message

AFTER_EVERYTHING_ELSE = -10
"""A push service that takes its time holds up no match."""


def deliver(message: Message) -> None:
    """When it is due. The mail of the day holds many messages, and is written by one worker at a time."""
    is_digest = message.way == Message.Way.DIGEST
    lock = f"digest {message.person_id}" if is_digest else f"message {message.pk}"
    task = app.configure_task(
        "realtime.tasks.deliver", schedule_at=message.due_at, lock=lock, priority=AFTER_EVERYTHING_ELSE
    )
    task.defer(message_id=message.pk)
