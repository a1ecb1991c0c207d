"""The sandboxes of a module are closed after its last test; their servers serve the next."""

from shared_servers import idle_servers as idle_servers
from shared_servers import shared_servers as shared_servers
from warm_sandbox import closed_sandboxes as closed_sandboxes
