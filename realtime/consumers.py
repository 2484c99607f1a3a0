"""The one socket: join, leave, acknowledge, ping; everything else goes over HTTP."""

from channels.generic.websocket import AsyncWebsocketConsumer


class LiveConsumer(AsyncWebsocketConsumer):
    pass
