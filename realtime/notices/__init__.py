"""News for people whose page is closed: told on their devices, by mail, or once a day.

The rows of the streams are the outbox. They are written in the transaction of the change, so nothing is lost with the
process that wrote them, and a change pays nothing for being told outside.

    looking.py   which events nobody has seen on a page, and by which ways they go out  → rows of Message, jobs
    sending.py   one message: deliver it, try again later, or report it as failed
    push.py · letters.py                 the ways
    calls.py · attending.py              who has no device is called, and what becomes of a call that nobody makes
"""
