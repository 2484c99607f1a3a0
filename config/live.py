"""The way in for sockets: from our own pages only."""

from channels.security.websocket import AllowedHostsOriginValidator

from realtime.door import door

live = AllowedHostsOriginValidator(door)
